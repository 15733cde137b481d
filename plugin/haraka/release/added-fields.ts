// What Haraka's outbound adds to the header of outgoing mail on its way: plugins sign it (DKIM), a missing
// Message-ID or Date is filled in. A released message shall have the same, in front of its bytes.
import { haraka } from '../modules.ts'
import type { Outbound, Plugin, QueuedAddress, Transaction } from '../types.ts'

interface Transactions {
  createTransaction(uuid: undefined, config: object): Feed
}

/** A transaction of our own, to be filled. */
type Feed = Omit<Transaction, 'mail_from' | 'rcpt_to'> & {
  mail_from: QueuedAddress
  rcpt_to: QueuedAddress[]
  end_data(done: () => void): void
  message_stream: { destroy(): void }
}

type Send = (
  this: Outbound,
  transaction: Feed,
  next: (code: number, message: unknown) => void,
) => void

/**
 * Header fields, each whole with its line end, that the hook `pre_send_trans_email` and outbound itself add
 * to this message. `data`: the message dot-stuffed.
 */
export async function addedFields(
  plugin: Plugin,
  data: Buffer,
  envelope: { from: QueuedAddress; to: QueuedAddress },
): Promise<Buffer> {
  const transactions = haraka<Transactions>(plugin, 'transaction')
  const transaction = transactions.createTransaction(undefined, {})
  try {
    transaction.mail_from = envelope.from
    transaction.rcpt_to = [envelope.to]
    for (const line of lines(data)) transaction.add_data(line)
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

function* lines(data: Buffer): Generator<Buffer> {
  for (let from = 0; from < data.length;) {
    const lf = data.indexOf(0x0a, from)
    const to = lf < 0 ? data.length : lf + 1
    yield data.subarray(from, to)
    from = to
  }
}
