import { rowsOf, decodeChange, type Counts } from '../../layers/change.ts'
import { decodeSparse } from '../../layers/encoded.ts'
import { BEGINNING, onward } from '../../layers/course.ts'
import { domainOf } from '../../address.ts'
import type { Label, Scope } from '../../mail.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { getItem, putItem } from '../items.ts'
import { addRows, dropRows, getHead, putHead, type Head } from '../layers.ts'
import {
  decides,
  EARLIER,
  getLesson,
  getModel,
  lessonsOf,
  NOBODY,
  worth,
  type Lesson as Kept,
  type Standing,
} from '../lessons.ts'
import { forgetOf, getCourse, putCourse, remember } from '../rehearsed.ts'
import { NONE, timeOf, type Kind, type Stamp } from './kind.ts'

/**
 * What a scope says of a message by one item, and what that changes in its layer. `label` is what the message counts as for
 * this scope from now on. Everybody's layer: `unlearn` takes an earlier lesson's change back, `learn` adds one, as encoded by
 * filter/kernel.ts. Another layer: `learn` adds a change (layers/change.ts), and that of a lesson which counts no more is taken
 * back. Null where the vote changes nothing.
 */
export interface Lesson extends Heard {
  type: 'lesson'
  blob: string
  /** By which item it is said, or 0 for a lesson from outside the quarantine (CLI, base training). */
  item: number
  vote: Label | null
  label: Label | null
  unlearn: Uint8Array | null
  learn: Uint8Array | null
  /** Who teaches; absent in what was written before there were layers. */
  scope?: Scope
  /** `heard` unless told. */
  standing?: Standing
  against?: true
  /** It is the one by which lessons of this scope contradict all others in bulk. */
  alarm?: true
  /** It is what the scope says already, for others to hear: it keeps its number and who gave it when. */
  again?: true
  /** Another layer: where among those of its kind it is remembered, null: nowhere. Absent in what was written before those rehearsed. */
  place?: number | null
  /** Everybody's layer: that it is remembered, where among those of its kind, and its slots by view (layers/course.ts). */
  kept?: { place: number; slots: Uint8Array }
}

/** What others hear more (layers/encoded.ts): weights in the same domain, and everywhere, there with sums (HEARD_COLUMNS). */
export interface Heard {
  peers?: Uint8Array
  crowd?: Uint8Array
}

export const lesson: Kind<Lesson> = {
  fold,
  changes: NONE,
  followed: 'model',
  blobs: NONE,
  gone: NONE,
  names: false,
}

function fold(tables: Tables, event: Stamp & Lesson, seq: number): void {
  const { blob, item: id, scope = EARLIER } = event
  const before = decides(lessonsOf(tables, blob))
  const old = getLesson(tables, blob, scope)
  const votes = (old?.votes ?? []).filter(([item]) => item !== id)
  if (event.vote) votes.push([id, event.vote])
  if (scope === '' || scope === EARLIER) {
    const change = event.learn ?? (event.unlearn ? null : (old?.change ?? null))
    const next = { ...made(event, seq), votes, change }
    keep(tables, event, scope, old, event.learn || !old ? next : { ...old, votes, change })
    follow(tables, event)
  } else {
    const same = old !== null && old.label === event.label && !event.learn
    if (old && !same) count(tables, scope, old, -1)
    const given = event.again && old ? { ...made(event, seq), ...nameOf(old) } : made(event, seq)
    const next = same ? { ...old, votes } : { ...given, votes, change: event.learn }
    if (!same) count(tables, scope, next, 1)
    if (event.place !== undefined && event.standing !== 'overruled')
      recall(tables, event, scope, seq)
    hear(tables, scope, event)
    keep(tables, event, scope, old, next)
  }
  tell(tables, blob, before, scope)
  // Items of a lesson that is no more count as nothing, unless others say something by them.
  for (const one of new Set([id, ...(event.label ? [] : (old?.votes ?? []).map(([item]) => item))]))
    retrain(tables, blob, one, one === id ? event.vote : null)
}

/** What later lessons are rehearsed with. */
function follow(tables: Tables, { blob, label, scope, learn, unlearn, kept }: Lesson): void {
  if (unlearn) forgetOf(tables, blob)
  // Those of before there was rehearsal are not remembered, and do not count in it.
  if (scope !== '' || !learn || !label) return
  putCourse(tables, onward(getCourse(tables), label))
  if (kept) remember(tables, label, kept.place, { blob, slots: kept.slots })
}

/** The same in the layer of a scope, which finds remembered lessons by their numbers. */
function recall(tables: Tables, { label, place }: Lesson, scope: Scope, seq: number): void {
  if (!label) return
  const head = getHead(tables, scope)
  const kept = { ham: [], spam: [], ...head.kept }
  const some = [...kept[label]]
  if (typeof place === 'number') some[place] = seq
  const course = onward(head.course ?? BEGINNING, label)
  putHead(tables, scope, { ...head, course, kept: { ...kept, [label]: some } })
}

function made(event: Stamp & Lesson, seq: number): Omit<Kept, 'votes' | 'change'> {
  const { label, actor, standing = 'heard', against = false } = event
  return { label, seq, at: timeOf(event), actor, standing, against }
}

const nameOf = ({ seq, at, actor }: Kept): Pick<Kept, 'seq' | 'at' | 'actor'> => ({
  seq,
  at,
  actor,
})

/** Keeps what a scope says, or that it says nothing. */
function keep(
  tables: Tables,
  { blob, label }: Lesson,
  scope: Scope,
  old: Kept | null,
  next: Kept,
): void {
  if (old && old.seq > 0) tables.taught.remove([scope, old.seq])
  if (next.votes.length === 0 && !next.change) return tables.lessons.remove([blob, scope])
  const { change, votes } = next
  if (scope === EARLIER) return tables.lessons.put([blob, scope], encode({ label, change, votes }))
  tables.lessons.put([blob, scope], encode({ ...next, label }))
  if (label) tables.taught.put([scope, next.seq], encode({ blob, at: next.at }))
}

/** Where a lesson counts. */
export function countsOf(standing: Standing, sign: 1 | -1): Counts {
  return {
    own: standing === 'overruled' ? 0 : sign,
    voice: standing === 'heard' ? sign : 0,
  }
}

/** A lesson counts in the layer of its scope, or does no more. */
export function count(tables: Tables, scope: Scope, lesson: Kept, sign: 1 | -1): void {
  const { label, change, standing, against } = lesson
  if (!label || !change) return
  const counts = countsOf(standing, sign)
  addRows(tables, scope, 'own', rowsOf(decodeChange(change), counts))
  const old = getHead(tables, scope)
  const head: Head = {
    ...old,
    lessons: { ...old.lessons, [label]: old.lessons[label] + counts.own },
    heard: { ...old.heard, [label]: old.heard[label] + counts.voice },
    against: old.against + (against ? counts.own : 0),
  }
  putHead(tables, scope, head)
  // Nothing is left of what cancels out.
  if (head.lessons.ham + head.lessons.spam === 0) dropRows(tables, scope, 'own')
  if (counts.voice !== 0) countHeard(tables, scope, label, old, head)
}

/** Counters of what others hear. */
function countHeard(tables: Tables, scope: Scope, label: Label, old: Head, head: Head): void {
  const home = domainOf(scope)
  const was = old.heard[label] > 0 ? 1 : 0
  const is = head.heard[label] > 0 ? 1 : 0
  const top = home === scope ? head : getHead(tables, home)
  const own = home === scope ? [was, is] : Array(2).fill(top.heard[label] > 0 ? 1 : 0)
  const peers = top.peers[label]
  const now = home === scope ? peers : peers + is - was
  if (now !== peers) putHead(tables, home, { ...top, peers: { ...top.peers, [label]: now } })
  const scopes = worth(own[1] + now) - worth(own[0] + peers)
  const model = getModel(tables)
  const { people = NOBODY } = model
  const next = {
    ...people,
    scopes: { ...people.scopes, [label]: people.scopes[label] + scopes },
  }
  tables.model.put('state', encode({ ...model, people: next }))
}

/** Others hear more, or less. Everybody's layer is the kernel's. */
export function hear(tables: Tables, scope: Scope, { peers }: Heard): void {
  if (peers) addRows(tables, domainOf(scope), 'peers', decodeSparse(peers, 1))
}

type Deciding = Pick<Kept, 'label'> & { scope: Scope }

/** A message counts as something else now. */
export function tell(tables: Tables, blob: string, before: Deciding | null, scope: Scope): void {
  const after: Deciding | null = decides(lessonsOf(tables, blob))
  const isPeople = (one: Deciding | null): boolean =>
    one !== null && one.scope !== '' && one.scope !== EARLIER
  if (before?.label === after?.label && isPeople(before) === isPeople(after)) return
  const model = { ...getModel(tables) }
  // Counters never go below zero, whatever an imported journal says.
  if (before?.label) model[before.label] = Math.max(0, model[before.label] - 1)
  if (after?.label) model[after.label] += 1
  if (scope !== EARLIER && (isPeople(before) || isPeople(after))) {
    const { people = NOBODY } = model
    const messages = { ...people.messages }
    if (before?.label && isPeople(before)) messages[before.label]--
    if (after?.label && isPeople(after)) messages[after.label]++
    model.people = { ...people, messages }
  }
  tables.model.put('state', encode(model))
}

/** What an item was trained as: what is said by it, of those who may say most. */
function retrain(tables: Tables, blob: string, id: number, vote: Label | null): void {
  const item = id ? getItem(tables, id) : null
  if (!item) return
  const said = lessonsOf(tables, blob).flatMap(({ scope, seq, votes }) =>
    votes.flatMap(([by, label]) => (by === id ? [{ scope, seq, label }] : [])),
  )
  const trained = decides(said)?.label ?? vote
  if (item.trained !== trained) putItem(tables, { ...item, trained })
}
