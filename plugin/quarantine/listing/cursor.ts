// Where a page of a listing ended: a place in its order, not a count, so that what comes and goes meanwhile neither
// repeats nor hides anything that stays.
import { Refused } from '../../errors.ts'

/**
 * `newest`: as they came into their folder; `wanted`: least like spam first; `expires`: soonest first; `sender`: by
 * the name or address that a reader sees.
 */
export const ORDERS = ['newest', 'wanted', 'expires', 'sender'] as const
export type Order = (typeof ORDERS)[number]
/** Orders in which the smallest keys come first; among equals the newest. */
export type KeyOrder = Exclude<Order, 'newest'>
/** Behind everything: no score, no end. */
export const LAST = Number.MAX_SAFE_INTEGER

/** What is compared: numbers with numbers, texts with texts. */
export type Key = number | string

export interface Position {
  key: Key
  uid: number
}

export function writeCursor(order: Order, { key, uid }: Position): string {
  return Buffer.from(JSON.stringify([order, key, uid])).toString('base64url')
}

/** @throws Refused for what is no cursor of a listing in this order. */
export function readCursor(order: Order, text: string): Position {
  try {
    const [of, key, uid] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    const kind = order === 'sender' ? 'string' : 'number'
    if (of === order && typeof key === kind && Number.isSafeInteger(uid))
      return { key: key as Key, uid: uid as number }
  } catch {
    // Told below.
  }
  throw new Refused('invalid', 'This is no place in a list in this order; begin at its first page.')
}

/** Order of a listing: smaller keys first, among equals the newest. */
export function comparePositions(a: Position, b: Position): number {
  if (a.key === b.key) return b.uid - a.uid
  return a.key < b.key ? -1 : 1
}
