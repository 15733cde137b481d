/**
 * The layers once more, in plain TypeScript: a map a scope, and what others hear computed anew from all voices whenever it is
 * asked for. Slow; only tests use it.
 */
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

const bound = (x: number, by: number): number => Math.min(Math.max(x, -by), by)
const homeOf = (scope: string): string => scope.slice(scope.lastIndexOf('@') + 1)

export class TwinLayers {
  readonly everybody = new Twin()
  ceiling = 34
  readonly #scopes = new Map<string, Map<number, Slot>>()

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
    const home = homeOf(scope)
    const own = this.#step(
      views,
      label,
      (slot) => this.#heard(scope, slot),
      (slot) => this.#at(home, slot).sum + (home === scope ? 0 : this.#at(scope, slot).sum),
    )
    const said = this.#step(
      views,
      label,
      (slot) => this.#crowd(slot, scope),
      (slot) => this.#at(scope, slot).voiceSum,
    )
    const move = (sign: 1 | -1): void => {
      for (const [slot, { by, square }] of own) {
        const at = this.#at(scope, slot)
        const voice = said.get(slot) ?? { by: 0, square: 0 }
        at.weight += sign * by
        at.sum += sign * square
        at.voice += sign * voice.by
        at.voiceSum += sign * voice.square
      }
    }
    move(1)
    return () => move(-1)
  }

  #at(scope: string, slot: number): Slot {
    let slots = this.#scopes.get(scope)
    if (!slots) this.#scopes.set(scope, (slots = new Map()))
    let at = slots.get(slot)
    if (!at) slots.set(slot, (at = { weight: 0, sum: 0, voice: 0, voiceSum: 0 }))
    return at
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
      const rate = RATE * bound(g, (SURPRISE * (1 - DOUBT * fourth ** 2)) / Math.sqrt(n))
      for (const slot of slots) {
        const sum = fromBfloat16(this.everybody.sums[slot]) + sums(slot) * UNIT
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
