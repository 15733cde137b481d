// Going through a folder for SEARCH, SORT and THREAD, with a turn for others now and then.
import type { Client } from '../client.ts'
import { Message } from '../selected/message.ts'
import type { Matcher } from './match.ts'

/** Cheap messages between two looks at the clock. */
const STRIDE = 32

/** Indices of the messages that match, ascending. */
export async function find(client: Client, { matches }: Matcher): Promise<number[]> {
  const found: number[] = []
  await eachMessage(client, indices(client.view.count), (message) => {
    if (matches(message)) found.push(message.index)
  })
  return found
}

/** Calls `visit` for each message in order; one at a time is in memory. */
export async function eachMessage(
  client: Client,
  wanted: Iterable<number>,
  visit: (message: Message) => void,
): Promise<void> {
  let count = 0
  for (const index of wanted) {
    visit(new Message(client, index, { lenient: true }))
    if (++count % STRIDE === 0) await client.flush()
  }
}

function* indices(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}
