// What the next hop does with a message: a file in var/delivered, and a line on the terminal.
import { chmodSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { colors } from '../plugin/cli/output.ts'
import type { Delivery } from './next-hop.ts'

/** Keeps the message as `<time>-<recipient>.eml`; answers the name. It appears whole. */
export function keep(dir: string, { recipient, raw }: Delivery): string {
  // Mail: for whoever started the gateway, and nobody else on this machine.
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
  const part = join(dir, `.${process.pid}.part`)
  writeFileSync(part, raw, { mode: 0o600 })
  // Two messages in one millisecond: the later one takes the next that is free.
  for (let at = Date.now(); ; at++) {
    const name = `${stamp(at)}-${safe(recipient)}.eml`
    try {
      linkSync(part, join(dir, name))
      rmSync(part)
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** `20260711T120304.123Z`. */
const stamp = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]/g, '')

/** Nothing of an address can leave the folder or hide in it. */
const safe = (recipient: string): string =>
  recipient.replaceAll(/[^A-Za-z0-9@._+=-]/g, '_').slice(0, 120) || 'nobody'

export function line(name: string, { recipient, raw }: Delivery): string {
  const head = raw.toString('latin1', 0, Math.min(raw.length, 65_536)).split(/\r?\n\r?\n/, 1)[0]
  const subject = /^subject:(.*(?:\r?\n[ \t].*)*)/im.exec(head)?.[1] ?? ''
  const shown = subject
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 60)
  const time = new Date().toTimeString().slice(0, 8)
  return `${colors.dim(time)} ${colors.green('delivered')} to ${recipient.replaceAll(/[^\x20-\x7e]/g, '?')}: ${shown || '(no subject)'} ${colors.dim(`delivered/${name}`)}`
}
