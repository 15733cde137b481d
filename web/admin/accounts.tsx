// The accounts that a login manages: made, given another password, unlocked, removed.
import { useEffect, useState } from 'preact/hooks'
import { ask, get, login, post } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { Empty, Icon, Moment } from '../parts.tsx'
import { link } from '../route.ts'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { Password } from '../settings/security.tsx'

interface Account {
  name: string
  tier: 'super-admin' | 'domain' | 'address'
  scope: string
  created: string
}

interface Shown extends Account {
  lastLogin: { at: string; network: string } | null
  locked: { network: string; until: string }[]
}

const path = (name: string): string => `accounts/${encodeURIComponent(name)}`

export function Accounts() {
  const [all, setAll] = useState<Account[] | null>(null)
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const [isNew, setNew] = useState(false)
  const [wrong, setWrong] = useState('')
  const read = async (): Promise<void> => {
    try {
      setAll((await get<{ accounts: Account[] }>('accounts')).accounts)
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  useEffect(() => void read(), [])
  const wanted = search.trim().toLowerCase()
  const shown = (all ?? []).filter(({ name }) => name.includes(wanted))
  return (
    <section class="accounts" aria-labelledby="title">
      <h1 id="title">{t('accounts')}</h1>
      <div class="search">
        <label class="words">
          <span class="unseen">{t('search')}</span>
          <Icon name="search" />
          <input
            type="search"
            placeholder={t('search')}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <button type="button" class="primary" onClick={() => setNew(true)}>
          {t('account.new')}
        </button>
      </div>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
      )}
      {all && shown.length === 0 ? (
        <Empty title={t('empty.search')}>{t('accounts.none')}</Empty>
      ) : (
        <table class="plain" aria-label={t('accounts')}>
          <thead>
            <tr>
              <th scope="col">{t('account.name')}</th>
              <th scope="col">{t('account.tier')}</th>
              <th scope="col">{t('account.created')}</th>
              <th scope="col">
                <span class="unseen">{t('column.does')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, tier, scope, created }) => (
              <tr>
                <td>
                  <bdi>{name}</bdi>
                </td>
                <td>{t(`tier.${tier}`)}</td>
                <td>
                  <Moment at={created} />
                </td>
                <td class="does">
                  <a
                    href={link('settings', { scope })}
                    aria-label={t('account.settings', { name })}
                  >
                    {t('settings')}
                  </a>{' '}
                  <button
                    type="button"
                    class="text"
                    aria-label={t('account.open', { name })}
                    onClick={() => setOpen(name)}
                  >
                    {t('account.more')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open !== null && <OneAccount name={open} close={() => setOpen(null)} changed={read} />}
      {isNew && <NewAccount close={() => setNew(false)} changed={read} />}
    </section>
  )
}

interface Props {
  close: () => void
  changed: () => Promise<void>
}

function NewAccount({ close, changed }: Props) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState('')
  const isSuper = login.value?.tier === 'super-admin'
  const tier = name.includes('@') ? 'address' : name.includes('.') ? 'domain' : 'super-admin'
  const make = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      await post('accounts', { name: name.trim(), tier, password })
      tell(t('account.made', { name: name.trim() }))
      close()
      await changed()
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  return (
    <Dialog title={t('account.new')} close={close}>
      <form class="stack" onSubmit={(event) => void make(event)}>
        <label>
          <span>{t('account.name')}</span>
          <input
            value={name}
            required
            autocapitalize="none"
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p class="about">{t(isSuper ? 'account.name.super' : 'account.name.domain')}</p>
        <label>
          <span>{t('login.password')}</span>
          <input
            type="password"
            value={password}
            required
            autocomplete="new-password"
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {isSuper && name !== '' && <p class="quiet">{t(`tier.${tier}`)}</p>}
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
        <div class="choices">
          <button class="primary">{t('account.make')}</button>
          <button type="button" onClick={close}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function OneAccount({ name, close, changed }: Props & { name: string }) {
  const [shown, setShown] = useState<Shown | null>(null)
  const [isSure, setSure] = useState(false)
  const read = async (): Promise<void> => setShown(await get<Shown>(path(name)))
  useEffect(() => void read().catch(tellBad), [name])
  const isMe = login.value?.account === name
  const unlock = async (): Promise<void> => {
    await post(`${path(name)}/unlock`)
    await read()
  }
  const remove = async (): Promise<void> => {
    await ask(path(name), { method: 'DELETE' })
    tell(t('account.removed', { name }))
    close()
    await changed()
  }
  return (
    <Dialog title={<bdi>{name}</bdi>} close={close}>
      {shown && (
        <dl class="facts">
          <dt>{t('account.tier')}</dt>
          <dd>{t(`tier.${shown.tier}`)}</dd>
          <dt>{t('account.last')}</dt>
          <dd>
            {shown.lastLogin ? (
              <>
                <Moment at={shown.lastLogin.at} />{' '}
                <bdi class="quiet">{shown.lastLogin.network}</bdi>
              </>
            ) : (
              t('account.never')
            )}
          </dd>
          {shown.locked.length > 0 && (
            <>
              <dt>{t('account.locked')}</dt>
              <dd>
                <bdi>{shown.locked.map(({ network }) => network).join(', ')}</bdi>{' '}
                <button type="button" class="text" onClick={() => void unlock().catch(tellBad)}>
                  {t('account.unlock')}
                </button>
              </dd>
            </>
          )}
        </dl>
      )}
      <h3>{t('password')}</h3>
      <Password account={name} />
      {!isMe && (
        <div class="danger">
          <h3>{t('account.remove')}</h3>
          <p class="about">{t('account.remove.about')}</p>
          {isSure ? (
            <button type="button" class="danger" onClick={() => void remove().catch(tellBad)}>
              {t('account.remove.sure', { name })}
            </button>
          ) : (
            <button type="button" onClick={() => setSure(true)}>
              {t('account.remove')}
            </button>
          )}
        </div>
      )}
    </Dialog>
  )
}
