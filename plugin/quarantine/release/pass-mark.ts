// The pass mark of a released message: a header that proves that it was released from here to this
// recipient, so that it never meets the filter again, wherever it passes.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalAddress } from '../../address.ts'
import { findAll, parseHeader } from '../../mime/headers.ts'
import type { Context } from '../context.ts'
import { CR, LF } from '../../mime/octets.ts'

export const PASS_MARK_FIELD = 'X-Lazaret-Release'

/** Bound to recipient and content: a copied header opens the door to this message only. */
export function passMark(ctx: Context, item: number, recipient: string, raw: Buffer): string {
  return `v=1; i=${item}; h=${mac(ctx, item, recipient, raw)}`
}

export function releasedHere(ctx: Context, value: string, recipient: string, raw: Buffer): boolean {
  const match = /^\s*v=1;\s*i=(\d{1,10});\s*h=([0-9a-f]{64})\s*$/.exec(value)
  if (!match) return false
  const wanted = Buffer.from(mac(ctx, Number(match[1]), recipient, raw), 'hex')
  return timingSafeEqual(wanted, Buffer.from(match[2], 'hex'))
}

/** Fields that decide how a message reads; a relay does not touch them. */
const SIGNED = ['from', 'subject', 'message-id', 'content-type', 'content-transfer-encoding']

function mac(ctx: Context, item: number, recipient: string, raw: Buffer): string {
  const to = canonicalAddress(recipient) ?? recipient.toLowerCase()
  const header = parseHeader(raw)
  const hmac = createHmac('sha256', ctx.store.secret).update(`release\n${item}\n${to}\n`)
  for (const name of SIGNED)
    hmac.update(`${name}:${findAll(header, name).map(squeeze).join('\n')}\n`, 'latin1')
  // As DKIM's simple body canonicalization: empty lines at the end do not count (RFC 6376 §3.4.3).
  const body = raw.subarray(header.end)
  return hmac.update(squeezeEnds(body)).digest('hex')
}

const squeeze = (value: string): string => value.replace(/\s+/g, ' ').trim()

/** Lines ended by LF, no line ends at the end of the body. */
function squeezeEnds(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length)
  let n = 0
  for (let i = 0; i < body.length; i++) if (body[i] !== CR || body[i + 1] !== LF) out[n++] = body[i]
  while (n > 0 && out[n - 1] === LF) n--
  return out.subarray(0, n)
}
