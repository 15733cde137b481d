// A second factor: a code by an app beside the password. It counts once a code was right.
import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, post } from '../api.ts'
import { Secret, Sure } from '../parts.tsx'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { pathOf, readAccount, type Account } from './account.ts'
import { Qr } from './qr.tsx'

interface Begun {
  secret: string
  uri: string
}

export function Factor({ of }: { of: Account }) {
  const [begun, setBegun] = useState<Begun | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const path = `${pathOf(of.name)}/factor`
  const begin = async (): Promise<void> => setBegun(await post<Begun>(path))
  const drop = async (): Promise<void> => {
    await ask(path, { method: 'DELETE' })
    tell(t('factor.dropped'))
    await readAccount()
  }
  if (codes !== null)
    return (
      <>
        <p>{t('factor.recovery')}</p>
        <Secret text={codes.join('\n')} done={() => setCodes(null)} />
      </>
    )
  if (begun !== null)
    return (
      <Confirm
        begun={begun}
        path={path}
        cancel={() => setBegun(null)}
        done={(recovery) => {
          setBegun(null)
          setCodes(recovery)
          void readAccount().catch(tellBad)
        }}
      />
    )
  return (
    <>
      <p class="about">{t('factor.about')}</p>
      {of.factor ? (
        <div class="choices">
          <span>{t('factor.on', { n: of.factor.recovery })}</span>
          <Sure
            label={t('factor.drop')}
            ask={t('factor.drop.sure')}
            act={() => void drop().catch(tellBad)}
          />
        </div>
      ) : (
        <button type="button" onClick={() => void begin().catch(tellBad)}>
          {t('factor.begin')}
        </button>
      )}
    </>
  )
}

interface ConfirmProps {
  begun: Begun
  path: string
  cancel: () => void
  done: (recovery: string[]) => void
}

function Confirm({ begun: { secret, uri }, path, cancel, done }: ConfirmProps) {
  const [code, setCode] = useState('')
  const [wrong, setWrong] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      done((await post<{ recovery: string[] }>(`${path}/confirm`, { code })).recovery)
    } catch (error) {
      setWrong(sentence(error))
      setCode('')
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void confirm(event)}>
      <p>{t('factor.scan')}</p>
      <Qr text={uri} />
      <p class="about">
        {t('factor.secret')}{' '}
        <code dir="ltr" class="grouped">
          {secret.replace(/(.{4})(?=.)/g, '$1 ')}
        </code>{' '}
        <a href={uri}>{t('factor.open')}</a>
      </p>
      <label>
        <span>{t('factor.code')}</span>
        <input
          ref={field}
          class="number"
          value={code}
          required
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={10}
          onInput={(event) => setCode(event.currentTarget.value.trim())}
        />
      </label>
      <p class="wrong" role="alert">
        <bdi>{wrong}</bdi>
      </p>
      <div class="choices">
        <button class="primary">{t('factor.confirm')}</button>
        <button type="button" onClick={cancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  )
}
