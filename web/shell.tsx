// The frame around the views: where one can go, who is logged in, and what was done last.
import { useEffect } from 'preact/hooks'
import { login, logOut, readSession, stopped, type Login as LoginState } from './api.ts'
import { Accounts } from './admin/accounts.tsx'
import { Audit } from './admin/audit.tsx'
import { Lessons } from './admin/lessons.tsx'
import { Statistics } from './admin/statistics.tsx'
import { Login } from './login.tsx'
import { Quarantine } from './quarantine/quarantine.tsx'
import { Languages, Mark } from './parts.tsx'
import { link, route, VIEWS, type View } from './route.ts'
import { Settings } from './settings/settings.tsx'
import { tellBad, ToldRegion } from './told.tsx'
import { language, t } from './words.ts'

const SHOWN: Record<View, () => preact.JSX.Element | null> = {
  quarantine: Quarantine,
  settings: Settings,
  lessons: Lessons,
  statistics: Statistics,
  accounts: Accounts,
  audit: Audit,
}

/** Of the journal everybody reads what concerns them. */
const VIEWS_OF: Record<LoginState['tier'], readonly View[]> = {
  address: ['quarantine', 'settings', 'lessons', 'audit'],
  domain: VIEWS,
  'super-admin': VIEWS,
}

export function Shell() {
  const tag = language.value
  const who = login.value
  const asked = route.value.view
  const view = who && !VIEWS_OF[who.tier].includes(asked) ? 'quarantine' : asked
  const Shown = SHOWN[view]
  useEffect(() => {
    document.title = who ? `${t(view)} – Lazaret` : 'Lazaret'
  }, [view, who, tag])
  if (who === undefined) return <Unreached />
  if (who === null)
    return (
      <>
        <Login />
        <ToldRegion />
      </>
    )
  const views = VIEWS_OF[who.tier]
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <header class="top">
        <span class="brand">
          <Mark />
          Lazaret
        </span>
        <nav aria-label={t('views')}>
          {views.map((one) => (
            <a href={link(one)} aria-current={one === view ? 'page' : undefined}>
              {t(one)}
            </a>
          ))}
        </nav>
        <div class="who">
          <bdi class="account">{who.account}</bdi>
          <button type="button" class="text" onClick={() => void logOut().catch(tellBad)}>
            {t('logout')}
          </button>
        </div>
      </header>
      {stopped.value && (
        <p class="stopped" role="alert">
          {t('stopped')}
        </p>
      )}
      <main id="main" tabIndex={-1}>
        <Shown />
      </main>
      <footer>
        <Languages />
      </footer>
      <ToldRegion />
    </>
  )
}

/** The fragment says where one is: a link into the page must not change it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function Unreached() {
  return (
    <main class="alone" id="main">
      <h1>{t('unreached')}</h1>
      <p>{t('unreached.do')}</p>
      <button type="button" class="primary" onClick={() => void readSession().catch(tellBad)}>
        {t('again')}
      </button>
    </main>
  )
}
