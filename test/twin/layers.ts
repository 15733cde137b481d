/**
 * The layers once more, in plain TypeScript: a map a scope, and what others hear computed anew from all voices whenever it is
 * asked for. Slow; only tests use it.
 */
import type { Features } from '../../plugin/filter/kernel.ts'
import { Memory } from '../../plugin/filter/rehearsal.ts'
import {
  CERTAIN,
  DOUBT,
  fromBfloat16,
  MIX,
  RATE,
  sigmoid,
  SURPRISE,
  Twin,
  type TwinScore,
} from './twin.ts'

type Views = readonly Uint32Array[]
type Slot = { weight: number; sum: number; voice: number; voiceSum: number }

/** Squared gradients are kept in this unit. */
const UNIT = 2 ** -28
/** A domain is heard by others as so many people. */
const WORTH = 3
/** What is heard of a sum is in this unit, up to a bound. */
const HEARD_UNIT = 2 ** -20
const HEARD_MAX = 2 ** 16
const heardOf = (sum: number): number => Math.min(Math.floor((sum * UNIT) / HEARD_UNIT), HEARD_MAX)
/** Where nobody but people teaches. */
const ALONE = 200

const bound = (x: number, by: number): number => Math.min(Math.max(x, -by), by)
const homeOf = (scope: string): string => scope.slice(scope.lastIndexOf('@') + 1)

export class TwinLayers {
  readonly everybody = new Twin()
  ceiling = ALONE
  readonly #scopes = new Map<string, Map<number, Slot>>()
  /** What each scope rehearses with. */
  readonly #memories = new Map<string, Memory>()
  /** Lessons of each scope. */
  readonly #given = new Map<string, { ham: number; spam: number }>()

  features(raw: Uint8Array): Uint32Array[] {
    return this.everybody.features(raw)
  }

  /** Score of a message to `scope`; '' hears what everybody hears. */
  judge(views: Views, scope: string): TwinScore {
    return this.everybody.judge(views, (slot) => this.#heard(scope, slot))
  }

  /** A lesson of the super-admin. */
  train(views: Views, label: 'ham' | 'spam'): void {
    this.everybody.learn(views, label, (slot) => this.#crowd(slot))
  }

  /** A lesson of a domain or an address. Answers how it is taken back. */
  teach(views: Views, label: 'ham' | 'spam', scope: string): () => void {
    const said = this.#step(
      views,
      label,
      (slot) => this.#crowd(slot, scope),
      (slot) => this.#at(scope, slot).voiceSum * UNIT + this.#learned(slot, [scope]),
    )
    // The strongest of what was said, not its sum.
    for (const [slot, step] of said) {
      const { voice } = this.#at(scope, slot)
      if (voice * step.by > 0)
        step.by = Math.max(0, Math.abs(step.by) - Math.abs(voice)) * Math.sign(step.by)
    }
    const own = this.#own(views, label, scope)
    const add = (moves: typeof own, sign: 1 | -1): void => {
      for (const [slot, { by, square }] of moves) {
        const at = this.#at(scope, slot)
        at.weight += sign * by
        at.sum += sign * square
      }
    }
    let along: typeof own = new Map()
    const move = (sign: 1 | -1): void => {
      const given = this.#given.get(scope) ?? { ham: 0, spam: 0 }
      this.#given.set(scope, { ...given, [label]: given[label] + sign })
      add(own, sign)
      add(along, sign)
      for (const slot of own.keys()) {
        const at = this.#at(scope, slot)
        const voice = said.get(slot) ?? { by: 0, square: 0 }
        at.voice += sign * voice.by
        at.voiceSum += sign * voice.square
      }
    }
    move(1)
    const memory = this.#memories.get(scope) ?? new Memory()
    this.#memories.set(scope, memory)
    const given = this.#given.get(scope) ?? { ham: 0, spam: 0 }
    const p = (one: Views): number => sigmoid(this.judge(one, scope).z)
    const second = memory.after([...views] as unknown as Features, label, given, p)
    if (second) add((along = this.#own(second.remembered, second.label, scope)), 1)
    return () => move(-1)
  }

  /** What a lesson moves in the layer of its scope. */
  #own(views: Views, label: 'ham' | 'spam', scope: string) {
    const home = homeOf(scope)
    return this.#step(
      views,
      label,
      (slot) => this.#heard(scope, slot),
      (slot) =>
        (this.#at(home, slot).sum + (home === scope ? 0 : this.#at(scope, slot).sum)) * UNIT +
        this.#learned(slot, [scope, home]),
      this.#share(scope),
    )
  }

  #at(scope: string, slot: number): Slot {
    let slots = this.#scopes.get(scope)
    if (!slots) this.#scopes.set(scope, (slots = new Map()))
    let at = slots.get(slot)
    if (!at) slots.set(slot, (at = { weight: 0, sum: 0, voice: 0, voiceSum: 0 }))
    return at
  }

  /** Of squared gradients, what is heard of all scopes but these. */
  #learned(slot: number, without: readonly string[]): number {
    let sum = 0
    for (const [scope, slots] of this.#scopes)
      if (!without.includes(scope)) sum += heardOf(slots.get(slot)?.voiceSum ?? 0)
    return sum * HEARD_UNIT
  }

  /** How much of a step a lesson makes in the layer of its scope. */
  #share(scope: string): number {
    if (this.ceiling !== ALONE) return 1
    const others = (['ham', 'spam'] as const).map((label) => {
      const homes = new Map<string, number>()
      let mine = 0
      for (const [one, given] of this.#given) {
        if (given[label] === 0) continue
        if (one === scope) mine = 1
        homes.set(homeOf(one), (homes.get(homeOf(one)) ?? 0) + 1)
      }
      return [...homes.values()].reduce((sum, n) => sum + Math.min(n, WORTH), 0) - mine
    })
    return Math.max(...others) > 0 ? 0.4 : 1
  }

  /** What other domains hear of all people, but for one voice. */
  #crowd(slot: number, without = ''): number {
    const domains = new Map<string, number>()
    for (const [scope, slots] of this.#scopes) {
      const voice = scope === without ? 0 : (slots.get(slot)?.voice ?? 0)
      const home = homeOf(scope)
      domains.set(home, (domains.get(home) ?? 0) + bound(voice, this.ceiling))
    }
    let sum = 0
    for (const voices of domains.values()) sum += bound(voices, WORTH * this.ceiling)
    return sum
  }

  /** All that a scope hears beside everybody's own layer: strangers, neighbours, its domain, itself. */
  #heard(scope: string, slot: number): number {
    if (scope === '') return this.#crowd(slot)
    const home = homeOf(scope)
    let neighbours = 0
    let abroad = 0
    for (const [one, slots] of this.#scopes) {
      if (homeOf(one) !== home) continue
      const voice = bound(slots.get(slot)?.voice ?? 0, this.ceiling)
      abroad += voice
      if (one !== home && one !== scope) neighbours += voice
    }
    const strangers = this.#crowd(slot) - bound(abroad, WORTH * this.ceiling)
    const own = home === scope ? 0 : this.#at(scope, slot).weight
    return strangers + neighbours + this.#at(home, slot).weight + own
  }

  #step(
    views: Views,
    label: 'ham' | 'spam',
    more: (slot: number) => number,
    sums: (slot: number) => number,
    share = 1,
  ): Map<number, { by: number; square: number }> {
    const y = label === 'spam' ? 1 : 0
    const { views: scores } = this.everybody.judge(views, more)
    const all = scores[0].m + scores[1].m + scores[2].m
    const least = Math.min(
      1,
      ...scores.filter(({ n }) => n > 0).map(({ m }) => Math.abs(y - sigmoid(m))),
    )
    const fourth = least ** 2 * least ** 2
    const moves = new Map<number, { by: number; square: number }>()
    views.forEach((slots, view) => {
      const { m, n } = scores[view]
      const surprise = y - sigmoid(m + MIX * (all - m))
      const certain = Math.abs(surprise) < CERTAIN
      const g = surprise / Math.sqrt(n)
      const rate = share * RATE * bound(g, (SURPRISE * (1 - DOUBT * fourth ** 2)) / Math.sqrt(n))
      for (const slot of slots) {
        const sum = fromBfloat16(this.everybody.sums[slot]) + sums(slot)
        const move = moves.get(slot) ?? { by: 0, square: 0 }
        moves.set(slot, move)
        if (certain) continue
        move.by += Math.floor(rate / (0.0001 + Math.sqrt(sum + g * g)) + 0.5)
        move.square += Math.floor((g * g) / UNIT + 0.5)
      }
    })
    return moves
  }
}
