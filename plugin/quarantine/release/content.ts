// The message of a release, as it was received.
import { isAscii } from 'node:buffer'
import type { Item } from '../../mail.ts'
import { applyEdit } from '../../mime/edit.ts'
import { parseHeader } from '../../mime/headers.ts'
import { blobPieces, isFile } from '../../store/blobs.ts'
import { getItem } from '../../store/items.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { headerIn, rawIn } from '../folders/contents.ts'
import { PassMark } from './pass-mark.ts'

export interface Examined {
  /** Value of the X-Lazaret-Release field, put in front. */
  passMark: string
  /** Its body has octets above 127. */
  eightBit: boolean
}

/** A message that leaves; of a large one no more is in memory than a piece. */
export interface Message {
  /** The header as it was received, with its empty line; of a split item, with its own header fields. */
  head: Buffer
  /** What follows, in pieces, each valid until the next is asked for. */
  body: () => AsyncIterable<Buffer>
}

/** Of a large one no more is read than its header. Refused where it is damaged. */
export function messageOf(ctx: Context, { views }: Tx, item: Item): Message {
  if (isFile(views, item.blob)) {
    const { raw, end } = headerIn(views, item)
    const body = (): AsyncIterable<Buffer> => blobPieces(ctx.store.views, item.blob, end)
    return { head: applyEdit(raw, item.edit), body }
  }
  // Its own copy: the transaction's memory is LMDB's.
  const raw = Buffer.from(rawIn(views, item))
  const { end } = parseHeader(raw)
  return { head: applyEdit(raw.subarray(0, end), item.edit), body: () => once(raw.subarray(end)) }
}

// oxlint-disable-next-line require-await -- as what has to be read
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** Reads all of it. */
export async function examine(
  ctx: Context,
  item: number,
  recipient: string,
  { head, body }: Message,
): Promise<Examined> {
  const mark = new PassMark(ctx, item, recipient, parseHeader(head))
  let eightBit = !isAscii(head)
  for await (const piece of body()) {
    mark.add(piece)
    eightBit ||= !isAscii(piece)
  }
  return { passMark: mark.value(), eightBit }
}

/** Hashes a large message ahead of the decision about it: nobody waits for the writer meanwhile. */
export async function checked({ store }: Context, id: number): Promise<void> {
  const item = getItem(store.views, id)
  if (item && isFile(store.views, item.blob)) await store.views.files.check(item.blob)
}
