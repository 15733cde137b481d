// Where one is: a view and its words, in the fragment of the address, so that back works and nothing of it reaches a log.
import { computed, signal } from '@preact/signals'

export const VIEWS = [
  'quarantine',
  'settings',
  'lessons',
  'statistics',
  'accounts',
  'audit',
] as const
export type View = (typeof VIEWS)[number]

const fragment = signal(location.hash)
addEventListener('hashchange', () => {
  fragment.value = location.hash
})

export const route = computed(() => {
  const [path, query = ''] = fragment.value.replace(/^#\/?/, '').split('?')
  const view = VIEWS.find((one) => one === path) ?? 'quarantine'
  return { view, words: new URLSearchParams(query) }
})

/** The address of a view; what is empty is left away. */
export function link(view: View, words: Record<string, string | null> = {}): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(words))
    if (value !== null && value !== '') query.set(key, value)
  const text = query.toString()
  return `#/${view}${text === '' ? '' : `?${text}`}`
}

/** The address of this view with some words changed. */
export function change(words: Record<string, string | null>): string {
  return link(route.value.view, { ...Object.fromEntries(route.value.words), ...words })
}

/** @param instead: of the present place, so that back does not come to it */
export function go(hash: string, instead = false): void {
  if (instead) {
    history.replaceState(null, '', hash)
    fragment.value = hash
  } else location.hash = hash
}
