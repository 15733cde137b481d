// What Haraka's outbound adds to the header of outgoing mail on its way: plugins sign it (DKIM), a missing
// Message-ID or Date is filled in. A released message shall have the same, in front of its bytes.
import { setImmediate as turn } from 'node:timers/promises'
import { LF } from '../../mime/octets.ts'
import { haraka } from '../modules.ts'
import type { Outbound, Plugin, QueuedAddress, Transaction } from '../types.ts'

/** From so many octets on it goes to a file. */
const SPOOL_AFTER = 1024 * 1024

interface Transactions {
  createTransaction(uuid: undefined, config: object): Feed
}

/** A transaction of our own, to be filled. */
type Feed = Omit<Transaction, 'mail_from' | 'rcpt_to' | 'message_stream'> & {
  mail_from: QueuedAddress
  rcpt_to: QueuedAddress[]
  end_data(done: () => void): void
  message_stream: { destroy(): void; readonly buffered: number }
}

type Send = (
  this: Outbound,
  transaction: Feed,
  next: (code: number, message: unknown) => void,
) => void

/**
 * Header fields, each whole with its line end, that the hook `pre_send_trans_email` and outbound itself add
 * to this message. `data`: the message dot-stuffed. `dir`: folder for a large one meanwhile.
 */
export async function addedFields(
  plugin: Plugin,
  dir: string,
  data: AsyncIterable<Buffer>,
  envelope: { from: QueuedAddress; to: QueuedAddress },
): Promise<Buffer> {
  const transactions = haraka<Transactions>(plugin, 'transaction')
  const transaction = transactions.createTransaction(undefined, {
    main: { spool_after: SPOOL_AFTER, spool_dir: dir },
  })
  try {
    transaction.mail_from = envelope.from
    transaction.rcpt_to = [envelope.to]
    for await (const line of lines(data)) {
      transaction.add_data(line)
      while (transaction.message_stream.buffered > 2 * SPOOL_AFTER) await turn()
    }
    await new Promise<void>((resolve) => transaction.end_data(resolve))
    const before = new Set(transaction.header.header_list)
    await send(plugin, transaction)
    const added = transaction.header.header_list.filter((field) => !before.has(field))
    return Buffer.from(
      added
        .map((field) => `${field.trimEnd()}\r\n`)
        .join('')
        .replaceAll(/\r?\n/g, '\r\n'),
    )
  } finally {
    transaction.message_stream.destroy()
  }
}

/** outbound.send_trans_email up to the point where it would write queue files: we write our own. */
function send(plugin: Plugin, transaction: Feed): Promise<void> {
  const outbound = haraka<Outbound & { send_trans_email: Send }>(plugin, 'outbound')
  const stopped = { ...outbound, process_delivery: () => Promise.resolve() }
  return new Promise((resolve) => {
    outbound.send_trans_email.call(stopped, transaction, () => resolve())
  })
}

async function* lines(data: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const piece of data) {
    let from = 0
    for (let lf = piece.indexOf(LF); lf >= 0; lf = piece.indexOf(LF, from)) {
      // A copy: Haraka keeps lines until they fill a block.
      yield Buffer.concat([...rest, piece.subarray(from, lf + 1)])
      rest = []
      from = lf + 1
    }
    if (from < piece.length) rest.push(Buffer.from(piece.subarray(from)))
  }
  if (rest.length > 0) yield Buffer.concat(rest)
}
