// Raw messages, each stored once under the SHA-256 of its bytes, and dropped with its last item.
import { hash } from 'node:crypto'
import { NO_SEQ, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'

export function blobName(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/** The bytes of a blob. Valid until the next turn of the event loop: copy what is kept longer. */
export function getBlob(views: Views, name: string): Buffer | null {
  return views.blobs.get(name) ?? null
}

/** The same without memory of its own: valid until the next access to any table. */
export function blobInPlace(views: Views, name: string): Buffer | null {
  return views.blobs.inPlace(name) ?? null
}

export function putBlob(tables: Tables, name: string, bytes: Uint8Array): void {
  if (!tables.blobs.has(name)) tables.blobs.put(name, bytes)
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
