// What was done, told in a live region, with a way back where there is one.
import { signal } from '@preact/signals'
import { Problem } from './api.ts'
import { Icon } from './parts.tsx'
import { translated } from './sentences.ts'
import { t } from './words.ts'

interface Told {
  text: string
  isBad: boolean
  undo: (() => Promise<void>) | null
}

const told = signal<Told | null>(null)

/** @param undo takes it back */
export function tell(text: string, undo: (() => Promise<void>) | null = null, isBad = false): void {
  told.value = { text, isBad, undo }
}

export function tellBad(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  told.value = { text: sentence(error), isBad: true, undo: null }
}

export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t('failed')
  return error.kind === 'unreached' ? t('unreached') : translated(error.message)
}

/** Takes back what was done last, where that goes. */
export async function undoLast(): Promise<void> {
  const undo = told.value?.undo
  if (!undo) return
  told.value = null
  try {
    await undo()
  } catch (error) {
    tellBad(error)
  }
}

export function hush(): void {
  told.value = null
}

export function ToldRegion() {
  const now = told.value
  return (
    <div class="told" role="status" aria-live="polite">
      {now && (
        <div class={now.isBad ? 'toast bad' : 'toast'}>
          <span>
            <bdi>{now.text}</bdi>
          </span>
          {now.undo && (
            <button type="button" class="text" onClick={() => void undoLast()}>
              {t('undo')}
            </button>
          )}
          <button type="button" class="icon" aria-label={t('close')} onClick={hush}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
