// What a disk does to a file, done on purpose.
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Changes one bit behind each place at which `text` stands in the data file; it has to stand there. */
export function flip(dir: string, text: string | Buffer): void {
  const file = join(dir, 'data.mdb')
  const bytes = readFileSync(file)
  const fd = openSync(file, 'r+')
  try {
    let found = 0
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      const last = at + text.length - 1
      const octet = Buffer.alloc(1)
      readSync(fd, octet, 0, 1, last)
      octet[0] ^= 1
      writeSync(fd, octet, 0, 1, last)
      found++
    }
    if (found === 0) throw new Error(`'${text.toString('latin1')}' does not stand in ${file}`)
  } finally {
    closeSync(fd)
  }
}
