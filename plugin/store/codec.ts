// Values in LMDB and in the journal: MessagePack without shared structures, so that the same value is
// the same bytes in every process and in a replay.
// oxlint-disable-next-line import/no-unassigned-import -- it sets the environment that the next ones read
import './plain-msgpack.ts'
import { Packr } from 'msgpackr'

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' })

export function encode(value: unknown): Buffer {
  // A copy: msgpackr hands out slices of a buffer that it goes on filling.
  return Buffer.from(packr.pack(value))
}

/** The value of a key that says all. */
export const NOTHING = Buffer.alloc(0)

/** Throws on bytes that `encode` did not make. The caller names the type it wrote. */
export function decode<T>(bytes: Uint8Array): T {
  return packr.unpack(bytes) as T
}

/** Above every seq, and so above every id and UID: where a range of them ends. */
export const NO_SEQ = 2 ** 32
