// Raw messages, each stored once under the SHA-256 of its bytes, and dropped with its last item.
import { hash } from 'node:crypto'
import { decode, encode } from './codec.ts'
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

export function addRef(tables: Tables, name: string): void {
  const old = tables.refs.get(name)
  tables.refs.put(name, encode((old ? decode<number>(old) : 0) + 1))
}

export function dropRef(tables: Tables, name: string): void {
  const old = tables.refs.get(name)
  const refs = (old ? decode<number>(old) : 0) - 1
  if (refs > 0) {
    tables.refs.put(name, encode(refs))
    return
  }
  tables.refs.remove(name)
  tables.blobs.remove(name)
}
