// FETCH responses of many messages, handed over in pieces.
import { Refused } from '../../errors.ts'
import type { Client } from '../client.ts'
import type { Done } from '../command.ts'
import { Message } from '../selected/message.ts'
import { codeOf, limits, rangesOf, type FetchItem, type Span } from '../wire/index.ts'
import { Output } from './output.ts'
import { planFetch, type Plan } from './plan.ts'
import { Sender } from './sender.ts'

/** Octets that are built before they are sent. */
const BATCH = 256 * 1024
/** Messages between two looks at the clock where none is read: a look costs as much as one of them. */
const STRIDE = 16

/** Writes the messages of `spans`; answers how the command ends where it is not OK. `marked`: UIDs whose flags are told although nobody asked. */
export async function writeMessages(
  client: Client,
  plan: Plan,
  spans: readonly Span[],
  marked: ReadonlySet<number>,
): Promise<Done | void> {
  const out = new Output()
  const sender = new Sender(client)
  let done: Done | undefined
  const { turn } = client
  const hand = async () => await sender.send(out.take())
  try {
    for (const { start, end } of spans) {
      for (let index = start; index < end; index++) {
        const written = writeOne(client, out, plan, index, marked)
        done = (written instanceof Promise ? await written : written) ?? done
        if (out.length >= BATCH || ((plan.reads || index % STRIDE === 0) && turn.over)) await hand()
        turn.check()
      }
    }
    await hand()
  } finally {
    client.hold(0)
  }
  return done
}

/** RFC 5530 §3: the client has not been told yet. */
const GONE: Done = {
  status: 'NO',
  code: 'EXPUNGEISSUED',
  text: 'Some of these messages are no longer there',
}

/** Functions of their own: while its response is sent, nothing else of the message stays in memory. */
function writeOne(
  client: Client,
  out: Output,
  plan: Plan,
  index: number,
  marked: ReadonlySet<number>,
): Done | undefined | Promise<Done | undefined> {
  const changed = marked.has(client.view.uidAt(index))
  const message = new Message(client, index, { changed })
  if (plan.reads && !message.there) return GONE
  const reading = plan.wanted.length > 0 ? message.prepare(plan.wanted) : undefined
  if (!reading) return writeRead(client, out, plan, message)
  return reading.then(() => writeRead(client, out, plan, message), refused)
}

function writeRead(client: Client, out: Output, plan: Plan, message: Message): Done | undefined {
  const mark = out.mark()
  const before = out.length
  try {
    writeMessage(out, plan, message)
    checkLength(out.length - before, plan, message)
    // What was made of the message, not what it is: other connections want to have some, too.
    if (out.size > limits.FETCH_MADE && !client.hold(out.size))
      throw new Refused('busy', 'There is no room for so large an answer now; try again later.')
    return undefined
  } catch (error) {
    out.back(mark)
    return refused(error)
  }
}

function refused(error: unknown): Done {
  if (!(error instanceof Refused)) throw error
  return { status: 'NO', code: codeOf(error), text: error.message }
}

/** One response. Throws Refused when an item of it is refused. */
function writeMessage(out: Output, plan: Plan, message: Message): void {
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
}

function checkLength(length: number, { reads }: Plan, message: Message): void {
  if (length <= limits.FETCH_SPARE || !reads) return
  if (length > limits.FETCH_SPARE + limits.FETCH_TIMES * message.summary.size)
    throw new Refused(
      'limit',
      'That asks for the same octets too many times; ask for less at once.',
    )
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
