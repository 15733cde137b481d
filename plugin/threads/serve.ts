// The thread's side of a pool: one job at a time, with its budget.
import { parentPort } from 'node:worker_threads'
import { Refused, type RefusedKind } from '../errors.ts'

/** Goes to the thread. */
export interface Job<Ask> {
  readonly id: number
  readonly ask: Ask
  /** processor time that it may take, in ms */
  readonly budget: number
}

/** Comes back once: its script has been read, and what it is asked takes its time from now on. */
export const READY = 'ready'

/** Comes back. `ms`: what it took. */
export type Told<Answer> = { readonly id: number; readonly ms: number } & (
  | { readonly answer: Answer }
  | { readonly refused: { readonly kind: RefusedKind; readonly sentence: string } }
  | { readonly spent: true }
  | { readonly failed: string }
)

/** Thrown in a thread when the budget of a job is spent. */
class Spent extends Error {}

/** The clock of a job. */
export class Meter {
  readonly #until: number

  /** @param budget in ms from now */
  constructor(budget: number) {
    this.#until = performance.now() + budget
  }

  /** Ends the job when its budget is spent. To be called within all that may be long. */
  readonly check = (): void => {
    if (performance.now() > this.#until) throw new Spent()
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
    const from = performance.now()
    const tell = (what: object, transfer: ArrayBuffer[] = []): void =>
      port.postMessage({ id, ms: performance.now() - from, ...what }, transfer)
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
  port.postMessage(READY)
}
