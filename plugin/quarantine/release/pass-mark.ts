// The pass mark of a released message: a header field that proves that it was released from here to this recipient, so
// that it never meets the filter again, wherever it passes.
import { createHmac, timingSafeEqual, type Hmac } from 'node:crypto'
import { canonicalAddress } from '../../address.ts'
import { fieldName, find, type Field, type Header } from '../../mime/headers.ts'
import { DAY } from '../../time.ts'
import type { Context } from '../context.ts'
import { SqueezedEnds } from './squeezed-ends.ts'

export const PASS_MARK_FIELD = 'X-Lazaret-Release'

/** RFC 5321 §4.5.4.1: a relay gives up after four to five days. */
const LIFE = 7 * DAY

/** What a mark says, and what is signed with it. */
export interface Pass {
  item: number
  /** Unix time in s: dead from then on. */
  until: number
  /** How many fields the message had when it was released: it is signed as a whole, its last fields and its body. */
  fields: number
}

/** Bound to recipient and content: a copied field opens the door to this message only, and not for long. */
export class PassMark {
  readonly #pass: Pass
  readonly #hmac: Hmac
  readonly #ends: SqueezedEnds

  /** `header`: of the message, whose body is added behind it. */
  constructor(
    ctx: Context,
    item: number,
    recipient: string,
    header: Header,
    { until = Math.ceil((Date.now() + LIFE) / 1000), fields = header.fields.length } = {},
  ) {
    this.#pass = { item, until, fields }
    const said = ['release', item, passName(recipient), until, fields]
    const hmac = createHmac('sha256', ctx.store.secret).update(`${said.join('\n')}\n`)
    for (const field of signed(header, fields))
      hmac.update(`${squeeze(header.slice(field.start, field.end))}\n`, 'latin1')
    this.#hmac = hmac
    this.#ends = new SqueezedEnds((bytes) => hmac.update(bytes))
  }

  /** Adds what comes next of the body. */
  add(piece: Buffer): void {
    this.#ends.add(piece)
  }

  mac(): Buffer {
    this.#ends.end()
    return this.#hmac.digest()
  }

  /** The value of the field. */
  value(): string {
    const { item, until, fields } = this.#pass
    return `v=2; i=${item}; t=${until}; n=${fields}; h=${this.mac().toString('hex')}`
  }
}

const PIECE = 256 * 1024

function withBody(mark: PassMark, raw: Buffer, from: number): PassMark {
  for (let at = from; at < raw.length; at += PIECE) mark.add(raw.subarray(at, at + PIECE))
  return mark
}

/** The recipient as marks and their uses name it. */
export function passName(recipient: string): string {
  return canonicalAddress(recipient) ?? recipient.toLowerCase()
}

const VALUE = /^v=2;\s*i=(\d{1,10});\s*t=(\d{1,12});\s*n=(\d{1,5});\s*h=([0-9a-f]{64})$/

/** The good mark of this message for this recipient, or null: none, forged, dead, or of another message. */
export function passIn(ctx: Context, header: Header, recipient: string): Pass | null {
  const { raw } = header
  const [, item, until, fields, mac] = VALUE.exec(find(header, PASS_MARK_FIELD)?.trim() ?? '') ?? []
  if (mac === undefined) return null
  const pass = { item: Number(item), until: Number(until), fields: Number(fields) }
  if (pass.until * 1000 < Date.now() || pass.fields > header.fields.length) return null
  const added = header.fields.slice(0, header.fields.length - pass.fields)
  if (!added.every((field) => isTrace(fieldName(header, field)))) return null
  const mark = withBody(new PassMark(ctx, pass.item, recipient, header, pass), raw, header.end)
  return timingSafeEqual(mark.mac(), Buffer.from(mac, 'hex')) ? pass : null
}

/** What relays put in front of a message, and no reader shows as its own (RFC 5321 §4.4, RFC 8601, RFC 8617, RFC 6376). */
const TRACE =
  /^(?:received|received-spf|return-path|delivered-to|(?:original-)?authentication-results|arc-.*|dkim-signature|x-.*)$/

const isTrace = (name: string): boolean => TRACE.test(name)

/** Whether somebody signed the mark on its way: then it stays. */
export function markIsSigned(header: Header): boolean {
  return header.fields.some((field) => {
    if (!/^(?:dkim-signature|arc-message-signature)$/.test(fieldName(header, field))) return false
    // RFC 6376 §3.5: h= names the signed fields.
    const names = /(?:^|;)\s*h\s*=([^;]*)/.exec(header.slice(field.value, field.valueEnd))?.[1]
    return names
      ?.replace(/\s/g, '')
      .toLowerCase()
      .split(':')
      .includes(PASS_MARK_FIELD.toLowerCase())
  })
}

function signed({ fields }: Header, count: number): readonly Field[] {
  return fields.slice(fields.length - count)
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim()
