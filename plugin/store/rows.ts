// Rows of a folder: for every scope and folder, UID order, 16 octets a row in chunks of 64 UIDs' room.
// A SELECT reads a few large values instead of a value a message, and a change rewrites at most 1 KiB
// (larger values would go to LMDB overflow pages).
import type { Rows, Scope } from '../mail.ts'
import type { Tables, Views } from './env.ts'

const ROW = 16
/** Above every folder. */
const LAST = '\uffff'
/** UIDs with the same value of `uid >>> CHUNK_BITS` share a chunk. */
const CHUNK_BITS = 6
/** Chunks are counted down: the newest stands first, right behind the counters of its folder (places.ts). */
const FIRST_CHUNK = 2 ** (32 - CHUNK_BITS)

/** `chunk`: the upper bits of the UIDs in it. */
export function chunkKey(scope: Scope, folder: string, chunk: number): [Scope, string, number] {
  return [scope, folder, FIRST_CHUNK - chunk]
}

export interface Row {
  uid: number
  modseq: number
  flags: number
  keywords: number
}

function find(chunk: Buffer, uid: number): { at: number; hit: boolean } {
  let low = 0
  let high = chunk.length / ROW
  while (low < high) {
    const mid = (low + high) >>> 1
    if (chunk.readUInt32LE(mid * ROW) < uid) low = mid + 1
    else high = mid
  }
  const at = low * ROW
  return { at, hit: at < chunk.length && chunk.readUInt32LE(at) === uid }
}

/** One row; null: there is no such UID. */
export function readRow(views: Views, scope: Scope, folder: string, uid: number): Row | null {
  const chunk = views.rows.get(chunkKey(scope, folder, uid >>> CHUNK_BITS))
  const { at, hit } = chunk ? find(chunk, uid) : { at: 0, hit: false }
  if (!chunk || !hit) return null
  return {
    uid,
    modseq: chunk.readUInt32LE(at + 4),
    flags: chunk.readUInt32LE(at + 8),
    keywords: chunk.readUInt32LE(at + 12),
  }
}

/** Puts or replaces a row in one folder. */
export function putRow(tables: Tables, scope: Scope, folder: string, row: Row): void {
  const key = chunkKey(scope, folder, row.uid >>> CHUNK_BITS)
  const old = tables.rows.get(key) ?? Buffer.alloc(0)
  const { at, hit } = find(old, row.uid)
  const chunk = Buffer.alloc(hit ? old.length : old.length + ROW)
  old.copy(chunk, 0, 0, at)
  chunk.writeUInt32LE(row.uid, at)
  chunk.writeUInt32LE(row.modseq, at + 4)
  chunk.writeUInt32LE(row.flags, at + 8)
  chunk.writeUInt32LE(row.keywords, at + 12)
  old.copy(chunk, at + ROW, hit ? at + ROW : at)
  tables.rows.put(key, chunk)
}

export function removeRow(tables: Tables, scope: Scope, folder: string, uid: number): void {
  const key = chunkKey(scope, folder, uid >>> CHUNK_BITS)
  const old = tables.rows.get(key)
  if (!old) return
  const { at, hit } = find(old, uid)
  if (!hit) return
  if (old.length === ROW) tables.rows.remove(key)
  else tables.rows.put(key, Buffer.concat([old.subarray(0, at), old.subarray(at + ROW)]))
}

/** All rows of one folder, in UID order. `messages` is their number (FolderStatus.messages). */
export function readRows(views: Views, scope: Scope, folder: string, messages: number): Rows {
  const rows: Rows = {
    uid: new Uint32Array(messages),
    modseq: new Uint32Array(messages),
    flags: new Uint32Array(messages),
    keywords: new Uint32Array(messages),
  }
  // The newest first: filled from the end.
  let n = messages
  const range = { start: [scope, folder, 0], end: [scope, folder, FIRST_CHUNK + 1] }
  for (const { value } of views.rows.range(range)) {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
    for (let at = value.length - ROW; at >= 0 && n > 0; at -= ROW) {
      n--
      rows.uid[n] = view.getUint32(at, true)
      rows.modseq[n] = view.getUint32(at + 4, true)
      rows.flags[n] = view.getUint32(at + 8, true)
      rows.keywords[n] = view.getUint32(at + 12, true)
    }
  }
  return rows
}

/** The UIDs of one folder alone, in their order. As `readRows`. */
export function readUids(
  views: Views,
  scope: Scope,
  folder: string,
  messages: number,
): Uint32Array {
  const uids = new Uint32Array(messages)
  let n = messages
  const range = { start: [scope, folder, 0], end: [scope, folder, FIRST_CHUNK + 1] }
  for (const { value } of views.rows.range(range))
    for (let at = value.length - ROW; at >= 0 && n > 0; at -= ROW)
      uids[--n] = value.readUInt32LE(at)
  return uids
}

/** Rows of one folder from the newest backwards, of UIDs below `below`; read as they are asked for. */
export function* rowsBack(
  views: Views,
  scope: Scope,
  folder: string,
  below: number,
): Generator<Row> {
  if (below <= 0) return
  const chunks = views.rows.range({
    start: chunkKey(scope, folder, (below - 1) >>> CHUNK_BITS),
    end: [scope, folder, FIRST_CHUNK + 1],
  })
  for (const { value } of chunks) {
    // Read whole: between two rows others read, and the value is LMDB's.
    const rows: Row[] = []
    for (let at = value.length - ROW; at >= 0; at -= ROW)
      rows.push({
        uid: value.readUInt32LE(at),
        modseq: value.readUInt32LE(at + 4),
        flags: value.readUInt32LE(at + 8),
        keywords: value.readUInt32LE(at + 12),
      })
    for (const row of rows) if (row.uid < below) yield row
  }
}

/** Ids of the sets of keywords of all rows of a scope, in all its folders; the same ones again and again. */
export function* keywordsInRows(views: Views, scope: Scope): Generator<number> {
  for (const { key, value } of views.rows.range({ start: [scope, ''], end: [scope, LAST] })) {
    if ((key as unknown[]).length < 3) continue // counters
    const ids: number[] = []
    for (let at = 0; at < value.length; at += ROW) ids.push(value.readUInt32LE(at + 12))
    yield* ids
  }
}
