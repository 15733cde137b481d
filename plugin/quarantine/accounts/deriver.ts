// Keys from passwords, made in threads of their own: scrypt takes a processor for a tenth of a second and more, and in
// libuv's pool it would hold up the commits of LMDB, which need that as well.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** What is to be computed. `password` and `salt` as octets. */
export type Derivation =
  | { readonly scheme: 'scrypt'; readonly n: number; readonly r: number; readonly p: number }
  | { readonly scheme: 'pbkdf2'; readonly iterations: number }

interface Ask {
  readonly how: Derivation
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly length: number
}

type Told = { readonly key: Uint8Array } | { readonly failed: string }

interface Thread {
  readonly worker: Worker
  end: NodeJS.Timeout | null
}

/** Half of the processors, since mail has the others; each takes 32 MiB for scrypt (password.ts). */
export const THREADS_MAX = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)))
/** A thread without work is ended after so long, in ms. */
const IDLE = 60_000

/**
 * All that a thread does. It is handed over as text, so that sources and builds start it alike, and names nothing
 * from outside of itself.
 */
function serve(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  const { pbkdf2Sync, scryptSync } = process.getBuiltinModule('node:crypto')
  const derive = ({ how, password, salt, length }: Ask): Uint8Array => {
    if (how.scheme === 'pbkdf2') return pbkdf2Sync(password, salt, how.iterations, length, 'sha256')
    const { n, r, p } = how
    return scryptSync(password, salt, length, { N: n, r, p, maxmem: 256 * n * r })
  }
  parentPort?.on('message', (ask: Ask) => {
    try {
      parentPort.postMessage({ key: derive(ask) } satisfies Told, [])
    } catch (error) {
      parentPort.postMessage({ failed: String(error) } satisfies Told, [])
    }
  })
}

export class Deriver {
  readonly #resting: Thread[] = []
  #threads = 0

  /** Threads that run, with work or without. */
  get threads(): number {
    return this.#threads
  }

  /** A key of `length` octets. There are never more at a time than THREADS_MAX (hash-queue.ts). */
  async derive(how: Derivation, password: string, salt: Buffer, length: number): Promise<Buffer> {
    const thread = this.#resting.pop() ?? this.#begin()
    if (thread.end) clearTimeout(thread.end)
    thread.end = null
    thread.worker.ref()
    try {
      const told = await ask(thread.worker, { how, password: Buffer.from(password), salt, length })
      if ('failed' in told) throw new Error(`a key could not be made: ${told.failed}`)
      return Buffer.from(told.key)
    } finally {
      this.#rest(thread)
    }
  }

  #begin(): Thread {
    const worker = new Worker(`(${serve.toString()})()`, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
    })
    const thread: Thread = { worker, end: null }
    this.#threads++
    worker.on('error', () => {})
    worker.once('exit', () => {
      this.#threads--
      const at = this.#resting.indexOf(thread)
      if (at >= 0) this.#resting.splice(at, 1)
    })
    return thread
  }

  #rest(thread: Thread): void {
    if (thread.worker.threadId < 0) return // it has ended
    thread.worker.unref()
    this.#resting.push(thread)
    thread.end = setTimeout(() => void thread.worker.terminate(), IDLE).unref()
  }
}

function ask(worker: Worker, question: Ask): Promise<Told> {
  return new Promise((resolve, reject) => {
    const answered = (told: Told): void => {
      worker.off('exit', ended)
      resolve(told)
    }
    const ended = (): void => {
      worker.off('message', answered)
      reject(new Error('the thread that makes keys of passwords has ended'))
    }
    worker.once('message', answered)
    worker.once('exit', ended)
    worker.postMessage(question, [])
  })
}
