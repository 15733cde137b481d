// A message of many megabytes, as mail with an attachment is: lines of base64 behind some text.
import { random } from '../../harness/random.ts'

const LINE = 76
const BOUNDARY = 'bench-boundary'
export const WORD = 'zanzibar'

/** About `octets` octets; another one for each `n`. */
export function letter(octets: number, n: number): Buffer {
  const head = [
    'From: Sender <sender@example.org>',
    'To: Recipient <user@example.com>',
    `Subject: number ${n}`,
    `Message-ID: <big-${n}@example.org>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    '.a line that begins with a dot',
    '',
    `--${BOUNDARY}`,
    'Content-Type: application/octet-stream; name=data.bin',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename=data.bin',
    '',
    '',
  ].join('\r\n')
  const tail = `\r\n--${BOUNDARY}--\r\n`
  const lines = Math.max(1, Math.floor((octets - head.length - tail.length) / (LINE + 2)))
  const pick = random(n + 1)
  // A block that is used again and again, with the number of each line in it: no two are equal.
  const block = Buffer.from(Array.from({ length: 57 * 4096 }, () => pick(256))).toString('base64')
  const body = Buffer.alloc(lines * (LINE + 2), '\r\n')
  for (let i = 0; i < lines; i++) {
    const from = (i % 4096) * LINE
    body.write(block.slice(from, from + LINE), i * (LINE + 2), 'latin1')
    body.write(i.toString(36).padStart(8, 'A'), i * (LINE + 2), 'latin1')
  }
  return Buffer.concat([Buffer.from(head), body, Buffer.from(tail)])
}
