// Small parts of which views are made.
import { useRef, useState } from 'preact/hooks'
import { choose, exactly, language, LANGUAGES, t, until, when } from './words.ts'

const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  add: 'M12 5v14M5 12h14',
  remove: 'M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM15.5 15.5L20 20',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
} as const

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="drawn" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M8 12v10h16V12M8 12l8 6 8-6M8 12l8-5 8 5" />
    </svg>
  )
}

export function Languages() {
  const now = language.value
  return (
    <label class="languages">
      <span>{t('language')}</span>
      <select value={now} onChange={(event) => void choose(event.currentTarget.value)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option value={tag} lang={tag}>
            {name}
          </option>
        ))}
        {!Object.hasOwn(LANGUAGES, now) && <option value={now}>{now}</option>}
      </select>
    </label>
  )
}

/** A moment, in words; exactly where one looks closer. */
export function Moment({ at, ahead = false }: { at: string; ahead?: boolean }) {
  return (
    <time dateTime={at} title={exactly(at)}>
      {ahead ? until(at) : when(at)}
    </time>
  )
}

/** What is there while nothing is. */
export function Empty({ title, children }: { title: string; children?: preact.ComponentChildren }) {
  return (
    <div class="empty">
      <Mark />
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  )
}

interface SureProps {
  label: string
  /** What is asked before it is done. */
  ask: string
  /** Its name, where `label` alone does not tell of what. */
  name?: string
  act: () => void
}

/** For what cannot be taken back: the second press does it. */
export function Sure({ label, ask, name, act }: SureProps) {
  const [isAsked, setAsked] = useState(false)
  return isAsked ? (
    <button type="button" class="danger small" onBlur={() => setAsked(false)} onClick={act}>
      {ask}
    </button>
  ) : (
    <button type="button" class="text" aria-label={name} onClick={() => setAsked(true)}>
      {label}
    </button>
  )
}

/** What is shown once and never again. */
export function Secret({ text, done }: { text: string; done: () => void }) {
  const [isCopied, setCopied] = useState(false)
  const field = useRef<HTMLElement>(null)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // Where a page may not: it is selected, and the person copies it.
      if (field.current) getSelection()?.selectAllChildren(field.current)
    }
  }
  return (
    <div class="secret">
      <p class="about">{t('secret.once')}</p>
      <code ref={field} tabIndex={-1} dir="ltr">
        {text}
      </code>
      <div class="choices">
        <button type="button" onClick={() => void copy()}>
          {t(isCopied ? 'copied' : 'copy')}
        </button>
        <button type="button" onClick={done}>
          {t('secret.done')}
        </button>
      </div>
    </div>
  )
}
