// Who is at a release or a report: a process of this machine, or of another one, whose pid says nothing here.
import { isAlive as isProcessAlive, WORKER } from '../alive.ts'
import type { Lazaret } from '../open.ts'
import { SECOND } from '../time.ts'

export class Workers {
  /** This process: `pid:start`, of several machines `node/pid:start`. */
  readonly self: string
  readonly #lazaret: Lazaret
  readonly #node: string | null
  /** By machine, how long it has been silent (ms), as of the last look. */
  #silent: ReadonlyMap<string, number> = new Map()

  constructor(lazaret: Lazaret) {
    this.#lazaret = lazaret
    this.#node = lazaret.store.belonging?.node ?? null
    this.self = this.#node === null ? WORKER : `${this.#node}/${WORKER}`
  }

  /** Looks at the other machines. Where they cannot be asked about, nobody is thought to be gone. */
  async look(): Promise<void> {
    if (this.#node === null) return
    const members = await this.#lazaret.store.members()
    this.#silent = new Map(members?.map(({ node, silent }) => [node, silent]))
  }

  /** Whether it is one of this machine, whose queue is here. */
  isHere(worker: string): boolean {
    return nodeOf(worker) === this.#node
  }

  /** When in doubt it is. */
  isAlive(worker: string): boolean {
    if (this.isHere(worker)) return isProcessAlive(worker.slice(worker.indexOf('/') + 1))
    const node = nodeOf(worker)
    // Of the time before this machine had others.
    if (node === null) return isProcessAlive(worker)
    const silent = this.#silent.get(node)
    return silent === undefined || silent < this.#lazaret.config.cluster.takeover_after_s * SECOND
  }
}

function nodeOf(worker: string): string | null {
  const at = worker.indexOf('/')
  return at < 0 ? null : worker.slice(0, at)
}
