// Content-transfer-encodings: RFC 2045 §6. Tolerant as readers of mail are: what cannot be decoded is
// passed over (base64) or stands as it is (quoted-printable).

import { Refused } from '../errors.ts'
import type { Part } from './structure.ts'
import { CR, LF, SP, TAB } from './octets.ts'

/**
 * The decoded body of a part, for BINARY of RFC 3516 §4.3 and RFC 9051 §6.4.5. A view of the message
 * where nothing needs decoding. Refused when the encoding is none of RFC 2045.
 */
export function decodePart(part: Part): Buffer {
  const body = part.raw.subarray(part.bodyStart, part.bodyEnd)
  const decoded = decodeBody(body, encodingOf(part))
  if (decoded === null) {
    throw new Refused(
      'undecodable',
      'This part uses a content-transfer-encoding that cannot be decoded; fetch it with BODY instead',
    )
  }
  return decoded
}

/** As `decodePart`, but an unknown encoding leaves the bytes as they are. */
export function decodeLenient(part: Part): Buffer {
  const body = part.raw.subarray(part.bodyStart, part.bodyEnd)
  return decodeBody(body, encodingOf(part)) ?? body
}

/** Octets of a body that are decoded at a time. */
const PIECE = 256 * 1024

/** The same in pieces, one at least: of a large part no more is in memory. */
export function* decodePieces(part: Part): Generator<Buffer> {
  const body = part.raw.subarray(part.bodyStart, part.bodyEnd)
  const encoding = encodingOf(part)
  if (body.length <= PIECE) yield decodeBody(body, encoding) ?? body
  else if (encoding === 'base64')
    for (const run of base64Runs(body)) {
      let from = 0
      while (run.length - from > PIECE) {
        const to = groupsEnd(run, from, from + PIECE)
        yield decodeRun(run.subarray(from, to))
        from = to
      }
      yield decodeRun(run.subarray(from))
    }
  else
    for (let from = 0; from < body.length;) {
      // Quoted-printable knows no state from one line to the next.
      const lf = encoding === 'quoted-printable' ? body.indexOf(LF, from + PIECE) : from + PIECE
      const to = lf < 0 ? body.length : Math.min(lf + 1, body.length)
      const piece = body.subarray(from, to)
      yield decodeBody(piece, encoding) ?? piece
      from = to
    }
}

/** The last place before `to` up to which base64 from `from` on is whole groups; `to` where there is not even one. */
function groupsEnd(run: Buffer, from: number, to: number): number {
  let digits = 0
  for (let at = from; at < to; at++) if (SEXTETS[run[at]] >= 0) digits++
  if (digits < 4) return to
  let rest = digits % 4
  let end = to
  while (rest > 0) if (SEXTETS[run[--end]] >= 0) rest--
  return end
}

/**
 * The message in a message part that is encoded, or null where it is not. RFC 2046 §5.2.1 forbids it, some programs
 * do it and some clients read it.
 */
export function decodeEncodedMessage({ raw, bodyStart, bodyEnd, content }: Part): Buffer | null {
  const encoding = content.encoding?.toLowerCase() ?? ''
  if (encoding !== 'base64' && encoding !== 'quoted-printable') return null
  return decodeBody(raw.subarray(bodyStart, bodyEnd), encoding)
}

/** Octets of the decoded part, for BINARY.SIZE. Refused as `decodePart` is. */
export const decodedSize = (part: Part): number => decodePart(part).length

function encodingOf(part: Part): string {
  // RFC 2045 §6.4: a multipart or message has no encoding but 7bit, 8bit or binary.
  if (part.kind === 'multipart' || part.kind === 'message') return 'binary'
  return part.content.encoding?.toLowerCase() ?? '7bit'
}

function decodeBody(body: Buffer, encoding: string): Buffer | null {
  switch (encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return body
    case 'base64':
      return decodeBase64(body)
    case 'quoted-printable':
      return decodeQuotedPrintable(body)
    default:
      return null
  }
}

const PAD = 61

const isSpace = (byte: number): boolean => byte === SP || byte === TAB || byte === CR || byte === LF

const SEXTETS = new Int8Array(256).fill(-1)
for (let i = 0; i < 64; i++) {
  SEXTETS['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i
}

/**
 * RFC 2045 §6.8. Bytes outside the alphabet do not count. Padding ends the data, so that a footer that a mailing list
 * put behind it is not read as such, unless what follows is base64 again: some programs encode line by line.
 */
export function decodeBase64(body: Buffer): Buffer {
  const runs = Array.from(base64Runs(body), decodeRun)
  return runs.length === 1 ? runs[0] : Buffer.concat(runs)
}

/** The runs of base64 in a body, without the padding between them: one at least. */
function* base64Runs(body: Buffer): Generator<Buffer> {
  const pad = body.indexOf(PAD)
  yield pad < 0 ? body : body.subarray(0, pad)
  if (pad < 0) return
  let at = behindPadding(body, pad)
  for (let end = runEnd(body, at); end > at; end = runEnd(body, at)) {
    yield body.subarray(at, end)
    at = behindPadding(body, end)
  }
}

/** The line behind the padding at `at`; the end of the body where the line goes on or none follows. */
function behindPadding(body: Buffer, at: number): number {
  let lines = 0
  for (; at < body.length && (body[at] === PAD || isSpace(body[at])); at++)
    if (body[at] === LF) lines++
  return lines > 0 ? at : body.length
}

/** The end of lines from `at` on that hold nothing but base64, up to padding or the end; `at` when others come first. */
function runEnd(body: Buffer, at: number): number {
  let digits = 0
  for (let i = at; i < body.length; i++) {
    if (body[i] === PAD) return digits > 1 ? i : at
    if (SEXTETS[body[i]] >= 0) digits++
    else if (body[i] !== CR && body[i] !== LF) return at
  }
  // Without padding it takes whole groups to tell data from a word of a footer.
  return digits % 4 === 0 ? body.length : at
}

function decodeRun(data: Buffer): Buffer {
  // Node's decoder is fast, but takes "-" and "_" for digits too.
  if (!data.includes('-') && !data.includes('_')) {
    return Buffer.from(data.toString('latin1'), 'base64')
  }
  const out = Buffer.allocUnsafe(data.length)
  let size = 0
  let bits = 0
  let held = 0
  for (const byte of data) {
    const sextet = SEXTETS[byte]
    if (sextet < 0) continue
    bits = ((bits << 6) | sextet) & 0xffffff
    held += 6
    if (held >= 8) {
      held -= 8
      out[size++] = bits >>> held
    }
  }
  return out.subarray(0, size)
}

/** RFC 2045 §6.7. An "=" that starts no escape stands for itself. */
export function decodeQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length)
  let size = 0
  let keep = 0 // white space at a line's end was added on the way: §6.7 (3)
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]
    if (byte === PAD) {
      const soft = softBreak(body, at + 1)
      if (soft > 0) {
        at = soft - 1
        keep = size
        continue
      }
      const value = (hex(body[at + 1]) << 4) | hex(body[at + 2])
      if (at + 2 < body.length && value >= 0) {
        out[size++] = value
        keep = size
        at += 2
        continue
      }
    } else if (byte === LF || (byte === CR && body[at + 1] === LF)) {
      size = keep
    }
    out[size++] = byte
    if (byte !== SP && byte !== TAB) keep = size
  }
  return out.subarray(0, keep)
}

/** Where the line behind a soft line break starts, or 0 when there is none at `at`. */
function softBreak(body: Buffer, at: number): number {
  // Of white space before the line end a few bytes are looked at, so that "= = = =" stays linear.
  const stop = Math.min(body.length, at + 76)
  while (at < stop && (body[at] === SP || body[at] === TAB)) at++
  if (at >= body.length) return at
  if (body[at] === LF) return at + 1
  return body[at] === CR && body[at + 1] === LF ? at + 2 : 0
}

function hex(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const upper = byte & ~32
  return upper >= 65 && upper <= 70 ? upper - 55 : -1
}
