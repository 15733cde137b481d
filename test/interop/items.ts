// What became of held messages, in one line each.
import { CLI } from '../../plugin/open.ts'
import type { Held, Running } from '../imap/harness.ts'

/** `release label=none release=wanted`: folders in order, lesson, release. */
export function fate({ lazaret }: Running, { id }: Held): string {
  const item = lazaret.quarantine.as(CLI).items.get(id)?.item
  if (!item) return 'purged'
  const places = item.places.map(([, folder]) => folder)
  const outcome = [`label=${item.trained ?? 'none'}`, `release=${item.release?.state ?? 'none'}`]
  return [...places.toSorted(), ...outcome].join(' ')
}

/** Items that wait to be handed out, each once. */
export function waiting({ lazaret }: Running): number[] {
  return lazaret.quarantine.system.openReleases().map(({ item }) => item)
}
