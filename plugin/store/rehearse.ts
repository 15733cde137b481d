// A decision may be run, thrown away and run again. With LAZARET_TWICE=1 in the environment each one is: first
// in a child transaction that is rolled back, then for good. A verb that touches anything but its `tx` in its
// decision is found so: the second run is not what the first was. `npm run test:twice` runs the suites that
// decide in this mode.
import { blobName } from './blobs.ts'
import { encode } from './codec.ts'
import type { Env } from './env.ts'
import type { EventBody } from './events/index.ts'

const TWICE = process.env.LAZARET_TWICE === '1'

interface Decided {
  events: readonly EventBody[]
}

/** Runs `decide`, inside a write transaction; in the test mode twice. */
export function rehearse<T extends Decided>(env: Pick<Env, 'rolledBack'>, decide: () => T): T {
  if (!TWICE) return decide()
  const first = outcome(() => env.rolledBack(decide))
  const second = outcome(decide)
  if (second.text !== first.text)
    throw new Error(`a decision made again was another one: ${second.text} after ${first.text}`)
  if (!second.decided) throw second.error
  return second.decided
}

function outcome<T extends Decided>(
  decide: () => T,
): {
  text: string
  decided: T | null
  error: unknown
} {
  try {
    const decided = decide()
    const kinds = decided.events.map(({ type }) => type).join(' ')
    const text = `[${kinds}] of contents ${blobName(encode(decided.events.map(told))).slice(0, 8)}`
    return { text, decided, error: null }
  } catch (error) {
    return { text: String(error), decided: null, error }
  }
}

/** An event without what is drawn by lot each time: tokens, names of reports, and the Message-ID of a notice. */
function told(event: EventBody): unknown {
  if (event.type === 'release') return { ...event, token: '' }
  if (event.type === 'report') return { ...event, token: '', id: '' }
  if (event.type === 'deposit' && event.item.kind === 'notice')
    return { ...event, item: { ...event.item, blob: '' } }
  return event
}
