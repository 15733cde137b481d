// The view of what was taught: what each scope says that a message is and the change it made, so that it can be taken back;
// and the snapshot that later lessons of everybody's layer build on. Its weights live in the kernel, those of other layers in
// layers.ts.
import { CEILING, DOMAIN_WORTH } from '../layers/ceiling.ts'
import type { Label, Scope } from '../mail.ts'
import { tierOf } from '../scope.ts'
import { decode, NO_SEQ } from './codec.ts'
import type { Views } from './env.ts'
import type { Counts, Head } from './layers.ts'

/**
 * The scope of what people taught before there were layers: it counts in everybody's, until one of its messages is taught again.
 */
export const EARLIER = '*'

/**
 * How far a lesson counts. `heard`: for its own scope, and others hear it. For its own scope alone: `waiting` for an
 * administrator, `refused` by one, `over`: there were more than lessons_per_day. `overruled`: nowhere, since somebody above
 * says the opposite of this very message.
 */
export type Standing = 'heard' | 'waiting' | 'refused' | 'over' | 'overruled'

/** What one scope says of a message. */
export interface Lesson {
  label: Label | null
  /** The change it made, as filter/kernel.ts encoded it for everybody's layer, layers/change.ts for others. */
  change: Uint8Array | null
  /** Items by which it was said, latest last: [item, label]; item 0 is from outside the quarantine. */
  votes: [number, Label][]
  /** Of the event that made it: its name among lessons. 0 for one from before there were layers. */
  seq: number
  /** Unix time in ms; 0 as seq. */
  at: number
  actor: string
  standing: Standing
  /** It said the opposite of what everybody else's mail had taught for sure. */
  against: boolean
}

export interface ModelState {
  /** Blob of the newest snapshot, `''` for none. */
  snapshot: string
  /** Seq up to which the snapshot holds every lesson. */
  upto: number
  /** Messages that count as ham and as spam now, apart from a prior. */
  ham: number
  spam: number
  /** A base model was imported: weights exist without local lessons. */
  prior: boolean
  /** Messages that counted until a version with other features came, and when that was (Unix ms). */
  lost?: Lost
  /** Absent as long as nobody but the super-admin teaches. */
  people?: People
}

/** What domains and addresses have taught. */
export interface People {
  /** Messages among those above that count by them alone. */
  messages: Counts
  /** Scopes of which others hear a lesson of the kind; of one domain no more than DOMAIN_WORTH. */
  scopes: Counts
  /** Of a voice: see layers/ceiling.ts. */
  ceiling: number
  /** Blob of what is heard of them all in everybody's layer, as of the snapshot; `''` for nothing. */
  crowd: string
}

export interface Lost {
  ham: number
  spam: number
  at: number
}

const NO_MODEL: ModelState = { snapshot: '', upto: 0, ham: 0, spam: 0, prior: false }

export const NOBODY: People = {
  messages: { ham: 0, spam: 0 },
  scopes: { ham: 0, spam: 0 },
  ceiling: CEILING.alone,
  crowd: '',
}

/** What was said before there were layers has no more than the first three fields. */
type Kept = Pick<Lesson, 'label' | 'change' | 'votes'> & Partial<Lesson>

function read(bytes: Uint8Array): Lesson {
  const kept = decode<Kept>(bytes)
  return { seq: 0, at: 0, actor: '', standing: 'heard', against: false, ...kept }
}

/** What a scope says of a message. */
export function getLesson(views: Views, blob: string, scope: Scope): Lesson | null {
  const bytes = views.lessons.get([blob, scope])
  return bytes ? read(bytes) : null
}

/** What all scopes say of a message. */
export function lessonsOf(views: Views, blob: string): (Lesson & { scope: Scope })[] {
  const range = { start: [blob, ''], end: [blob, '\uffff'] }
  return Array.from(views.lessons.range(range), ({ key, value }) => ({
    scope: (key as [string, Scope])[1],
    ...read(value),
  }))
}

/** All of them, with the name of the message's blob. */
export function* allLessons(views: Views): Generator<Lesson & { blob: string; scope: Scope }> {
  for (const { key, value } of views.lessons.range({})) {
    const [blob, scope] = key as [string, Scope]
    yield { blob, scope, ...read(value) }
  }
}

/** What finds a lesson of a scope by its number. */
export interface Given {
  blob: string
  /** Unix time in ms. */
  at: number
}

/** A scope's lessons, newest first, of those below `below`. */
export function* lessonsBy(
  views: Views,
  scope: Scope,
  below = NO_SEQ,
): Generator<Given & { seq: number }> {
  const range = { start: [scope, below - 1], end: [scope, 0], reverse: true }
  for (const { key, value } of views.taught.range(range))
    yield { seq: (key as [Scope, number])[1], ...decode<Given>(value) }
}

/** The message of a scope's lesson; null: there is no such lesson. */
export function givenAt(views: Views, scope: Scope, seq: number): string | null {
  const bytes = views.taught.get([scope, seq])
  return bytes ? decode<Given>(bytes).blob : null
}

/** The first lessons of a scope that were given after the one with number `seq`. */
export function lessonsSince(views: Views, scope: Scope, seq: number, limit: number): Given[] {
  const range = { start: [scope, seq + 1], end: [scope, NO_SEQ], limit }
  return Array.from(views.taught.range(range), ({ value }) => decode<Given>(value))
}

/**
 * Lessons by which mail of a scope is judged: the super-admin's, those of its domain and its own, and of others that are heard
 * one a scope. `heads`: of its domain and its address.
 */
export function lessonsFor(model: ModelState, domain: Head | null, address: Head | null): Counts {
  const { people = NOBODY } = model
  const of = (label: Label): number => {
    const all = model[label] - people.messages[label] + people.scopes[label]
    if (!domain) return all
    const { heard, lessons, peers } = domain
    const abroad = worth(peers[label] + (heard[label] > 0 ? 1 : 0))
    const others = peers[label] - ((address?.heard[label] ?? 0) > 0 ? 1 : 0)
    return all - abroad + others + lessons[label] + (address?.lessons[label] ?? 0)
  }
  return { ham: of('ham'), spam: of('spam') }
}

/** What the scopes of one domain count for others. */
export const worth = (scopes: number): number => Math.min(scopes, DOMAIN_WORTH)

/** Who may say what others then cannot: the super-admin, a domain, an address. */
export function rankOf(scope: Scope): number {
  if (scope === EARLIER) return 0
  return { 'super-admin': 3, domain: 2, address: 1 }[tierOf(scope)]
}

/** Of all that is said of a message, what it counts as: the highest rank decides, among equals the latest. */
export function decides<T extends { scope: Scope; label: Label | null; seq: number }>(
  lessons: readonly T[],
): T | null {
  let best: T | null = null
  for (const one of lessons) {
    if (one.label === null) continue
    const rank = best ? rankOf(one.scope) - rankOf(best.scope) : 1
    if (!best || rank > 0 || (rank === 0 && one.seq > best.seq)) best = one
  }
  return best
}

export function getModel(views: Views): ModelState {
  const bytes = views.model.get('state')
  return bytes ? decode<ModelState>(bytes) : NO_MODEL
}
