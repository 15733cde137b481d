// The thread's side of a pool: one job at a time, with its budget.
import { parentPort } from 'node:worker_threads'
import { Refused, type RefusedKind } from '../errors.ts'
import { taken, thisTask } from './clock.ts'

/** Goes to the thread. */
export interface Job<Ask> {
  readonly id: number
  readonly ask: Ask
  /** processor time that it may take, in ms */
  readonly budget: number
}

/** Comes back once: its script has been read, and what it is asked takes its time from now on. `task`: see clock.ts. */
export interface Ready {
  readonly task: string
}

/** Comes back. `ms`: processor time that it took. */
export type Told<Answer> = { readonly id: number; readonly ms: number } & (
  | { readonly answer: Answer }
  | { readonly refused: { readonly kind: RefusedKind; readonly sentence: string } }
  | { readonly spent: true }
  | { readonly failed: string }
)

/** Thrown in a thread when the budget of a job is spent. */
class Spent extends Error {}

/** Processor time of this thread, in ms; where the system does not tell, the time that passes. */
const TASK = thisTask()
const spentHere = (): number => taken(TASK) ?? performance.now()

/** The clock of a job. */
export class Meter {
  readonly #until: number
  /** No earlier than then can the budget be spent. */
  #look: number

  /** @param budget processor time from now on, in ms */
  constructor(budget: number) {
    this.#until = spentHere() + budget
    this.#look = performance.now() + budget
  }

  /** Ends the job when its budget is spent. To be called within all that may be long. */
  readonly check = (): void => {
    const now = performance.now()
    if (now <= this.#look) return
    const left = this.#until - spentHere()
    if (left <= 0) throw new Spent()
    this.#look = now + left
  }
}

/** What a job came to, and the buffers that go with it. */
export interface Reply<Answer> {
  readonly answer: Answer
  readonly transfer?: ArrayBuffer[]
}

/** Answers jobs until the thread is ended. */
export function serve<Ask, Answer>(
  work: (ask: Ask, meter: Meter) => Reply<Answer> | Promise<Reply<Answer>>,
): void {
  const port = parentPort
  if (!port) throw new Error('this is no thread')
  const answer = async ({ id, ask, budget }: Job<Ask>): Promise<void> => {
    const from = spentHere()
    const tell = (what: object, transfer: ArrayBuffer[] = []): void =>
      port.postMessage({ id, ms: spentHere() - from, ...what }, transfer)
    try {
      const { answer, transfer } = await work(ask, new Meter(budget))
      tell({ answer }, transfer)
    } catch (error) {
      if (error instanceof Spent) tell({ spent: true })
      else if (error instanceof Refused)
        tell({ refused: { kind: error.kind, sentence: error.message } })
      else tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  port.on('message', (job: Job<Ask>) => void answer(job))
  port.postMessage({ task: TASK } satisfies Ready)
}
