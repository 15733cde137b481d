// Puts a release into Haraka's outbound queue without any change to its bytes. outbound.send_email and
// send_trans_email would turn the header into text and add to its end; so a queue file is written by
// outbound's own function from a message that is bytes already.
import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { domainToASCII } from 'node:url'
import { PASS_MARK_FIELD } from '../../quarantine/release/pass-mark.ts'
import type { ReleaseJob } from '../../quarantine/release/release.ts'
import { parseHeader } from '../../mime/headers.ts'
import { addedFields } from './added-fields.ts'
import { wantedBy } from './parameters.ts'
import { received } from './trace.ts'
import { syncDir, type ReleaseNote } from './queue-files.ts'
import type { HMail, Outbound, Plugin, QueuedAddress, Todo } from '../types.ts'

export type Queued = HMail[]

/** Writes a queue file for each job, all or none. Resolves when they are on disk; they are not sent yet. */
export async function enqueue(
  plugin: Plugin,
  outbound: Outbound,
  dir: string,
  jobs: readonly ReleaseJob[],
): Promise<Queued> {
  const paths: string[] = []
  const hmails: HMail[] = []
  try {
    for (const job of jobs) {
      const { todo, size } = await todoOf(plugin, job)
      await outbound.process_delivery(paths, todo, hmails)
      await checkWhole(paths[paths.length - 1], size)
    }
    if (jobs.length > 0) await syncDir(dir)
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

async function todoOf(plugin: Plugin, job: ReleaseJob): Promise<{ todo: Todo; size: number }> {
  const recipient = addressIn(job.recipient)
  const sender = addressIn(job.sender)
  const note: ReleaseNote = {
    item: job.item,
    token: job.token,
    recipient: job.recipient,
    nextHop: job.route?.chosen ? job.route.nextHop : null,
    once: job.once,
    outgoing: job.outgoing,
    wanted: wantedBy(job, parseHeader(job.raw).end),
  }
  // Outgoing mail leaves as mail does that was not held.
  const passMark = Buffer.from(job.outgoing ? '' : `${PASS_MARK_FIELD}: ${job.passMark}\r\n`)
  const body = dotStuffed(job.raw)
  const added = job.outgoing
    ? await addedFields(plugin, body, { from: sender, to: recipient })
    : Buffer.alloc(0)
  // Our trace field stands last: should the message begin with white space, that is folded into this field and not into
  // the pass mark.
  const bytes = Buffer.concat([passMark, added, received(plugin, job), body])
  const todo: Todo = {
    queue_time: Date.now(),
    domain: recipient.host,
    rcpt_to: [recipient],
    mail_from: sender,
    notes: { lazaret: note, ...(job.route?.wants ? { queue: { wants: job.route.wants } } : {}) },
    uuid: `${randomUUID().toUpperCase()}.1`,
    force_tls: false,
    message_stream: { pipe: (to) => to.end(bytes) },
  }
  return { todo, size: bytes.length }
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

const DOT = 0x2e
const CRLF_DOT = Buffer.from('\r\n.')

/** RFC 5321 §4.5.2: a dot at the start of a line is doubled. The final CRLF is there, or is added. */
export function dotStuffed(message: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  if (message[0] === DOT) parts.push(Buffer.from('.'))
  for (let at = message.indexOf(CRLF_DOT); at >= 0; at = message.indexOf(CRLF_DOT, at + 2)) {
    parts.push(message.subarray(from, at + 2), Buffer.from('.'))
    from = at + 2
  }
  parts.push(message.subarray(from))
  if (!message.subarray(-2).equals(CRLF_DOT.subarray(0, 2))) parts.push(Buffer.from('\r\n'))
  return Buffer.concat(parts)
}
