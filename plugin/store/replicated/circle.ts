// What the machines tell each other of themselves besides their entries: that they are there, their clocks, and, when
// somebody asks, what their views come to. One process of a machine does it for all of them.
import { clockOff, clockTold, type Session, type Telling } from '../../log/log.ts'
import { Turn } from '../../turns.ts'
import type { Env } from '../env.ts'
import { digestsOf } from '../digest.ts'
import { Guards } from '../guards.ts'
import { seqOf } from '../tx.ts'
import type { Position } from './position.ts'

/** A clock that is off by more does not write: times of mail and of what expires would not be true. */
const CLOCK_MS = 60_000
/** By less it is not written down anew. */
const STEP_MS = 1000

export class Circle {
  readonly #env: Env
  readonly #position: Position
  readonly #guards: Guards
  #answered = ''

  constructor(env: Env, position: Position) {
    this.#env = env
    this.#position = position
    this.#guards = new Guards(env)
  }

  /** What this machine tells the others of itself besides: who is locked out, and who is not any more. */
  get news(): string {
    return this.#guards.news
  }

  /** Why this machine must not write, for people; `''`. */
  get why(): string {
    const off = this.#position.clock
    return Math.abs(off) <= CLOCK_MS ? '' : clockTold('this machine', off)
  }

  async meet(session: Session, me: Telling): Promise<void> {
    const asked = await session.beat(me)
    const members = await session.members()
    for (const { node, news } of members) if (node !== me.node) await this.#guards.hear(node, news)
    const off = clockOff(members, me.node)
    if (Math.abs(off - this.#position.clock) > STEP_MS)
      await this.#env.write(() => this.#position.setClock(off))
    if (asked === '' || asked === this.#answered) return
    this.#answered = asked
    // Others are not kept waiting by it; who asked waits for some seconds at most.
    void this.#answer(session, asked, me.node).catch(() => undefined)
  }

  async #answer(session: Session, asked: string, node: string): Promise<void> {
    const seq = seqOf(this.#env.views)
    const views = await digestsOf(this.#env.views, new Turn('cluster check'))
    this.#env.refresh()
    // Something was folded meanwhile: it is of no moment.
    const isWhole = seqOf(this.#env.views) === seq
    await session.answer(asked, { node, seq, views: isWhole ? views : null })
  }
}
