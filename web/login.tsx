// The login: name and password, and the code of a second factor where the account has one.
import { useEffect, useRef, useState } from 'preact/hooks'
import { logIn, Problem } from './api.ts'
import { Languages, Mark } from './parts.tsx'
import { sentence } from './told.tsx'
import { t } from './words.ts'

export function Login() {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const [wrong, setWrong] = useState('')
  const [isBusy, setBusy] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  const second = useRef<HTMLInputElement>(null)
  useEffect(() => (needsCode ? second : first).current?.focus(), [needsCode])
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setWrong('')
    try {
      await logIn(user, password, code)
    } catch (error) {
      const asked = error instanceof Problem && error.kind === 'second-factor'
      if (asked && !needsCode) setNeedsCode(true)
      else setWrong(sentence(error))
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <main class="alone" id="main">
      <form class="login" onSubmit={(event) => void submit(event)} aria-describedby="wrong">
        <h1>
          <Mark /> Lazaret
        </h1>
        <p class="quiet">{t(needsCode ? 'login.code.about' : 'login.about')}</p>
        {!needsCode && (
          <>
            <label>
              <span>{t('login.user')}</span>
              <input
                ref={first}
                name="username"
                autocomplete="username"
                autocapitalize="none"
                spellcheck={false}
                required
                value={user}
                onInput={(event) => setUser(event.currentTarget.value)}
              />
            </label>
            <label>
              <span>{t('login.password')}</span>
              <input
                name="password"
                type="password"
                autocomplete="current-password"
                required
                value={password}
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            </label>
          </>
        )}
        {needsCode && (
          <label>
            <span>{t('login.code')}</span>
            <input
              ref={second}
              name="code"
              autocomplete="one-time-code"
              inputMode="text"
              required
              value={code}
              onInput={(event) => setCode(event.currentTarget.value.trim())}
            />
          </label>
        )}
        <p id="wrong" class="wrong" role="alert">
          {wrong}
        </p>
        <button class="primary" disabled={isBusy}>
          {t('login.do')}
        </button>
        {needsCode && (
          <button type="button" class="text" onClick={() => setNeedsCode(false)}>
            {t('back')}
          </button>
        )}
      </form>
      <Languages />
    </main>
  )
}
