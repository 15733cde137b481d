// Many people who teach, in memory: everybody's layer is the kernel's, theirs are arrays; what a lesson changes and what others
// hear of it is computed by the functions of the quarantine, without its journal (test/quarantine/model/poisoning.test.ts
// compares both).
import { domainOf } from '../../../plugin/address.ts'
import type { Lessons } from '../../../plugin/filter/judge.ts'
import { Kernel, type Features, type Label } from '../../../plugin/filter/kernel.ts'
import {
  hearing,
  layerLesson,
  ownLesson,
  picked,
  placesOf,
  slotsOf,
  type Ground,
  type Rows,
} from '../../../plugin/filter/layers/lesson.ts'
import { sigmoid, stepOf } from '../../../plugin/filter/layers/step.ts'
import { Memory } from '../../../plugin/filter/rehearsal.ts'
import { Trial } from '../../../plugin/filter/trial.ts'
import { abroad, CEILING, clip, TAUGHT } from '../../../plugin/layers/ceiling.ts'
import type { Sparse } from '../../../plugin/layers/sparse.ts'
import type { Scope } from '../../../plugin/mail.ts'
import { worth } from '../../../plugin/store/lessons.ts'
import type { Sample } from './sample.ts'
import { Table } from './table.ts'

const [WEIGHT, SUM, VOICE, VOICE_SUM] = [0, 1, 2, 3]

interface Person {
  layer: Table
  lessons: Record<Label, number>
  memory: Memory
}

export class Town {
  readonly kernel: Kernel
  readonly #trial: Trial
  readonly #people = new Map<Scope, Person>()
  /** What is heard of the addresses of a domain. */
  readonly #peers = new Map<Scope, Table>()
  /** Of a domain: addresses that have given a lesson of the kind. */
  readonly #taught = new Map<Scope, Record<Label, number>>()
  /** What was heard since mark(). */
  #heard: { crowd: Sparse; scope: Scope }[] | null = null
  #ceiling: number = CEILING.alone

  /** `room`: octets for layers in the kernel's memory. */
  constructor(room = 1) {
    this.kernel = new Kernel({ layers: room })
    this.#trial = new Trial({ kernel: this.kernel })
  }

  /** The layer of an address; as COLUMNS of layers/change.ts. */
  layer(scope: Scope): Sparse {
    const { layer } = this.#person(scope)
    const slots = layer.slots()
    const columns = [WEIGHT, SUM, VOICE, VOICE_SUM].map((column) => layer.column(slots, column))
    return { slots, columns }
  }

  /** A lesson of the super-admin. */
  train({ features, label }: Sample): void {
    this.#trial.learn(features, label)
    this.#growUp()
  }

  /** A lesson of an address. */
  say(scope: Scope, { features, label }: Sample): void {
    const slots = slotsOf(features)
    const ground = this.#ground(scope, slots)
    const { change } = layerLesson(features, label, ground)
    const { layer, lessons, memory } = this.#person(scope)
    const by = new Float64Array(slots.length)
    const more = new Float64Array(slots.length)
    for (const [v, places] of placesOf(slots, features).entries()) {
      const { slots: view, weights, square, voices, voiceSquare } = change.views[v]
      for (let i = 0; i < view.length; i++) {
        layer.add(view[i], WEIGHT, weights[i])
        layer.add(view[i], SUM, square)
        layer.add(view[i], VOICE, voices[i])
        layer.add(view[i], VOICE_SUM, voiceSquare)
        by[places[i]] += voices[i]
        more[places[i]] += voiceSquare
      }
    }
    const { peers, crowd, sums } = hearing(ground, by, more)
    const home = this.#table(domainOf(scope))
    for (let i = 0; i < slots.length; i++) home.add(slots[i], 0, peers[i])
    this.#hear(scope, { slots, columns: [crowd, sums] })
    if (lessons[label]++ === 0) this.#taughtIn(domainOf(scope))[label]++
    const along = memory.after(features, label, lessons, (one) => sigmoid(this.zFor(scope, one)))
    if (along) this.#rehearse(scope, along.remembered, along.label)
    this.#growUp()
  }

  #rehearse(scope: Scope, features: Features, label: Label): void {
    const { layer } = this.#person(scope)
    for (const view of ownLesson(features, label, this.#ground(scope, slotsOf(features))).views)
      for (const [i, slot] of view.slots.entries()) {
        layer.add(slot, WEIGHT, view.weights[i])
        layer.add(slot, SUM, view.square)
      }
  }

  /** By which mail of somebody is judged whose domain taught nothing; as lessonsFor() in store/lessons.ts. */
  get lessons(): Lessons {
    const { ham, spam, prior } = this.#trial.lessons
    return { ham: ham + this.#crowdOf('ham'), spam: spam + this.#crowdOf('spam'), prior }
  }

  #crowdOf(label: Label): number {
    return [...this.#taught.keys()].reduce(
      (sum, home) => sum + worth(this.#heardOf(home, label)),
      0,
    )
  }

  /** By which mail of an address is judged. */
  lessonsOf(scope: Scope): Lessons {
    const own = this.#people.get(scope)?.lessons ?? { ham: 0, spam: 0 }
    const { lessons: all } = this
    const of = (label: Label): number => {
      const peers = this.#heardOf(domainOf(scope), label)
      return all[label] - worth(peers) + peers - (own[label] > 0 ? 1 : 0) + own[label]
    }
    return { ...all, ham: of('ham'), spam: of('spam') }
  }

  /** Addresses of a domain that have given a lesson of the kind. */
  #heardOf(home: Scope, label: Label): number {
    return this.#taught.get(home)?.[label] ?? 0
  }

  /** The logit of a message to somebody whose domain taught nothing. */
  z(features: Features): number {
    return this.kernel.scoreOf(features).z
  }

  /** The logit of a message to an address. */
  zFor(scope: Scope, features: Features): number {
    const slots = slotsOf(features)
    const { everybody, domain, peers, address, ceiling } = this.#ground(scope, slots)
    const heard = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const others = peers[i] - clip(address.voice[i], ceiling) - abroad(0, peers[i], ceiling)
      heard[i] = everybody.weight[i] + others + domain.weight[i] + address.weight[i]
    }
    const views = placesOf(slots, features).map((places) => ({
      weight: picked(heard, places),
      sum: new Float64Array(places.length),
    }))
    return stepOf(features, 'ham', views).z
  }

  /** From here on is known what rewind() takes back. */
  mark(): void {
    this.#heard = []
  }

  /** Takes back what those said who had said nothing before mark(), in domains of their own. */
  rewind(): void {
    for (const { crowd, scope } of this.#heard ?? []) {
      this.kernel.hear(crowd, -1)
      this.#people.delete(scope)
      this.#peers.delete(domainOf(scope))
      this.#taught.delete(domainOf(scope))
    }
    this.#heard = null
  }

  #ground(scope: Scope, slots: Uint32Array): Ground & { address: Rows } {
    const { layer } = this.#person(scope)
    const column = (c: number): Float64Array => layer.column(slots, c)
    const home = this.#table(domainOf(scope))
    const nothing = new Float64Array(slots.length)
    return {
      slots,
      everybody: this.kernel.ground(slots),
      domain: { weight: nothing, sum: nothing, voice: nothing, voiceSum: nothing },
      peers: home.column(slots, 0),
      address: {
        weight: column(WEIGHT),
        sum: column(SUM),
        voice: column(VOICE),
        voiceSum: column(VOICE_SUM),
      },
      ceiling: this.#ceiling,
      others: Math.max(this.#beside(scope, 'ham'), this.#beside(scope, 'spam'), 0),
    }
  }

  /** As quarantine/model/ground.ts. */
  #beside(scope: Scope, label: Label): number {
    return this.#crowdOf(label) - (this.#person(scope).lessons[label] > 0 ? 1 : 0)
  }

  #hear(scope: Scope, crowd: Sparse): void {
    this.kernel.hear(crowd, 1)
    this.#heard?.push({ crowd, scope })
  }

  /** As quarantine/model/grow.ts. */
  #growUp(): void {
    const { ham, spam } = this.#trial.lessons
    if (this.#ceiling === CEILING.beside || Math.min(ham, spam) < TAUGHT) return
    if (this.#heard?.length)
      throw new Error('voices count less in the middle of what is taken back')
    const [was, is] = [this.#ceiling, CEILING.beside]
    this.#ceiling = is
    const more = new Map<Scope, Table>()
    for (const [scope, { layer }] of this.#people) {
      const home = domainOf(scope)
      const of = more.get(home) ?? new Table(1)
      more.set(home, of)
      for (const slot of layer.slots())
        of.add(slot, 0, clip(layer.at(slot, VOICE), is) - clip(layer.at(slot, VOICE), was))
    }
    for (const [home, of] of more) {
      const peers = this.#table(home)
      const slots = of.slots()
      const far = Float64Array.from(slots, (slot) => {
        const heard = peers.at(slot, 0)
        peers.add(slot, 0, of.at(slot, 0))
        return abroad(0, peers.at(slot, 0), is) - abroad(0, heard, was)
      })
      this.kernel.hear({ slots, columns: [far, new Float64Array(slots.length)] }, 1)
    }
  }

  #taughtIn(home: Scope): Record<Label, number> {
    const taught = this.#taught.get(home) ?? { ham: 0, spam: 0 }
    this.#taught.set(home, taught)
    return taught
  }

  #person(scope: Scope): Person {
    const known = this.#people.get(scope)
    if (known) return known
    const person = {
      layer: new Table(4),
      lessons: { ham: 0, spam: 0 },
      memory: new Memory(),
    }
    this.#people.set(scope, person)
    return person
  }

  #table(home: Scope): Table {
    const table = this.#peers.get(home) ?? new Table(1)
    this.#peers.set(home, table)
    return table
  }
}
