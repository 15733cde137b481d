// Protocols that measure the classifier on labelled mail, with a model of its own.
import type { Judged } from './evaluate.ts'
import { probability, type Lessons } from './judge.ts'
import { Kernel, type Features, type Label } from './kernel.ts'
import { joined } from './lesson.ts'
import { Memory } from './rehearsal.ts'

export interface Setting {
  /** Starts as it is. */
  kernel?: Kernel
  /** A base model is loaded in it. */
  prior?: boolean
  /** Messages that come in between, before one is learned. */
  late?: number
}

/** A kernel, the lessons it was given, and what follows for a message. */
export class Trial {
  readonly kernel: Kernel
  readonly lessons: Lessons
  readonly #memory = new Memory()
  readonly #late: number
  readonly #due: { features: Features; label: Label }[] = []

  constructor({ kernel = new Kernel(), prior = false, late = 0 }: Setting = {}) {
    this.kernel = kernel
    this.lessons = { ham: 0, spam: 0, prior }
    this.#late = late
  }

  /** Protocol P1 (docs/classifier.md "Protocols"): the score of a message, which is learned after that. */
  online(raw: Uint8Array, label: Label, signals: readonly string[] = []): Judged {
    const features = this.kernel.features(raw, signals)
    const judged = { label, score: probability(this.kernel.scoreOf(features).z, this.lessons) }
    this.#due.push({ features, label })
    const due = this.#due.length > this.#late ? this.#due.shift() : undefined
    if (due) this.learn(due.features, due.label)
    return judged
  }

  /** As the quarantine learns: with rehearsal. Answers the change, as Kernel.lesson encodes it. */
  learn(features: Features, label: Label): Uint8Array {
    const { kernel } = this
    const first = kernel.lessonOf(features, label)
    kernel.apply(first, 1)
    this.lessons[label]++
    const along = this.#memory.after(features, label, this.lessons, (of) => kernel.scoreOf(of).p)
    if (!along) return first
    const second = kernel.lessonOf(along.remembered, along.label)
    kernel.apply(second, 1)
    return joined(first, second)
  }

  /** The score of a message that is not learned. */
  judge(raw: Uint8Array, label: Label, signals: readonly string[] = []): Judged {
    const { z } = this.kernel.score(raw, signals)
    return { label, score: probability(z, this.lessons) }
  }
}
