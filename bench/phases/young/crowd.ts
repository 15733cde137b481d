// Honest people: fifty addresses in five domains give the lessons, each message is scored before it is learned.
import { evaluate, type Judged } from '../../../plugin/filter/evaluate.ts'
import { probability } from '../../../plugin/filter/judge.ts'
import { Trial } from '../../../plugin/filter/trial.ts'
import type { Scope } from '../../../plugin/mail.ts'
import type { Mail } from '../../harness/mail.ts'
import type { Sample } from './sample.ts'
import { Town } from './town.ts'

export const PEOPLE = { addresses: 50, domains: 5 }

export const addressOf = (i: number): Scope => `p${i}@d${i % PEOPLE.domains}.example`

/** (1-ROCA)% by who gets the message. */
export interface Crowd {
  newcomer: number
  /** The address that learns it then. */
  own: number
  single: number
}

/** `who`: number of the address that gets and learns a message. */
export function crowd(mail: readonly Sample[], who: (i: number) => number): Crowd {
  const town = new Town()
  const newcomer: Judged[] = []
  const own: Judged[] = []
  for (const [i, one] of mail.entries()) {
    const scope = addressOf(who(i))
    const { features, label } = one
    newcomer.push({ label, score: probability(town.z(features), town.lessons) })
    own.push({ label, score: probability(town.zFor(scope, features), town.lessonsOf(scope)) })
    town.say(scope, one)
  }
  return { newcomer: lost(newcomer), own: lost(own), single: single(mail) }
}

/** One address that teaches everything, as its own mail is scored: what the administrator's lessons are to everybody. */
export function alone(mail: readonly Sample[]): number {
  const town = new Town()
  const scope = addressOf(0)
  const judged = mail.map((one) => {
    const score = probability(town.zFor(scope, one.features), town.lessonsOf(scope))
    town.say(scope, one)
    return { label: one.label, score }
  })
  return lost(judged)
}

function single(mail: readonly Sample[]): number {
  const trial = new Trial()
  return lost(
    mail.map(({ features, label }) => {
      const score = probability(trial.kernel.scoreOf(features).z, trial.lessons)
      trial.learn(features, label)
      return { label, score }
    }),
  )
}

const lost = (judged: readonly Judged[]): number => evaluate(judged).roca

/** Each kind of mail (a list, else a sender's domain) goes to few addresses: one for so many messages. */
const OF_ONE = 120

export function ownKinds(mail: readonly Mail[]): (i: number) => number {
  const kinds = mail.map(({ raw }) => kindOf(raw))
  const sizes = new Map<string, number>()
  for (const kind of kinds) sizes.set(kind, (sizes.get(kind) ?? 0) + 1)
  return (i) => {
    const several = Math.ceil((sizes.get(kinds[i]) ?? 1) / OF_ONE)
    return (hash(kinds[i]) + (i % several)) % PEOPLE.addresses
  }
}

function kindOf(raw: Uint8Array): string {
  const head = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, 8000)).toString(
    'latin1',
  )
  const of = (name: string): string | undefined =>
    new RegExp(`^${name}:.*?([a-z0-9-]+\\.[a-z0-9.-]+)`, 'im').exec(head)?.[1].toLowerCase()
  return of('list-id') ?? of('from') ?? ''
}

function hash(text: string): number {
  let sum = 2166136261
  for (const octet of Buffer.from(text)) sum = Math.imul(sum ^ octet, 16777619) >>> 0
  return sum
}
