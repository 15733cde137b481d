// What a digest tells of: what was held for an address since the last one, and lies there still. From the records and
// summaries of messages, never from the messages.
import { domainToUnicode } from 'node:url'
import { domainOf } from '../../address.ts'
import type { Item, Scope, Verdict } from '../../mail.ts'
import { getItem } from '../../store/items.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { rowsBack } from '../../store/rows.ts'
import { DAY } from '../../time.ts'
import { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { endOf } from '../ends.ts'
import type { FolderId } from '../folders/folders.ts'
import { summaryOf } from '../folders/contents.ts'
import { claimed } from '../listing/claims.ts'
import { doubt } from '../listing/chips.ts'
import { isMixed, neutral, neutralAddress } from './neutral.ts'
import type { DigestTexts, Reason } from './words.ts'

/** Rows that a digest has. */
export const ROWS = 50
/** New messages that are looked at for them: the newest. */
const EXAMINED = 10_000
const FOLDERS = ['caught', 'outgoing'] as const satisfies readonly FolderId[]
const SUBJECT_MOST = 120
const NAME_MOST = 60
const REASON_MOST = 160
const REASONS = 2
/** From which weight on it is clear, in logits. */
const CLEAR = 2

/** One message, in words that can stand in a mail. */
export interface DigestRow {
  item: number
  subject: string
  /** Display name (`''`: none) and address of the first author. */
  name: string
  address: string
  /** Envelope sender, where it is another; else `''`. */
  envelope: string
  /** An address in the name that is not the author's. */
  claims: string | null
  /** The name, or the domain, is made of several alphabets. */
  mixed: boolean
  /** Of outgoing mail: to whom it was to go. */
  to: string | null
  /** Unix time in ms. */
  received: number
  /** Unix time in ms; 0: never. */
  expires: number
  doubtful: boolean
  reasons: string[]
}

export interface Content {
  /** Most likely wanted first. */
  rows: DigestRow[]
  /** All that are new. */
  count: number
  /** There are more than were counted. */
  more: boolean
  /** Id of the newest of them. */
  upto: number
}

/** Newest id that a digest has to look at; 0: nothing lies there. Cheap. */
export function newestIn(ctx: Context, scope: Scope): number {
  const { views } = ctx.store
  return Math.max(...FOLDERS.map((folder) => folderStatus(views, scope, folder).uidNext - 1))
}

/** Whether something that is new since item `since` was there at `slot` (Unix ms). `now`: what time it is. */
export function isDue(
  ctx: Context,
  scope: Scope,
  since: number,
  slot: number,
  now: number,
): boolean {
  const { views } = ctx.store
  return FOLDERS.some((folder) => {
    const ids = newIds(ctx, scope, folder, since)
    const oldest = ids.length === 0 ? null : getItem(views, Math.min(...ids))
    // By a clock that was ahead: as old as can be.
    return oldest !== null && (oldest.at <= slot || oldest.at > now + DAY)
  })
}

function newIds(ctx: Context, scope: Scope, folder: FolderId, since: number): number[] {
  const { views, beside } = ctx.store
  const ids: number[] = []
  for (const { uid } of rowsBack(views, scope, folder, 2 ** 32)) {
    // The UID of a place is its item's id, or more.
    if (uid <= since || ids.length > EXAMINED) break
    const first = beside.summaryInPlace(uid) !== undefined
    const id = first ? uid : (getPlace(views, [uid, folder])?.item ?? 0)
    if (id > since) ids.push(id)
  }
  return ids
}

/** What is new since item `since`. `texts`: the language of the reasons. */
export async function contentOf(
  ctx: Context,
  scope: Scope,
  since: number,
  texts: DigestTexts,
): Promise<Content> {
  const turn = new Turn('digest')
  const found: { id: number; score: number }[] = []
  let more = false
  for (const folder of FOLDERS) {
    const ids = newIds(ctx, scope, folder, since)
    more ||= ids.length > EXAMINED
    for (const id of ids.slice(0, EXAMINED)) {
      const score = summaryOf(ctx, id)?.score ?? null
      found.push({ id, score: score ?? Infinity })
      if (turn.over) await turn.rest()
    }
  }
  const best = found.sort((a, b) => (a.score === b.score ? b.id - a.id : a.score - b.score))
  return {
    rows: best.slice(0, ROWS).flatMap(({ id }) => rowOf(ctx, id, texts) ?? []),
    count: found.length,
    more,
    upto: found.reduce((most, { id }) => Math.max(most, id), since),
  }
}

export function rowOf(ctx: Context, id: number, texts: DigestTexts): DigestRow | null {
  const item = getItem(ctx.store.views, id)
  if (!item) return null
  const { subject = '', name = '', address = '' } = summaryOf(ctx, id) ?? {}
  const claims = claimed({ name, address })
  const { verdict, sender } = item
  return {
    item: id,
    subject: neutral(subject, SUBJECT_MOST),
    name: neutral(name, NAME_MOST),
    address: neutralAddress(address || sender),
    envelope: differs(address, sender) ? neutralAddress(sender) : '',
    claims: claims === null ? null : neutralAddress(claims),
    mixed: isMixed(name) || isMixed(domainToUnicode(domainOf(address))),
    to: item.direction === 'out' ? recipientsOf(item) : null,
    received: item.at,
    expires: endOf(ctx, item),
    doubtful: (verdict?.score ?? 1) < doubt(ctx),
    reasons: verdict ? reasonsOf(verdict, texts) : [],
  }
}

const differs = (address: string, sender: string): boolean =>
  address !== '' && sender !== '' && address.toLowerCase() !== sender.toLowerCase()

const TO_MOST = 5

function recipientsOf({ recipients }: Item): string {
  const some = recipients.slice(0, TO_MOST).map(neutralAddress).join(', ')
  return recipients.length > TO_MOST ? `${some}, …` : some
}

/** What said most against it, in words. */
function reasonsOf({ evidence }: Verdict, texts: DigestTexts): string[] {
  const against = evidence.filter(({ weight }) => weight > 0)
  return against
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, REASONS)
    .map(({ name, text, weight }) => {
      if (name === 'block-list') return texts.blocked
      if (!Object.hasOwn(texts.reasons, name)) return neutral(text, REASON_MOST)
      const reason = texts.reasons[name as Reason].spam
      return weight < CLEAR ? texts.somewhat(reason) : reason
    })
}
