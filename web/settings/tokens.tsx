// Tokens by which programs use the API as this account: what each may, until when, used when.
import { useEffect, useState } from 'preact/hooks'
import { ask, get, login, post } from '../api.ts'
import { Moment } from '../parts.tsx'
import { tellBad } from '../told.tsx'
import { t } from '../words.ts'
import type { Kept } from './account.ts'
import { Secrets } from './secrets.tsx'

interface Token extends Kept {
  account: string
  may: 'read' | 'act' | 'admin'
  expires: string
}

const MAY = ['read', 'act', 'admin'] as const
const DAYS = [30, 90, 365] as const

export function Tokens() {
  const [all, setAll] = useState<Token[]>([])
  const [may, setMay] = useState<Token['may']>('read')
  const [days, setDays] = useState<number>(DAYS[1])
  const me = login.value?.account
  const read = async (): Promise<void> => {
    const { tokens } = await get<{ tokens: Token[] }>('tokens')
    setAll(tokens.filter(({ account }) => account === me))
  }
  useEffect(() => void read().catch(tellBad), [me])
  return (
    <Secrets
      about="tokens.about"
      all={all}
      more={(token) => (
        <span class="quiet">
          {' '}
          {t(`token.may.${token.may}`)}, {t('token.until')} <Moment at={token.expires} ahead />
        </span>
      )}
      back={{
        label: 'token.withdraw',
        one: 'token.withdraw.one',
        sure: 'token.withdraw.sure',
        done: 'token.withdrawn',
      }}
      form={{ name: 'token.name', make: 'token.make', most: 100 }}
      make={async (name) =>
        (await post<{ secret: string | null }>('tokens', { name, may, days })).secret
      }
      remove={({ id }) => ask(`tokens/${id}`, { method: 'DELETE' })}
      read={read}
    >
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
    </Secrets>
  )
}
