// Transfer encodings and charsets, written.

export const base64 = (bytes: Buffer): string =>
  bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n')

export function quotedPrintable(bytes: Buffer): string {
  // Line ends are those of text; in what is none they are bytes.
  const odd = bytes.includes(0) ? /[^ -<>-~]/g : /[^\r\n -<>-~]/g
  const text = bytes
    .toString('latin1')
    .replace(odd, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return text.replace(/(?:=..|[^\r\n=]){60,68}(?=.)/g, '$&=\r\n')
}

export function uuencode(bytes: Buffer, name: string): string {
  const char = (six: number): string => String.fromCharCode(six === 0 ? 96 : six + 32)
  let out = `begin 644 ${name}\r\n`
  for (let at = 0; at < bytes.length; at += 45) {
    const line = bytes.subarray(at, at + 45)
    out += char(line.length)
    for (let i = 0; i < line.length; i += 3) {
      const three = (line[i] << 16) | ((line[i + 1] ?? 0) << 8) | (line[i + 2] ?? 0)
      for (const shift of [18, 12, 6, 0]) out += char((three >> shift) & 63)
    }
    out += '\r\n'
  }
  return `${out}\`\r\nend\r\n`
}

/** UTF-7 (RFC 2152) of latin1 text: all but letters, digits and some marks in base64. */
export function utf7(html: Buffer): Buffer {
  const text = html.toString('latin1').replace(/[^A-Za-z0-9 '(),./:?\r\n-]+/g, (run) => {
    const units = Buffer.from(run, 'utf16le').swap16().toString('base64')
    return `+${units.replace(/=+$/, '')}-`
  })
  return Buffer.from(text, 'latin1')
}

export const wide = (html: Buffer): Buffer => Buffer.from(html.toString('latin1'), 'utf16le')

/** Without letters beyond ASCII: of a byte beyond it, UTF-8 has two. */
export const ascii = (html: Buffer): Buffer =>
  Buffer.from(html.toString('latin1').replace(/[^\t\r\n -~]/g, ' '), 'latin1')
