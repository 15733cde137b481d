// How much came, what was done with it, and how often that was wrong: by day, of a scope with all that it sees.
import { Refused } from '../../errors.ts'
import type { Login, Scope } from '../../mail.ts'
import { dayOf, KEPT_DAYS, type Counts } from '../../store/tallies.ts'
import { folderStatus } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import { getPlace } from '../../store/places.ts'
import { getItem } from '../../store/items.ts'
import { DAY } from '../../time.ts'
import { turnOf } from '../../turns.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import { readSummary } from '../folders/summary.ts'
import { countJournal } from './count.ts'
import { CLASSES, FROM_JOURNAL, OUTCOMES, type JournalKey, type MessageCount } from './keys.ts'

export type { MessageCount } from './keys.ts'

export interface Figures extends Record<JournalKey, number> {
  /** As they came by SMTP, one for each recipient; those that are not 0. */
  messages: MessageCount[]
}

export interface Stats {
  scope: Scope
  days: ({ /** `2026-11-30`, UTC. */ day: string } & Figures)[]
  total: Figures
}

/** Of mail that is caught at this moment. */
export interface SenderCount {
  /** Address in From, else the envelope's; lower case. */
  sender: string
  count: number
}

/** Days that are told unless others are asked for. */
const DAYS = 30

/** `from`, `to`: the first and the last day, as `2026-11-30` (UTC). */
export interface Span {
  from?: string
  to?: string
}

export async function stats(
  ctx: Context,
  login: Login,
  within: Scope | undefined,
  span: Span,
): Promise<Stats> {
  const scope = within === undefined ? login.scope : ownScope(ctx, login, within, 'statistics')
  const { from, to } = daysOf(span)
  await ctx.store.beside.tallies.flush()
  await countJournal(ctx, turnOf(login))
  const sum: Counts = {}
  const days: Stats['days'] = []
  for (let day = from; day <= to; day++) {
    const counts = ctx.store.beside.tallies.of(scope, day)
    for (const [key, n] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + n
    days.push({ day: dayText(day), ...figuresOf(counts) })
  }
  return { scope, days, total: figuresOf(sum) }
}

/** Who sent most of what is caught, most first. */
export async function senders(
  ctx: Context,
  login: Login,
  within: Scope | undefined,
  limit: number,
): Promise<SenderCount[]> {
  const scope = within === undefined ? login.scope : ownScope(ctx, login, within, 'statistics')
  const { views } = ctx.store
  const turn = turnOf(login)
  const counts = new Map<string, number>()
  const { uid: uids } = readRows(
    views,
    scope,
    'caught',
    folderStatus(views, scope, 'caught').messages,
  )
  for (const uid of uids) {
    const sender = senderOf(ctx, uid)
    if (sender !== null) counts.set(sender, (counts.get(sender) ?? 0) + 1)
    if (turn.over) await turn.give()
  }
  return Array.from(counts, ([sender, count]) => ({ sender, count }))
    .sort((a, b) => b.count - a.count || (a.sender < b.sender ? -1 : 1))
    .slice(0, limit)
}

function senderOf(ctx: Context, uid: number): string | null {
  // In the quarantine an item and its first place come from one event: the UID is the item's id.
  const bytes = ctx.store.beside.summaryInPlace(uid)
  const summary = bytes ? readSummary(uid, bytes) : null
  if (summary) return (summary.address || summary.sender).toLowerCase()
  const place = getPlace(ctx.store.views, [uid, 'caught'])
  return (place && getItem(ctx.store.views, place.item)?.sender.toLowerCase()) ?? null
}

function figuresOf(counts: Counts): Figures {
  const messages = (['in', 'out'] as const).flatMap((direction) =>
    CLASSES.flatMap((kind) =>
      OUTCOMES.flatMap((action) => {
        const count = counts[`${direction} ${kind} ${action}`] ?? 0
        return count > 0 ? [{ direction, class: kind, action, count }] : []
      }),
    ),
  )
  const rest = FROM_JOURNAL.map((key) => [key, counts[key] ?? 0])
  return { messages, ...(Object.fromEntries(rest) as Record<JournalKey, number>) }
}

function daysOf({ from, to }: Span): { from: number; to: number } {
  const last = to === undefined ? dayOf(Date.now()) : dayFrom(to)
  const first = from === undefined ? last - DAYS + 1 : dayFrom(from)
  if (first > last)
    throw new Refused(
      'invalid',
      `${String(from)} is later than ${dayText(last)}: swap the two days.`,
    )
  if (last - first >= KEPT_DAYS.domain)
    throw new Refused(
      'invalid',
      `Statistics are kept for ${KEPT_DAYS.domain} days: ask for fewer than from ${dayText(first)} to ${dayText(last)}.`,
    )
  return { from: first, to: last }
}

function dayFrom(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text))
    throw new Refused('invalid', `'${text.slice(0, 80)}' is no day: write one as 2026-11-30.`)
  return dayOf(time)
}

const dayText = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10)
