// Recognises a message that a mail client took out of one folder and put into another: mbsync adds
// an X-TUID header, offlineimap another date, others change line ends. What they keep is the
// Message-ID and the content.

import { hash } from 'node:crypto'
import { decodeLenient } from './decode.ts'
import { find } from './headers.ts'
import { messageIds } from './message-id.ts'
import type { Part } from './structure.ts'

export interface Identity {
  /** The identifier of the Message-ID field without angle brackets; null when there is none. */
  messageId: string | null
  /**
   * SHA-256 (32 bytes) over the decoded content: of a multipart over the digests of its leaves.
   * Line ends, white space at the end of a part and all headers do not count.
   */
  body: Buffer
}

export function identity(root: Part): Identity {
  const field = find(root.header, 'message-id')
  return {
    messageId: field === null ? null : (messageIds(field)[0] ?? null),
    body: digest(root),
  }
}

function digest(part: Part): Buffer {
  if (part.children.length === 0) return sha256(Buffer.from(normal(decodeLenient(part)), 'latin1'))
  // An empty part may come and go with the line end of the last boundary.
  return sha256(Buffer.concat(part.children.map(digest).filter((one) => !one.equals(EMPTY))))
}

const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer')
const EMPTY = sha256(Buffer.alloc(0))

/** Every line end LF, none and no white space at the end. */
function normal(body: Buffer): string {
  let text = body.toString('latin1').replaceAll('\r\n', '\n')
  if (text.includes('\r\n')) text = text.split('\n').map(withoutCr).join('\n')
  let end = text.length
  while (end > 0 && ' \t\r\n'.includes(text[end - 1])) end--
  return text.slice(0, end)
}

function withoutCr(line: string): string {
  let end = line.length
  while (end > 0 && line[end - 1] === '\r') end--
  return line.slice(0, end)
}
