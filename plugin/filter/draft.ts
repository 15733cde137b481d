// Lessons that are tried: a kernel is changed by them and is afterwards, to the bit, what it was before.
import type { Sparse } from '../layers/sparse.ts'
import type { Features, Kernel, Label } from './kernel.ts'
import type { Score } from './score.ts'

export class Draft {
  readonly #kernel: Kernel
  readonly #undo: (() => void)[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  features(raw: Uint8Array, signals: readonly string[]): Features {
    return this.#kernel.features(raw, signals)
  }

  /** What learning the message would change, behind what was applied here; see Kernel.lesson. */
  lesson(raw: Uint8Array, label: Label, signals: readonly string[]): Uint8Array {
    return this.#kernel.lesson(raw, label, signals)
  }

  /** The same of a message that was read before. */
  lessonOf(features: Features, label: Label): Uint8Array {
    return this.#kernel.lessonOf(features, label)
  }

  /** What the kernel thinks of a message that was read before. */
  scoreOf(features: Features): Score {
    return this.#kernel.scoreOf(features)
  }

  /** Makes the change of a lesson or takes it back, until undo(). */
  apply(lesson: Uint8Array, direction: 1 | -1): void {
    const undo = this.#kernel.keep(lesson)
    this.#kernel.apply(lesson, direction)
    this.#undo.push(undo)
  }

  /** The same for what people say. */
  hear(crowd: Sparse): void {
    this.#kernel.hear(crowd, 1)
    this.#undo.push(() => this.#kernel.hear(crowd, -1))
  }

  /** Everybody's layer for these slots, behind what was applied here. */
  ground(slots: Uint32Array): ReturnType<Kernel['ground']> {
    return this.#kernel.ground(slots)
  }

  undo(): void {
    while (this.#undo.length > 0) this.#undo.pop()?.()
  }
}
