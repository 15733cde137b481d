// Content-transfer-encodings (RFC 2045 §6), to write: for a text that is changed and stays encoded as it was.
const LINE = 76

/** RFC 2045 §6.8. */
export function base64Lines(bytes: Buffer): Buffer {
  const lines = bytes.toString('base64').match(/.{1,76}/g) ?? []
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1')
}

/** RFC 2045 §6.7, of a text with line ends. */
export function quotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split(/\r?\n/)
  return Buffer.from(lines.map(quotedLine).join('\r\n'), 'latin1')
}

function quotedLine(line: string): string {
  let out = ''
  let length = 0
  for (let at = 0; at < line.length; at++) {
    const char = line[at]
    // Rule 3: white space at the end of a line is encoded.
    const stands = /[!-<>-~]/.test(char) || (/[ \t]/.test(char) && at < line.length - 1)
    const coded = stands
      ? char
      : `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    // Rule 5: a soft line break, for which there has to be room.
    if (length + coded.length > LINE - 1) {
      out += '=\r\n'
      length = 0
    }
    out += coded
    length += coded.length
  }
  return out
}
