// Where a thread finds the bytes of a message. A large one it reads itself: its bytes are never copied in the loop.
import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** A message as it is shown: behind `front`, what was received. `sha256`: of that. */
export type Source = { readonly sha256: string } & (
  | { readonly path: string; readonly front: Uint8Array }
  /** all of it, and how many octets of that stand in front */
  | { readonly bytes: Uint8Array; readonly front: number }
)

/** What the store says of a message, unchecked: its bytes, or the file in which they are. */
export interface Stored {
  readonly front: Buffer
  readonly stored: Buffer | string
  readonly sha256: string
}

/** A source for a thread, and what is to be given away with it. */
export function sourceOf({ front, stored, sha256 }: Stored): {
  source: Source
  transfer: ArrayBuffer[]
} {
  if (typeof stored === 'string')
    return { source: { path: stored, front: Uint8Array.from(front), sha256 }, transfer: [] }
  const bytes = new Uint8Array(front.length + stored.length)
  bytes.set(front)
  bytes.set(stored, front.length)
  return { source: { bytes, front: front.length, sha256 }, transfer: [bytes.buffer] }
}

/** The bytes; null where they are not what was received, or no longer there. */
export function bytesOf(source: Source): Buffer | null {
  const [bytes, front] =
    'path' in source
      ? [readBehind(source.front, source.path), source.front.length]
      : [asBuffer(source.bytes), source.front]
  return bytes && hash('sha256', bytes.subarray(front), 'hex') === source.sha256 ? bytes : null
}

function readBehind(front: Uint8Array, path: string): Buffer | null {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const bytes = Buffer.allocUnsafeSlow(front.length + fstatSync(fd).size)
    bytes.set(front)
    let at = front.length
    for (let read; (read = readSync(fd, bytes, at, bytes.length - at, null)) > 0;) at += read
    return bytes.subarray(0, at)
  } finally {
    closeSync(fd)
  }
}

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length)
