// The classes into which a listing is sorted: which folders each looks into, and what it asks of an item there.
import type { Context } from '../context.ts'
import type { FolderId } from '../folders/folders.ts'

/** In the order in which they are shown. */
export const CHIPS = [
  'all',
  'caught',
  'doubtful',
  'outgoing',
  'copies',
  'released',
  'learned',
  'failed',
  'deleted',
] as const
export type Chip = (typeof CHIPS)[number]

export const FOLDERS_OF: Record<Exclude<Chip, 'deleted'>, readonly FolderId[]> = {
  all: ['caught', 'outgoing', 'requested', 'release-train', 'release', 'not-spam', 'spam'],
  caught: ['caught'],
  /** Caught, and nearer to the threshold than to certainty. */
  doubtful: ['caught'],
  outgoing: ['outgoing'],
  copies: ['requested'],
  released: ['release-train', 'release'],
  learned: ['not-spam', 'spam'],
  /** The next hop refused for good: back where it was caught, or still where it was dropped. */
  failed: ['caught', 'outgoing', 'release-train', 'release'],
}

/** Scores below this are doubtful: nearer to the threshold of spam than to certainty. */
export function doubt({ config }: Context): number {
  return (config.settings.spam + 1) / 2
}
