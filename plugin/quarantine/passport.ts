// The passport of a released message: a header that proves that it was released from here to this
// recipient, so that it never meets the filter again, wherever it passes.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalAddress } from '../filter/mask.ts'
import { identity } from '../mime/identity.ts'
import type { Context } from './context.ts'

export const PASSPORT_FIELD = 'X-Lazaret-Release'

/** Bound to recipient and decoded body: a copied header opens the door to this message only. */
export function passport(ctx: Context, item: number, recipient: string, raw: Buffer): string {
  return `v=1; i=${item}; h=${mac(ctx, item, recipient, raw)}`
}

export function releasedHere(ctx: Context, value: string, recipient: string, raw: Buffer): boolean {
  const match = /^\s*v=1;\s*i=(\d{1,10});\s*h=([0-9a-f]{64})\s*$/.exec(value)
  if (!match) return false
  const wanted = Buffer.from(mac(ctx, Number(match[1]), recipient, raw), 'hex')
  return timingSafeEqual(wanted, Buffer.from(match[2], 'hex'))
}

function mac(ctx: Context, item: number, recipient: string, raw: Buffer): string {
  const to = canonicalAddress(recipient) ?? recipient.toLowerCase()
  return createHmac('sha256', ctx.store.secret)
    .update(`release\n${item}\n${to}\n`)
    .update(identity(raw).body)
    .digest('hex')
}
