// What a link of a digest proves: a text that this data set has signed, of one message and one person, and what may be
// done with it. Nothing is kept for it, and nobody is logged in by it.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Scope } from '../../mail.ts'
import type { Context } from '../context.ts'

/** What a link may do with its message; a bit each. */
export const ACTS = { release: 1, releaseAndTrain: 2, allow: 4, block: 8 } as const
export type Act = keyof typeof ACTS

export interface LinkToken {
  /** `item`: of one message; `stop`: no more digests. */
  kind: 'item' | 'stop'
  scope: Scope
  /** Of `stop`: 0. */
  item: number
  /** Bits of ACTS. */
  acts: number
  /** Unix time in s: it does nothing from then on. */
  until: number
  /** Which digest it stands in: hex, 16 digits. */
  digest: string
}

const VERSION = 1
const KINDS = ['item', 'stop'] as const
/** Version, kind, acts, item, until, digest. */
const HEAD = 1 + 1 + 1 + 4 + 5 + 8
/** Octets of the signature: 160 bits (RFC 2104 §5: half of the hash, and 80 bits, at least). */
const MAC = 20
/** RFC 5321 §4.5.3.1: a local part, an `@`, a domain; in UTF-8. */
const SCOPE_MAX = 320

/** Characters of the longest. */
export const TOKEN_MAX = Math.ceil(((HEAD + SCOPE_MAX + MAC) * 4) / 3)

export function writeToken(ctx: Context, token: LinkToken): string {
  const head = Buffer.alloc(HEAD)
  head.writeUInt8(VERSION, 0)
  head.writeUInt8(KINDS.indexOf(token.kind), 1)
  head.writeUInt8(token.acts, 2)
  head.writeUInt32BE(token.item, 3)
  head.writeUIntBE(token.until, 7, 5)
  head.write(token.digest, 12, 'hex')
  const said = Buffer.concat([head, Buffer.from(token.scope)])
  return Buffer.concat([macOf(ctx, said), said]).toString('base64url')
}

/** Null: nobody here has signed it. */
export function readToken(ctx: Context, text: string): LinkToken | null {
  if (text.length > TOKEN_MAX || !/^[\w-]+$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  // One text for one token: what decoding leaves out is not there.
  if (bytes.length <= MAC + HEAD || bytes.toString('base64url') !== text) return null
  const [mac, said] = [bytes.subarray(0, MAC), bytes.subarray(MAC)]
  if (!timingSafeEqual(mac, macOf(ctx, said)) || said[0] !== VERSION) return null
  return {
    kind: KINDS[said[1]],
    acts: said[2],
    item: said.readUInt32BE(3),
    until: said.readUIntBE(7, 5),
    digest: said.toString('hex', 12, 20),
    scope: said.toString('utf8', HEAD),
  }
}

function macOf(ctx: Context, said: Buffer): Buffer {
  return createHmac('sha256', ctx.store.secret)
    .update('link of a digest\n')
    .update(said)
    .digest()
    .subarray(0, MAC)
}
