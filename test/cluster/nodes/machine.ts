// A machine of a cluster as its test sees it: a process, what it acknowledged, and what became of it.
import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { ensureBuilt, ROOT } from '../../rig/build.ts'
import type { Answer, Ask, Given, Journal, Tale, Trap } from './node.ts'

const running = new Set<Machine>()
afterAll(async () => {
  await Promise.all(Array.from(running, (one) => one.kill()))
})

export interface Acked {
  id: number
  /** Unix ms. */
  at: number
}

/** What all machines of one run told. */
export class Tales extends EventEmitter {
  readonly acked = new Map<string, Acked>()
  readonly refused: { name: string; why: string; at: number }[] = []
  /** Names of entries of which their machine did not know whether they were in. */
  readonly unknown: string[] = []
  readonly halted: string[] = []

  /** Resolves when so many more are acknowledged. */
  async more(count: number): Promise<void> {
    const all = this.acked.size + count
    while (this.acked.size < all) await once(this, 'acked')
  }

  /** The longest time in which nothing was acknowledged, from `since` on (Unix ms). */
  stall(since: number): number {
    const times = Array.from(this.acked.values(), ({ at }) => at).toSorted((a, b) => a - b)
    let longest = 0
    let last = since
    for (const at of times) {
      if (at < since) continue
      longest = Math.max(longest, at - last)
      last = at
    }
    return longest
  }

  /** How many were acknowledged between two times. */
  between(from: number, to: number): number {
    return Array.from(this.acked.values()).filter(({ at }) => at > from && at < to).length
  }

  hear(tale: Tale): void {
    if (tale.told === 'acked') this.acked.set(tale.name, { id: tale.id, at: tale.at })
    else if (tale.told === 'refused') this.refused.push(tale)
    else if (tale.told === 'unknown') this.unknown.push(tale.entry)
    else if (tale.told === 'halted') this.halted.push(tale.why)
    this.emit(tale.told)
  }
}

export class Machine {
  readonly given: Given
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  readonly #trapped = new EventEmitter()
  #asked = 0
  #said = ''

  private constructor(given: Given, tales: Tales) {
    this.given = given
    this.#child = fork(join(ROOT, 'dist/test/cluster/nodes/node.js'), [JSON.stringify(given)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    this.#child.on('message', (message: Tale | Answer) => {
      if ('to' in message) {
        this.#waiting.get(message.to)?.(message.answer)
        this.#waiting.delete(message.to)
      } else {
        if (message.told === 'trapped') this.#trapped.emit('trapped')
        tales.hear(message)
      }
    })
    running.add(this)
    this.#exit = once(this.#child, 'close').then(() => {
      running.delete(this)
      for (const answer of this.#waiting.values()) answer({ error: `it has ended: ${this.#said}` })
    })
  }

  static async start(given: Given, tales: Tales): Promise<Machine> {
    await ensureBuilt()
    const machine = new Machine(given, tales)
    await machine.ask({ do: 'state' })
    return machine
  }

  async ask<T = unknown>(ask: Ask): Promise<T> {
    const id = ++this.#asked
    const answer = await new Promise<unknown>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, ask }, (error) => {
        if (error) resolve({ error: `${error.message}: ${this.#said}` })
      })
    })
    if (typeof answer === 'object' && answer && 'error' in answer)
      throw new Error(String(answer.error))
    return answer as T
  }

  async journal(): Promise<Journal> {
    return await this.ask<Journal>({ do: 'journal' })
  }

  async state(): Promise<{ can: string; why: string; seq: number }> {
    return await this.ask({ do: 'state' })
  }

  /** Resolves when it has the turn, and is killed or stopped with it, or waits. */
  async trap(what: Trap): Promise<void> {
    const trapped = once(this.#trapped, 'trapped')
    await this.ask({ do: 'trap', with: what })
    await trapped
    if (what === 'SIGKILL') await this.#exit
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGCONT')
    this.#child.kill('SIGKILL')
    await this.#exit
  }

  async close(): Promise<void> {
    await this.ask({ do: 'close' })
    await this.#exit
  }
}
