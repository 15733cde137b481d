// A decision may be run, thrown away and run again. With LAZARET_TWICE=1 in the environment each one is: first
// in a child transaction that is rolled back, then for good. A verb that touches anything but its `tx` in its
// decision is found so: the second run is not what the first was. `npm run test:twice` runs the suites that
// decide in this mode.
import type { Env } from './env.ts'
import type { EventBody } from './events/index.ts'

const TWICE = process.env.LAZARET_TWICE === '1'

interface Decided<T> {
  result: T
  events: readonly EventBody[]
}

/** Runs `decide`, inside a write transaction; in the test mode twice. */
export function rehearse<T>(env: Env, decide: () => Decided<T>): Decided<T> {
  if (!TWICE) return decide()
  const first = tell(() => env.rolledBack(decide))
  let decided: Decided<T> | null = null
  const second = tell(() => (decided = decide()))
  if (second.text !== first.text)
    throw new Error(`a decision made again was another one: ${second.text} after ${first.text}`)
  if (!decided) throw second.error
  return decided
}

/** What a decision came to, apart from what may differ each time (tokens, Message-IDs). */
function tell(decide: () => Decided<unknown>): { text: string; error: unknown } {
  try {
    const { events } = decide()
    return { text: `[${events.map(({ type }) => type).join(' ')}]`, error: null }
  } catch (error) {
    return { text: String(error), error }
  }
}
