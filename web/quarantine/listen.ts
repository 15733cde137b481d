// What the server tells as it happens. Where nobody tells, the page says so, and asks again once somebody does.
import { signal } from '@preact/signals'
import { readSession } from '../api.ts'

/** Nobody tells at the moment what changes. */
export const isAway = signal(false)

/** Changes that come together are one, in ms. */
const PAUSE_MS = 300
/** Until a stream that was refused is asked for again, in ms: a browser itself only does so for one that broke. */
const AGAIN_MS = 5000

/** Answers how to stop. */
export function listen(url: string, changed: () => void): () => void {
  let source: EventSource
  let soon: ReturnType<typeof setTimeout> | undefined
  let later: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined
      changed()
    }, PAUSE_MS)
  }
  const begin = (): void => {
    source = new EventSource(url)
    source.addEventListener('changed', tell)
    source.addEventListener('open', () => {
      // Nobody told what happened meanwhile.
      if (isAway.value) tell()
      isAway.value = false
    })
    source.addEventListener('error', () => {
      isAway.value = true
      if (source.readyState !== EventSource.CLOSED) return
      // Perhaps the session is over: then nobody is logged in any more.
      void readSession().catch(() => undefined)
      later = setTimeout(begin, AGAIN_MS)
    })
  }
  begin()
  return () => {
    source.close()
    clearTimeout(soon)
    clearTimeout(later)
    isAway.value = false
  }
}
