// How much room there is: main.map_size_gb is a bound on what is kept, and the disk has one of its own.
import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Refused } from '../errors.ts'
import type { Env } from './env.ts'
import { BIG } from './files.ts'
import { DATA } from './file/uses.ts'

export interface SpaceState {
  /** Octets that are used of the file, and how many there may be (main.map_size_gb). */
  used: number
  bound: number
  /** Octets of the file, and of those of large messages: what is free in it is used again. */
  file: number
  /** Free octets of the disk. */
  disk: number
  /** `warn`: from 80 % of the bound on, or where the disk has less than DISK_MIN; `full`: nothing is taken. */
  level: 'ok' | 'warn' | 'full'
}

const WARN = 0.8
/** A disk with less is about to be full. */
const DISK_MIN = 256 * 2 ** 20
/** How long a look at all tables holds (ms); what is put meanwhile is counted. */
const LOOK_MS = 1000
/** The same for the files of large messages: of which each is asked, beside all else; what is put here is counted at once. */
const COUNT_MS = 30_000
/**
 * A large message needs pages in a row. Once the file is as large as it may be, so much of it stays free for that, or it
 * would go on growing.
 */
const SLACK = 0.1

export class Space {
  readonly #env: Env
  #used = 0
  #looked = 0
  #large = 0
  /** When the files were counted last, ms; null: never yet. */
  #counted: number | null = null
  #counting = false

  constructor(env: Env) {
    this.#env = env
  }

  get state(): SpaceState {
    const { bound, dir } = this.#env
    this.#count(Date.now())
    const used = this.#env.used + this.#large
    const size = this.#file()
    const { bavail, bsize } = statfsSync(dir)
    const disk = bavail * bsize
    const level = this.#fits(used, size)
      ? used > WARN * bound || disk < DISK_MIN
        ? 'warn'
        : 'ok'
      : 'full'
    return { used, bound, file: size, disk, level }
  }

  /** Refused where there is no room for `octets` more. What makes room, or a note of what happened, need not ask. */
  need(octets: number): void {
    const now = Date.now()
    if (Math.abs(now - this.#looked) > LOOK_MS) {
      this.#looked = now
      this.#count(now)
      this.#used = this.#env.used + this.#large
    }
    const used = this.#used + octets
    if (used > this.#env.bound * (1 - SLACK) && !this.#fits(used, this.#file())) {
      const gb = this.#env.bound / 2 ** 30
      throw new Refused(
        'full',
        `The quarantine is full (main.map_size_gb = ${gb} in lazaret.ini), nothing more can be kept. Delete what is not needed, or raise that bound.`,
      )
    }
    this.#used = used
    if (octets >= BIG) this.#large += octets
  }

  /** Files of large messages: the first time at once, then in the background. Other processes add to them, too. */
  #count(now: number): void {
    if (this.#counted === null) {
      this.#counted = now
      this.#large = this.#env.files.octets()
      return
    }
    if (this.#counting || Math.abs(now - this.#counted) <= COUNT_MS) return
    this.#counting = true
    this.#env.files
      .count()
      .then(
        (octets) => {
          this.#large = octets
          this.#counted = now
        },
        // A disk that cannot be read is told of by whoever needs what is on it; it is counted again with the next look.
        () => {},
      )
      .finally(() => (this.#counting = false))
  }

  #fits(used: number, file: number): boolean {
    const { bound } = this.#env
    return used <= bound && (file < bound || used <= bound * (1 - SLACK))
  }

  #file(): number {
    return statSync(join(this.#env.dir, DATA)).size + this.#large
  }
}
