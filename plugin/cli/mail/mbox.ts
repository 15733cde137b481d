// mbox files (RFC 4155): messages one after the other, each begun by a "From " line after an empty one.
const START = Buffer.from('\nFrom ')
/** Sender, then a date with time and year, as all writers of mbox files put it. */
const FROM_LINE = /^From \S.*\d\d:\d\d.*\d{4}\s*$/
/** Octets of a From_ line; a longer one is text. */
const LINE_MAX = 1000

/** The messages of an mbox file, without their From_ lines and the quoting of such lines in texts. */
export async function* splitMbox(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes: Buffer = Buffer.alloc(0)
  let scan = 0
  for await (const chunk of chunks) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
    for (;;) {
      const at = bytes.indexOf(START, scan)
      if (at < 0) {
        scan = Math.max(scan, bytes.length - START.length)
        break
      }
      const end = bytes.indexOf(0x0a, at + 1)
      if (end < 0 && bytes.length - at < LINE_MAX) {
        scan = at
        break
      }
      scan = at + 1
      if (!begins(bytes, at, end)) continue
      yield message(bytes.subarray(0, at + 1))
      bytes = bytes.subarray(at + 1)
      scan = 0
    }
  }
  if (bytes.length > 0) yield message(bytes)
}

/** Does a message begin after the LF at `at`? */
function begins(bytes: Buffer, at: number, end: number): boolean {
  const blank = bytes[at - 1] === 0x0a || (bytes[at - 1] === 0x0d && bytes[at - 2] === 0x0a)
  const length = end - at
  return (
    blank &&
    length > 0 &&
    length < LINE_MAX &&
    FROM_LINE.test(bytes.toString('latin1', at + 1, end))
  )
}

function message(bytes: Buffer): Buffer {
  const body =
    bytes.toString('latin1', 0, 5) === 'From ' ? bytes.subarray(bytes.indexOf(0x0a) + 1) : bytes
  return unquoted(withoutLastBlank(body))
}

/** The empty line before the next From_ line belongs to the mbox. */
function withoutLastBlank(bytes: Buffer): Buffer {
  const end = bytes.toString('latin1', Math.max(0, bytes.length - 4))
  if (end.endsWith('\r\n\r\n')) return bytes.subarray(0, -2)
  return end.endsWith('\n\n') ? bytes.subarray(0, -1) : bytes
}

/** `>From ` at the start of a line was `From `. */
function unquoted(bytes: Buffer): Buffer {
  if (!bytes.includes('\n>')) return bytes
  const text = bytes.toString('latin1')
  return Buffer.from(text.replace(/^>(>*From )/gm, '$1'), 'latin1')
}
