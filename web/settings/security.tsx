// The account itself: its password, and where it is logged in.
import { useEffect, useState } from 'preact/hooks'
import { ask, get, login } from '../api.ts'
import { Moment } from '../parts.tsx'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { account, readAccount } from './account.ts'
import { Apps } from './apps.tsx'
import { Factor } from './factor.tsx'
import { Tokens } from './tokens.tsx'

/** All that opens the account, or keeps it shut. */
export function Security() {
  const who = login.value?.account
  useEffect(() => void readAccount().catch(tellBad), [who])
  const of = account.value
  if (!of || of.name !== who) return null
  return (
    <>
      <div class="card two">
        <section>
          <h2>{t('password')}</h2>
          <Password account={of.name} />
        </section>
        <section>
          <h2>{t('sessions')}</h2>
          <Sessions />
          {of.lastLogin && (
            <p class="about">
              {t('account.last')}: <Moment at={of.lastLogin.at} />,{' '}
              <bdi>{of.lastLogin.network}</bdi>
            </p>
          )}
        </section>
      </div>
      <div class="card two">
        <section>
          <h2>{t('apps')}</h2>
          <Apps of={of} />
        </section>
        <section>
          <h2>{t('factor')}</h2>
          <Factor of={of} />
        </section>
      </div>
      <div class="card">
        <section>
          <h2>{t('tokens')}</h2>
          <Tokens />
        </section>
      </div>
    </>
  )
}

export function Password({ account }: { account: string }) {
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [wrong, setWrong] = useState('')
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (password !== again) {
      setWrong(t('password.differ'))
      return
    }
    try {
      await ask(`accounts/${encodeURIComponent(account)}/password`, {
        method: 'PUT',
        body: { password },
      })
      setPassword('')
      setAgain('')
      setWrong('')
      // Sessions of the old password end, and this one with them.
      if (account === login.value?.account) login.value = null
      tell(t('password.done'))
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      <input type="hidden" name="username" autocomplete="username" value={account} />
      <label>
        <span>{t('password.new')}</span>
        <input
          type="password"
          autocomplete="new-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <label>
        <span>{t('password.again')}</span>
        <input
          type="password"
          autocomplete="new-password"
          required
          value={again}
          onInput={(event) => setAgain(event.currentTarget.value)}
        />
      </label>
      <p class="wrong" role="alert">
        <bdi>{wrong}</bdi>
      </p>
      <button>{t('password.do')}</button>
    </form>
  )
}

interface Session {
  id: string
  current: boolean
  used: string
  network: string
  agent: string
}

export function Sessions() {
  const [all, setAll] = useState<Session[] | null>(null)
  const read = async (): Promise<void> => {
    setAll((await get<{ sessions: Session[] }>('sessions')).sessions)
  }
  useEffect(() => void read().catch(tellBad), [])
  const end = async (id: string): Promise<void> => {
    await ask(`sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
    await read()
  }
  if (!all) return <p class="quiet">{t('loading')}</p>
  return (
    <ul class="sessions">
      {all.map(({ id, current, used, network, agent }) => (
        <li>
          <span>
            <strong>{browserOf(agent)}</strong> <bdi class="quiet">{network}</bdi>{' '}
            <span class="quiet">
              <Moment at={used} />
            </span>
          </span>
          {current ? (
            <span class="quiet">{t('session.this')}</span>
          ) : (
            <button
              type="button"
              class="text"
              aria-label={t('session.end.one', { browser: browserOf(agent) })}
              onClick={() => void end(id).catch(tellBad)}
            >
              {t('session.end')}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** The name that people know a browser by; what is in none of these is a program. */
function browserOf(agent: string): string {
  const names = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ] as const
  return names.find(([mark]) => agent.includes(mark))?.[1] ?? agent.slice(0, 40)
}
