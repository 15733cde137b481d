// Tokens by which programs use the API as this account: what each may, until when, used when.
import { useEffect, useState } from 'preact/hooks'
import { ask, get, login, post } from '../api.ts'
import { Moment, Secret, Sure } from '../parts.tsx'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import type { Use } from './account.ts'
import { Used } from './apps.tsx'

interface Token {
  id: number
  account: string
  name: string
  may: 'read' | 'act' | 'admin'
  created: string
  expires: string
  lastUse: Use | null
}

const MAY = ['read', 'act', 'admin'] as const
const DAYS = [30, 90, 365] as const

export function Tokens() {
  const [all, setAll] = useState<Token[]>([])
  const [name, setName] = useState('')
  const [may, setMay] = useState<Token['may']>('read')
  const [days, setDays] = useState<number>(DAYS[1])
  const [secret, setSecret] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const me = login.value?.account
  const read = async (): Promise<void> => {
    const { tokens } = await get<{ tokens: Token[] }>('tokens')
    setAll(tokens.filter(({ account }) => account === me))
  }
  useEffect(() => void read().catch(tellBad), [me])
  const make = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      const made = await post<{ secret: string | null }>('tokens', { name: name.trim(), may, days })
      setSecret(made.secret)
      setName('')
      setWrong('')
      await read()
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  const withdraw = async ({ id, name: which }: Token): Promise<void> => {
    await ask(`tokens/${id}`, { method: 'DELETE' })
    tell(t('token.withdrawn', { name: which }))
    await read()
  }
  return (
    <>
      <p class="about">{t('tokens.about')}</p>
      <ul class="keep">
        {all.map((token) => (
          <li key={token.id}>
            <span>
              <bdi class="name">{token.name}</bdi>{' '}
              <span class="quiet">
                {t(`token.may.${token.may}`)}, {t('token.until')}{' '}
                <Moment at={token.expires} ahead />
              </span>
              <Used use={token.lastUse} made={token.created} />
            </span>
            <Sure
              label={t('token.withdraw')}
              name={t('token.withdraw.one', { name: token.name })}
              ask={t('token.withdraw.sure', { name: token.name })}
              act={() => void withdraw(token).catch(tellBad)}
            />
          </li>
        ))}
      </ul>
      {secret === null ? (
        <form class="line" onSubmit={(event) => void make(event)}>
          <label class="wide">
            <span>{t('token.name')}</span>
            <input
              value={name}
              required
              maxLength={100}
              autocomplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <label>
            <span>{t('token.may')}</span>
            <select
              value={may}
              onChange={(event) =>
                setMay(MAY.find((one) => one === event.currentTarget.value) ?? 'read')
              }
            >
              {MAY.map((one) => (
                <option value={one}>{t(`token.may.${one}`)}</option>
              ))}
            </select>
          </label>
          <label>
            <span>{t('token.days')}</span>
            <select
              value={String(days)}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
            >
              {DAYS.map((one) => (
                <option value={String(one)}>{t('in.days', { n: one })}</option>
              ))}
            </select>
          </label>
          <button>{t('token.make')}</button>
        </form>
      ) : (
        <Secret text={secret} done={() => setSecret(null)} />
      )}
      <p class="wrong" role="alert">
        <bdi>{wrong}</bdi>
      </p>
    </>
  )
}
