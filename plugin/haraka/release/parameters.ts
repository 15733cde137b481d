// ESMTP parameters of a release: Haraka's outbound names addresses and nothing else. What the sender asked for, and what
// the message needs, is added to its commands as far as the next hop offers it.
import { isAscii } from 'node:buffer'
import type { Examined } from '../../quarantine/release/content.ts'
import type { ReleaseJob } from '../../quarantine/release/release.ts'

/** Travels in the notes of the queue file. */
export interface Wanted {
  /** It has addresses or header fields that need SMTPUTF8 (RFC 6531 §3.2). */
  utf8?: true
  /** Its body has octets above 127. */
  eightBit?: true
  ret?: string
  envid?: string
  notify?: string
  orcpt?: string
}

export function wantedBy(
  { head, asked, sender, recipient }: ReleaseJob,
  { eightBit }: Pick<Examined, 'eightBit'>,
): Wanted {
  const international = [sender, recipient].some(
    (address) => !isAscii(Buffer.from(localPart(address))),
  )
  const { notify, orcpt } = asked.to?.[recipient] ?? {}
  return {
    // A domain alone goes as A-labels.
    ...((international || (asked.utf8 && !isAscii(head))) && { utf8: true }),
    ...(eightBit && { eightBit }),
    ...(asked.ret && { ret: asked.ret }),
    ...(asked.envid && { envid: asked.envid }),
    ...(notify && { notify }),
    ...(orcpt && { orcpt }),
  }
}

const localPart = (address: string): string => address.slice(0, address.lastIndexOf('@'))

/** One connection to a next hop: what it offers, and what our commands say. */
export class Parameters {
  readonly #wanted: Wanted
  readonly #offers = new Set<string>()
  #last = true
  #begun = false

  constructor(wanted: Wanted) {
    this.#wanted = wanted
  }

  /** A line of a reply. */
  hear(line: string): void {
    // RFC 5321 §4.1.1.1: a keyword a line; after STARTTLS they are told anew.
    const [, more, keyword] = /^250([- ])(\S*)/.exec(line) ?? []
    if (keyword === undefined || this.#begun) return
    if (this.#last) this.#offers.clear()
    this.#last = more === ' '
    this.#offers.add(keyword.toUpperCase())
  }

  /** A command with its line end, as it is to be sent; null: this server cannot be given this message. */
  said(command: string): string | null {
    const { utf8, eightBit, ret, envid, notify, orcpt } = this.#wanted
    const has = (keyword: string): boolean => this.#offers.has(keyword)
    if (command.startsWith('MAIL FROM:')) {
      this.#begun = true
      if (utf8 && !has('SMTPUTF8')) return null
      return added(command, [
        // RFC 6531 §3.4; the server that offers it takes 8BITMIME (§3.1 item 8).
        utf8 && !/ SMTPUTF8\b/.test(command) && 'SMTPUTF8',
        // RFC 6152 §2.
        eightBit && has('8BITMIME') && 'BODY=8BITMIME',
        ret && has('DSN') && `RET=${ret}`,
        envid && has('DSN') && `ENVID=${envid}`,
      ])
    }
    if (command.startsWith('RCPT TO:') && has('DSN'))
      return added(command, [notify && `NOTIFY=${notify}`, orcpt && `ORCPT=${orcpt}`])
    return command
  }
}

function added(command: string, parameters: (string | false | undefined)[]): string {
  const [line, end] = [command.trimEnd(), command.slice(command.trimEnd().length)]
  return `${[line, ...parameters.filter(Boolean)].join(' ')}${end}`
}
