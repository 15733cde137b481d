// Puts a release into Haraka's outbound queue without any change to its bytes. outbound.send_email and
// send_trans_email would turn the header into text and add to its end; so a queue file is written by
// outbound's own function from a message that is bytes already.
import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { domainToASCII } from 'node:url'
import { PASS_MARK_FIELD } from '../../quarantine/release/pass-mark.ts'
import type { ReleaseJob } from '../../quarantine/release/release.ts'
import { addedFields } from './added-fields.ts'
import { wantedBy } from './parameters.ts'
import { stuffed } from './stuff.ts'
import { received } from './trace.ts'
import { syncDir, type ReleaseNote } from './queue-files.ts'
import type { HMail, Outbound, Plugin, QueuedAddress, Todo } from '../types.ts'

export type Queued = HMail[]

/**
 * Writes a queue file for each job, all or none. Resolves when they are on disk; they are not sent yet. `spool`: folder
 * for what a large message needs meanwhile.
 */
export async function enqueue(
  plugin: Plugin,
  outbound: Outbound,
  { dir, spool }: { dir: string; spool: string },
  jobs: readonly ReleaseJob[],
): Promise<Queued> {
  return await writeAllFiles(outbound, dir, jobs, (job) => contentOf(plugin, spool, job))
}

/** The same for one mail of our own, signed as mail of our people is. `front`: fields in front of all; `notes`: of its queue file. */
export async function enqueueOwn(
  plugin: Plugin,
  outbound: Outbound,
  { dir, spool }: { dir: string; spool: string },
  mail: {
    sender: string
    recipient: string
    front?: Buffer
    bytes: Buffer
    notes: Record<string, unknown>
  },
): Promise<Queued> {
  return await writeAllFiles(outbound, dir, [mail], async ({ notes, front, bytes }) => {
    const [from, to] = [addressIn(mail.sender), addressIn(mail.recipient)]
    const added = await addedFields(plugin, spool, stuffed(once(bytes)), { from, to })
    let size = 0
    const pipe = (out: Writable): void =>
      void writeAll(out, Buffer.concat([front ?? Buffer.alloc(0), added]), once(bytes)).then(
        (octets) => (size = octets),
      )
    return { todo: todoOf({ from, to, notes, pipe }), size: () => size }
  })
}

async function writeAllFiles<T>(
  outbound: Outbound,
  dir: string,
  all: readonly T[],
  contentFor: (one: T) => Promise<Content>,
): Promise<Queued> {
  const paths: string[] = []
  const hmails: HMail[] = []
  try {
    for (const one of all) {
      const content = await contentFor(one)
      await outbound.process_delivery(paths, content.todo, hmails)
      await checkWhole(paths[paths.length - 1], content.size())
    }
    if (all.length > 0) await syncDir(dir)
    return hmails
  } catch (error) {
    for (const path of paths) await unlink(path)
    throw error instanceof Error ? error : new Error(String(error))
  }
}

/** On a full disk a file can be short and nobody says so. `size`: of the message in it. */
async function checkWhole(path: string, size: number): Promise<void> {
  const file = await open(path, 'r')
  try {
    // A file is the length of its header (4 octets), that, and the message.
    const head = Buffer.alloc(4)
    await file.read(head, 0, 4, 0)
    const wanted = 4 + head.readUInt32BE(0) + size
    const { size: found } = await file.stat()
    if (found !== wanted)
      throw new Error(
        `queue file ${path} has ${found} octets instead of ${wanted}: is the disk full?`,
      )
  } finally {
    await file.close()
  }
}

interface Content {
  todo: Todo
  /** Octets of the message, once it is written. */
  size(): number
}

async function contentOf(plugin: Plugin, spool: string, job: ReleaseJob): Promise<Content> {
  const recipient = addressIn(job.recipient)
  const sender = addressIn(job.sender)
  const examined = await job.examine()
  const note: ReleaseNote = {
    item: job.item,
    token: job.token,
    recipient: job.recipient,
    nextHop: job.route?.chosen ? job.route.nextHop : null,
    once: job.once,
    outgoing: job.outgoing,
    wanted: wantedBy(job, examined),
  }
  // Outgoing mail leaves as mail does that was not held.
  const passMark = Buffer.from(job.outgoing ? '' : `${PASS_MARK_FIELD}: ${examined.passMark}\r\n`)
  const added = job.outgoing
    ? await addedFields(plugin, spool, stuffed(whole(job)), { from: sender, to: recipient })
    : Buffer.alloc(0)
  // Our trace field stands last: should the message begin with white space, that is folded into this field and not into
  // the pass mark.
  const front = Buffer.concat([passMark, added, received(plugin, job)])
  let size = 0
  // What it throws ends `to`, and process_delivery with it.
  const pipe = (to: Writable): void =>
    void writeAll(to, front, whole(job)).then((octets) => (size = octets))
  const wants = job.route?.wants ? { queue: { wants: job.route.wants } } : {}
  const notes = { lazaret: note, ...wants }
  return { todo: todoOf({ from: sender, to: recipient, notes, pipe }), size: () => size }
}

function todoOf({
  from,
  to,
  notes,
  pipe,
}: {
  from: QueuedAddress
  to: QueuedAddress
  notes: Record<string, unknown>
  pipe: (out: Writable) => void
}): Todo {
  return {
    queue_time: Date.now(),
    domain: to.host,
    rcpt_to: [to],
    mail_from: from,
    notes,
    uuid: `${randomUUID().toUpperCase()}.1`,
    force_tls: false,
    message_stream: { pipe },
  }
}

// oxlint-disable-next-line require-await -- as what has to be read
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

async function* whole({ head, body }: ReleaseJob): AsyncGenerator<Buffer> {
  yield head
  yield* body()
}

/** Writes a message piece by piece, each when the one before is written, and ends `to`. Answers how many octets. */
async function writeAll(
  to: Writable,
  front: Buffer,
  message: AsyncIterable<Buffer>,
): Promise<number> {
  let size = front.length
  try {
    await written(to, front)
    for await (const piece of stuffed(message)) {
      size += piece.length
      await written(to, piece)
    }
    to.end()
  } catch (error) {
    to.destroy(error instanceof Error ? error : new Error(String(error)))
  }
  return size
}

async function written(to: Writable, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    to.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

/** RFC 5321 §2.3.11: `local@domain`, split at the last `@`; `''` is the null reverse-path. */
function addressIn(address: string): QueuedAddress {
  const at = address.lastIndexOf('@')
  const user = at < 0 ? address : address.slice(0, at)
  const domain = at < 0 ? '' : address.slice(at + 1)
  return {
    original: `<${address}>`,
    original_host: domain,
    // An address literal is no domain name.
    host: (domain.startsWith('[') ? domain : domainToASCII(domain) || domain).toLowerCase(),
    user,
    ...(/[^\x00-\x7f]/.test(address) ? { is_utf8: true as const } : {}),
  }
}
