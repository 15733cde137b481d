// Fields of the settings: each with where its value comes from, and a way back to what is inherited.
import { useId, useLayoutEffect, useState } from 'preact/hooks'
import { t, type Word } from '../words.ts'
import { isYes, save, scopeShown, settings, type Setting } from './store.ts'

interface SourceProps {
  setting: Setting
  /** A value as people read it. */
  show?: (value: string) => string
}

/** Where the value comes from; what is one's own can be taken back. */
export function Source({ setting, show = (value) => value }: SourceProps) {
  const { key, source, inherited } = setting
  const isOwn = source === scopeShown()
  const [wrong, setWrong] = useState('')
  return (
    <span class="from">
      {source === 'default' ? t('from.default') : isOwn ? t('from.own') : <From scope={source} />}
      {isOwn && inherited && (
        <button
          type="button"
          class="text"
          onClick={() => void save({ [key]: null }).then((why) => setWrong(why ?? ''))}
        >
          {t('reset', { value: show(inherited.value) })}
        </button>
      )}
      {wrong !== '' && <span class="wrong">{wrong}</span>}
    </span>
  )
}

const From = ({ scope }: { scope: string }) =>
  scope === 'global' ? (
    <>{t('from.global')}</>
  ) : (
    <>
      {t('from')} <bdi>{scope}</bdi>
    </>
  )

export const yesNo = (value: string): string => t(isYes(value) ? 'yes' : 'no')

interface FieldProps {
  name: string
  label: Word
  about?: Word
}

export function Switch({ name, label, about }: FieldProps) {
  const id = useId()
  const [wrong, setWrong] = useState('')
  const setting = settings.value?.get(name)
  if (!setting) return null
  return (
    <div class="field">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={isYes(setting.value)}
          aria-describedby={id}
          onChange={(event) => {
            const field = event.currentTarget
            void save({ [name]: field.checked ? 'yes' : 'no' }).then((why) => {
              setWrong(why ?? '')
              if (why !== null) field.checked = isYes(settings.value?.get(name)?.value ?? '')
            })
          }}
        />
        <span>{t(label)}</span>
      </label>
      <span id={id} class="about">
        {about && <span>{t(about)}</span>}
        <Source setting={setting} show={yesNo} />
      </span>
      <Wrong why={wrong} />
    </div>
  )
}

export function Choose({
  name,
  label,
  about,
  values,
}: FieldProps & { values: Record<string, Word> }) {
  const id = useId()
  const [wrong, setWrong] = useState('')
  const setting = settings.value?.get(name)
  if (!setting) return null
  const shown = (value: string): string => {
    const word = values[value] ?? values[isYes(value) ? 'yes' : 'no']
    return word === undefined ? value : t(word)
  }
  const now = Object.hasOwn(values, setting.value)
    ? setting.value
    : isYes(setting.value)
      ? 'yes'
      : 'no'
  return (
    <div class="field">
      <label>
        <span>{t(label)}</span>
        <select
          value={now}
          aria-describedby={id}
          onChange={(event) => {
            const field = event.currentTarget
            void save({ [name]: field.value }).then((why) => {
              setWrong(why ?? '')
              if (why !== null) field.value = now
            })
          }}
        >
          {Object.entries(values).map(([value, word]) => (
            <option value={value}>{t(word)}</option>
          ))}
        </select>
      </label>
      <span id={id} class="about">
        {about && <span>{t(about)}</span>}
        <Source setting={setting} show={shown} />
      </span>
      <Wrong why={wrong} />
    </div>
  )
}

interface TextProps extends FieldProps {
  kind?: 'number' | 'text'
  unit?: Word
  /** What is written for a value, and back. */
  disabled?: boolean
}

/** Kept when one leaves it, or by Enter. */
export function TextField({ name, label, about, kind = 'text', unit }: TextProps) {
  const setting = settings.value?.get(name)
  const id = useId()
  const { text, setText, commit, wrong } = useDraft(setting?.value ?? '', (value) =>
    save({ [name]: value }),
  )
  if (!setting) return null
  return (
    <div class="field">
      <label>
        <span>{t(label)}</span>
        <span class="with-unit">
          <input
            inputMode={kind === 'number' ? 'decimal' : 'text'}
            class={kind}
            value={text}
            aria-describedby={id}
            aria-invalid={wrong !== ''}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => setText(event.currentTarget.value)}
            onBlur={commit}
            onKeyDown={(event) => event.key === 'Enter' && commit()}
          />
          {unit && <span>{t(unit)}</span>}
        </span>
      </label>
      <span id={id} class="about">
        {about && <span>{t(about)}</span>}
        <Source setting={setting} />
      </span>
      <Wrong why={wrong} />
    </div>
  )
}

/** What is typed before it is kept. */
export function useDraft(value: string, keep: (text: string) => Promise<string | null>) {
  const [text, setText] = useState(value)
  const [wrong, setWrong] = useState('')
  // Before `keep` answers: where somebody else's value came in between, what was typed stands there again.
  useLayoutEffect(() => {
    setText(value)
    setWrong('')
  }, [value])
  const commit = (): void => {
    if (text.trim() === value) setWrong('')
    else
      void keep(text.trim()).then((why) => {
        setWrong(why ?? '')
        if (why !== null) setText(text)
      })
  }
  return { text, setText, commit, wrong }
}

export const Wrong = ({ why }: { why: string }) => (
  <span class="wrong" role="alert">
    <bdi>{why}</bdi>
  </span>
)
