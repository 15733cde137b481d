// A dialog in front of the page: the browser keeps the focus in it and gives it back.
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from './parts.tsx'
import { t } from './words.ts'

interface Props {
  title: preact.ComponentChildren
  close: () => void
  children: preact.ComponentChildren
  kind?: string
  /** Where the focus belongs behind it; else it goes back to where it was. */
  back?: () => void
}

export function Dialog({ title, close, children, kind = '', back }: Props) {
  const shown = useRef<HTMLDialogElement>(null)
  const name = useId()
  const behind = useRef(back)
  behind.current = back
  useEffect(() => {
    const before = document.activeElement
    const dialog = shown.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (behind.current) behind.current()
      else if (before instanceof HTMLElement && before.isConnected) before.focus()
      // What opened it is gone, or does nothing now.
      if (document.activeElement === document.body) document.getElementById('main')?.focus()
    }
  }, [])
  return (
    <dialog
      ref={shown}
      class={kind}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => {
        if (event.target === shown.current) close()
      }}
    >
      <div class="sheet">
        <header>
          <h2 id={name}>{title}</h2>
          <button type="button" class="icon" aria-label={t('close')} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
