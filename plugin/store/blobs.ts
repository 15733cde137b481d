// Raw messages, each stored once under the SHA-256 of its bytes, and dropped with its last item. Small ones lie in LMDB,
// large ones in files (files.ts), in whose place an empty value stands. Whatever is read is hashed first: what is not what
// was received is not shown, sent or learned.
import { hash } from 'node:crypto'
import { Refused } from '../errors.ts'
import { NO_SEQ, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'
import type { Published } from './files.ts'

export function blobName(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/**
 * The bytes of a blob; null where there is none. Refused where the disk no longer has what was put there. Valid until
 * the next turn of the event loop: copy what is kept longer.
 */
export function getBlob(views: Views, name: string): Buffer | null {
  return whole(name, isFile(views, name) ? views.files.read(name) : views.blobs.get(name))
}

/** The same without memory of its own, but for a large one: valid until the next access to any table. */
export function blobInPlace(views: Views, name: string): Buffer | null {
  return whole(name, isFile(views, name) ? views.files.read(name) : views.blobs.inPlace(name))
}

/** Octets of it from `from` to `to`, in memory of their own. Of a file the others are hashed, but not kept in memory. */
export function blobOctets(views: Views, name: string, from: number, to: number): Buffer | null {
  if (!isFile(views, name)) {
    const bytes = blobInPlace(views, name)
    return bytes && Buffer.from(bytes.subarray(from, to))
  }
  const found = views.files.isWhole(name)
  if (found === false) throw damaged(name)
  return (found && views.files.read(name, from, to)) ?? null
}

/**
 * All of it from `from` on in pieces, each valid until the next is asked for. Throws Refused where it is damaged or
 * missing.
 */
export async function* blobPieces(views: Views, name: string, from = 0): AsyncGenerator<Buffer> {
  if (isFile(views, name)) {
    if (!(await views.files.check(name))) throw damaged(name)
    yield* views.files.pieces(name, from)
    return
  }
  const bytes = getBlob(views, name)
  if (!bytes) throw damaged(name)
  yield bytes.subarray(from)
}

/** Whether a blob is a file: an empty value stands for one, but under the name of no octets at all. */
export function isFile(views: Views, name: string): boolean {
  return views.blobs.inPlace(name)?.length === 0 && name !== EMPTY
}

const EMPTY = blobName(NOTHING)

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

/** Keeps bytes under their name, or the file that they are; a damaged copy is mended by them. */
export function putBlob(tables: Tables, name: string, bytes: Uint8Array | Published): void {
  const kept = tables.blobs.inPlace(name)
  if (bytes instanceof Uint8Array) {
    if (!isFile(tables, name) && !kept?.equals(bytes)) tables.blobs.put(name, bytes)
  } else if (!tables.files.has(name))
    throw new Error(`the file of blob ${name} was swept before an event named it`)
  else if (kept?.length !== 0) tables.blobs.put(name, NOTHING)
}

/** Takes a blob over from another data directory, in the form that it has there. */
export function copyBlob(tables: Tables, from: Views, name: string): void {
  const bytes = getBlob(from, name)
  if (!bytes) return
  if (isFile(from, name)) {
    tables.files.put(name, bytes)
    tables.blobs.put(name, NOTHING)
  } else putBlob(tables, name, bytes)
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

/** Ids of all items that need a blob, ascending. */
export function refIds(views: Views, name: string): number[] {
  const keys = views.blobs.keys({ start: [name, ''], end: [name, LAST] })
  return Array.from(keys, (key) => (key as Ref)[2]).toSorted((a, b) => a - b)
}
