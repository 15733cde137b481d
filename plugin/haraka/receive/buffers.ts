// Buffers that are used again: each message in memory of its own would cost more in garbage collection than
// its judgement.

const KEPT_SIZE = 65_536
const KEPT_MOST = 64

export class Buffers {
  readonly #make: (size: number) => Buffer
  readonly #idle: Buffer[] = []

  constructor(make: (size: number) => Buffer) {
    this.#make = make
  }

  /** At least `size` octets, with whatever is in them. */
  take(size = 0): Buffer {
    if (size > KEPT_SIZE) return this.#make(size)
    return this.#idle.pop() ?? this.#make(KEPT_SIZE)
  }

  /** What `take` gave is not used any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === KEPT_SIZE && this.#idle.length < KEPT_MOST) this.#idle.push(buffer)
  }
}
