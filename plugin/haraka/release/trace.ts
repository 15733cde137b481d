// The trace field of a released message: how it came in here (RFC 5321 §4.4).
import type { Client } from '../../mail.ts'
import type { ReleaseJob } from '../../quarantine/release/release.ts'
import { haraka } from '../modules.ts'
import { me } from '../name.ts'
import type { Connections, Plugin } from '../types.ts'

/** The field with its line end; empty for outgoing mail where Haraka adds none to mail that is not held. */
export function received(plugin: Plugin, job: ReleaseJob): Buffer {
  const { client, item, outgoing, recipient, at } = job
  const { cfg } = haraka<Connections>(plugin, 'connection')
  if (outgoing && cfg?.headers?.add_received === false) return Buffer.alloc(0)
  const to = outgoing || !/^[\x21-\x7e]+$/.test(recipient) ? '' : `\r\n\tfor <${recipient}>`
  const date = new Date(at).toUTCString().replace('GMT', '+0000')
  const from = client ? `from ${named(client)}\r\n\t` : ''
  const how = client ? `with ${client.protocol} ` : ''
  return Buffer.from(
    `Received: ${from}by ${me(plugin)} (Lazaret) ${how}id L${item}${to};\r\n\t${date}\r\n`,
  )
}

/** RFC 5321 §4.4 Extended-Domain: what it called itself, and in a comment what it was. */
function named({ helo, name, address }: Client): string {
  const literal = address === '' ? '' : address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
  const info = [name, literal].filter(Boolean).join(' ')
  return `${helo || literal || 'unknown'}${info === '' ? '' : ` (${info})`}`
}
