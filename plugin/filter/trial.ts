// Protocols that measure the classifier on labelled mail, with a model of its own.
import type { Judged } from './evaluate.ts'
import { probability, type Lessons } from './judge.ts'
import { Kernel, type Label } from './kernel.ts'

/** A kernel, the lessons it was given, and what follows for a message. */
export class Trial {
  readonly kernel: Kernel
  readonly lessons: Lessons

  /** @param kernel starts as it is; `prior` when a base model is loaded in it. */
  constructor({ kernel = new Kernel(), prior = false }: { kernel?: Kernel; prior?: boolean } = {}) {
    this.kernel = kernel
    this.lessons = { ham: 0, spam: 0, prior }
  }

  /** Protocol P1 (docs/classifier.md "Protocols"): the score of a message, which is learned after that. */
  online(raw: Uint8Array, label: Label, signals: readonly string[] = []): Judged {
    const { z } = this.kernel.learn(raw, label, signals)
    const judged = { label, score: probability(z, this.lessons) }
    this.lessons[label]++
    return judged
  }

  /** The score of a message that is not learned. */
  judge(raw: Uint8Array, label: Label, signals: readonly string[] = []): Judged {
    const { z } = this.kernel.score(raw, signals)
    return { label, score: probability(z, this.lessons) }
  }
}
