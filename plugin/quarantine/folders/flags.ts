// Flags of messages, and the keywords among them.
import { Refused } from '../../errors.ts'
import type { FlagSet, Item, Login, Place } from '../../mail.ts'
import { boundGroups } from '../../store/bounds.ts'
import { seenOf } from '../../scope.ts'
import type { PlaceGroup } from '../../store/events/index.ts'
import { keywordSet, normalKeywords } from '../../store/keywords.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { by, placedFor } from '../eyes.ts'
import { inSteps } from '../steps.ts'
import type { Folder } from './folders.ts'
import { KeywordRoom } from './keyword-room.ts'
import { makeKeywordRoom } from './unused-keywords.ts'

const KEYWORDS_MAX = 32
const KEYWORD_LENGTH_MAX = 64

export function checkKeywords(keywords: readonly string[]): void {
  if (keywords.length > KEYWORDS_MAX)
    throw new Refused('limit', `A message can carry at most ${KEYWORDS_MAX} keywords.`)
  for (const word of keywords)
    if (word.length > KEYWORD_LENGTH_MAX)
      throw new Refused('limit', `A keyword can have at most ${KEYWORD_LENGTH_MAX} characters.`)
}

export function flagsOf(tx: Tx, place: Place): FlagSet {
  return { system: place.flags, keywords: keywordSet(tx.views, place.keywords) }
}

/** What a STORE asks for: `set` replaces, `add` and `remove` change (RFC 9051 §6.4.6). */
export interface FlagChange {
  mode: 'set' | 'add' | 'remove'
  flags: FlagSet
  /** Only messages unchanged since this MODSEQ (RFC 7162 §3.1.3). */
  unchangedSince?: number
}

/** What follows from new flags of one message, in the same decision. Answers the flags that it gets. */
export type Following = (tx: Tx, item: Item, before: FlagSet, after: FlagSet) => FlagSet

/**
 * Changes flags of the given UIDs. `modified`: UIDs left alone because they changed after
 * `unchangedSince`; `gone`: UIDs that are no longer there.
 */
export async function changeFlags(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
  change: FlagChange,
  following: Following = (_tx, _item, _before, after) => after,
): Promise<{ modified: number[]; gone: number[] }> {
  checkKeywords(change.flags.keywords)
  await makeKeywordRoom(ctx)
  const modified: number[] = []
  const gone: number[] = []
  const step = (tx: Tx, some: readonly number[]): { modified: number[]; gone: number[] } => {
    const modified: number[] = []
    const gone: number[] = []
    const groups = new Map<string, PlaceGroup & { flags: FlagSet }>()
    for (const uid of some) {
      const placed = placedFor(tx.views, login, folder.id, uid)
      if (!placed) {
        gone.push(uid)
        continue
      }
      const { place, item } = placed
      if (change.unchangedSince !== undefined && place.modseq > change.unchangedSince) {
        modified.push(uid)
        continue
      }
      const before = flagsOf(tx, place)
      const after = following(tx, item, before, changed(before, change))
      if (after.system === before.system && same(after.keywords, before.keywords)) continue
      const key = `${item.scope}\n${item.eyes ?? ''}\n${after.system}\n${after.keywords.join(' ')}`
      const group = groups.get(key)
      if (group) group.uids.push(uid)
      else groups.set(key, { ...seenOf(item), folder: folder.id, uids: [uid], flags: after })
    }
    if (groups.size > 0) {
      const room = new KeywordRoom(tx)
      for (const { scope } of groups.values()) room.used(scope)
      for (const some of boundGroups(groups.values())) tx.append({ type: 'flags', groups: some })
      room.check()
    }
    return { modified, gone }
  }
  await inSteps(ctx, by(login), uids, step, (done) => {
    for (const uid of done.modified) modified.push(uid)
    for (const uid of done.gone) gone.push(uid)
  })
  return { modified, gone }
}

function changed(before: FlagSet, { mode, flags }: FlagChange): FlagSet {
  if (mode === 'set') return { system: flags.system, keywords: normalKeywords(flags.keywords) }
  if (mode === 'add')
    return {
      system: before.system | flags.system,
      keywords: normalKeywords([...before.keywords, ...flags.keywords]),
    }
  const drop = new Set(flags.keywords.map((word) => word.toLowerCase()))
  return {
    system: before.system & ~flags.system,
    keywords: before.keywords.filter((word) => !drop.has(word.toLowerCase())),
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i])
}
