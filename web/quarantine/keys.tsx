// Keys for what is done often. Off while somebody types, and for good where somebody wants so (WCAG 2.1.4).
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Dialog } from '../dialog.tsx'
import { change, go, route } from '../route.ts'
import { undoLast } from '../told.tsx'
import { read, t, write } from '../words.ts'
import { targets, want, wantEntry } from './act.ts'
import * as list from './list.ts'
import { focusRow } from './window.ts'

const STORED = 'lazaret.keys'
export const areOn = signal(read(STORED) !== 'off')
const isHelp = signal(false)

/** Key, and what it does with the item at which one is. */
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: (id) => id !== null && list.mark(id),
  r: (id) => want('release', targets(id)),
  t: (id) => want('releaseAndTrain', targets(id)),
  n: (id) => want('notSpam', targets(id)),
  s: (id) => want('spam', targets(id)),
  d: (id) => want('delete', targets(id)),
  a: (id) => wantEntry('allow', targets(id)),
  b: (id) => wantEntry('block', targets(id)),
  u: () => void undoLast(),
  '/': () => document.getElementById('search')?.focus(),
  '?': () => (isHelp.value = true),
} satisfies Record<string, (id: number | null) => unknown>

type Key = keyof typeof KEYS
const isKey = (key: string): key is Key => Object.hasOwn(KEYS, key)

export function useKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, target } = event
      if (!areOn.value || ctrlKey || metaKey || altKey || event.defaultPrevented) return
      if (!isKey(key) || isTyping(target) || inOtherDialog(target)) return
      event.preventDefault()
      KEYS[key](here())
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]')

/** In the preview keys do what they do in the list; in questions they do nothing. */
const inOtherDialog = (target: EventTarget | null): boolean =>
  document.querySelector('dialog:not(.preview)[open]') !== null ||
  (target instanceof Element && target.closest('dialog:not(.preview)') !== null)

/** The item that is open, or at whose row the focus is. */
function here(): number | null {
  const open = Number(route.value.words.get('item') ?? 0)
  if (open > 0) return open
  const row = document.activeElement?.closest<HTMLElement>('[data-item]')
  return row ? Number(row.dataset.item) : null
}

function step(by: 1 | -1): void {
  const ids = list.items.value.map(({ id }) => id)
  const now = here()
  const at = now === null ? (by > 0 ? -1 : ids.length) : ids.indexOf(now)
  const to = ids[Math.min(Math.max(at + by, 0), ids.length - 1)]
  if (to === undefined) return
  if (route.value.words.has('item')) go(change({ item: String(to) }), true)
  else focusRow(to)
  if (by > 0 && ids.indexOf(to) > ids.length - 10) void list.more()
}

export function Help() {
  if (!isHelp.value) return <KeysButton />
  const close = (): void => {
    isHelp.value = false
  }
  return (
    <>
      <KeysButton />
      <Dialog title={t('keys')} close={close}>
        <dl class="keys">
          {Object.keys(KEYS)
            .filter(isKey)
            .map((key) => (
              <div>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{t(`key.${key}`)}</dd>
              </div>
            ))}
          <div>
            <dt>
              <kbd>Enter</kbd>
            </dt>
            <dd>{t('key.enter')}</dd>
          </div>
        </dl>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={areOn.value}
            onChange={(event) => {
              areOn.value = event.currentTarget.checked
              write(STORED, areOn.value ? 'on' : 'off')
            }}
          />
          <span>{t('keys.on')}</span>
        </label>
      </Dialog>
    </>
  )
}

function KeysButton() {
  return (
    <p class="keys-button">
      <button type="button" class="text" onClick={() => (isHelp.value = true)}>
        {t('keys')}
      </button>
    </p>
  )
}
