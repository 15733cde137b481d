// Raw messages, each stored once under the SHA-256 of its bytes, and dropped with its last item. Whatever is read is
// hashed first: what is not what was received is not shown, sent or learned.
import { hash } from 'node:crypto'
import { Refused } from '../errors.ts'
import { NO_SEQ, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'

export function blobName(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/**
 * The bytes of a blob; null where there is none. Refused where the disk no longer has what was put there. Valid until
 * the next turn of the event loop: copy what is kept longer.
 */
export function getBlob(views: Views, name: string): Buffer | null {
  return whole(name, views.blobs.get(name))
}

/** The same without memory of its own: valid until the next access to any table. */
export function blobInPlace(views: Views, name: string): Buffer | null {
  return whole(name, views.blobs.inPlace(name))
}

/** Throws Refused where these are not the bytes of that name. */
export function whole(name: string, bytes: Buffer | undefined): Buffer | null {
  if (!bytes) return null
  if (blobName(bytes) !== name) throw damaged(name)
  return bytes
}

/** What people are told of bytes that are no longer what they were; administrators are told which. */
export function damaged(name: string): Refused {
  tell(name)
  return new Refused(
    'damaged',
    'This message is damaged on the disk of the mail server: it is no longer what was received, and so it is neither shown nor sent. ' +
      'The administrator may have a copy of it (lazaret check names what is damaged).',
  )
}

const told = new Set<string>()
const listeners = new Set<(line: string) => void>()

/** Calls `listener` with a line for the log, once for each damaged blob in this process. */
export function onDamage(listener: (line: string) => void): void {
  listeners.add(listener)
}

function tell(name: string): void {
  if (told.has(name) || listeners.size === 0) return
  told.add(name)
  for (const listener of listeners)
    listener(
      `DAMAGE: the message of SHA-256 ${name} is not what was received any more: the disk or the memory is at fault. ` +
        'It is not shown, sent or learned. See `lazaret check`, and docs/operate.md "Damage"',
    )
}

/** Keeps bytes under their name; a damaged copy is mended by them. */
export function putBlob(tables: Tables, name: string, bytes: Uint8Array): void {
  const kept = tables.blobs.inPlace(name)
  if (!kept?.equals(bytes)) tables.blobs.put(name, bytes)
}

/**
 * Who needs a blob stands right behind it, so that both are one page to write: an item's reference, under what
 * it arrived as, or the model's.
 */
type Ref = [blob: string, as: string, id: number]

/** Above every tag: hashes and the model's name. */
const LAST = '\uffff'

export function addRef(tables: Tables, ref: Ref): void {
  tables.blobs.put(ref, NOTHING)
}

export function dropRef(tables: Tables, ref: Ref): void {
  const [name] = ref
  tables.blobs.remove(ref)
  for (const _ of tables.blobs.keys({ start: [name, ''], end: [name, LAST], limit: 1 })) return
  tables.blobs.remove(name)
}

/** Id of the newest item that has this reference to a blob; null when none has. */
export function newestRef(views: Views, name: string, as: string): number | null {
  const range = { start: [name, as, NO_SEQ], end: [name, as], reverse: true, limit: 1 }
  for (const key of views.blobs.keys(range)) return (key as Ref)[2]
  return null
}
