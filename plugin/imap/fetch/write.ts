// FETCH responses of many messages, handed over in pieces.
import { Refused } from '../../errors.ts'
import type { Client } from '../client.ts'
import type { Done } from '../command.ts'
import { Message } from '../selected/message.ts'
import { codeOf, rangesOf, type FetchItem, type Span } from '../wire/index.ts'
import { Output } from './output.ts'
import { planFetch, type Plan } from './plan.ts'

/** Octets that are built before they are sent, and ms of work before others get their turn. */
const BATCH = 256 * 1024
const TURN = 2

/** Writes the messages of `spans`; answers how the command ends where it is not OK. `marked`: UIDs whose flags are told although nobody asked. */
export async function writeMessages(
  client: Client,
  plan: Plan,
  spans: readonly Span[],
  marked: ReadonlySet<number>,
): Promise<Done | void> {
  const out = new Output()
  let done: Done | undefined
  let turn = performance.now()
  const hand = async () => {
    for (const chunk of out.take()) client.writer.lines(chunk)
    await client.flush()
    turn = performance.now()
  }
  for (const { start, end } of spans) {
    for (let index = start; index < end; index++) {
      const changed = marked.has(client.view.uidAt(index))
      const message = new Message(client, index, { changed })
      if (plan.reads && !message.there) done = GONE
      else done = writeMessage(out, plan, message) ?? done
      if (out.size >= BATCH || ((index & 15) === 15 && performance.now() - turn > TURN))
        await hand()
    }
  }
  await hand()
  return done
}

/** RFC 5530 §3: the client has not been told yet. */
const GONE: Done = {
  status: 'NO',
  code: 'EXPUNGEISSUED',
  text: 'Some of these messages are no longer there',
}

/** One response; or how the command ends when an item of it is refused. */
function writeMessage(out: Output, plan: Plan, message: Message): Done | undefined {
  const mark = out.mark()
  try {
    out.text('* ')
    out.number(message.index + 1)
    out.text(' FETCH (')
    for (const { name, write } of plan.items) {
      out.text(name)
      write(out, message)
    }
    if (message.changed) {
      for (const { name, write } of plan.changed) {
        out.text(name)
        write(out, message)
      }
    }
    out.text(')\r\n')
    return undefined
  } catch (error) {
    out.back(mark)
    if (!(error instanceof Refused)) throw error
    return { status: 'NO', code: codeOf(error), text: error.message }
  }
}

/** RFC 5465 §5.2: what a client asked to be told of new messages; never makes them \Seen. */
export async function writeNew(
  client: Client,
  items: readonly FetchItem[],
  uids: readonly number[],
): Promise<void> {
  const peek = items.map((item) => ('peek' in item ? { ...item, peek: true } : item))
  const plan = planFetch(client, { set: [], items: peek, vanished: false }, false)
  await writeMessages(client, plan, client.view.resolve(rangesOf(uids), true), new Set())
}
