// The ways of a large message through a gateway, each begun and awaited from outside, as senders and clients do.
import { CLI, type Lazaret } from '../../../plugin/open.ts'
import { asData, send } from '../gateway/load.ts'
import type { Sink } from '../gateway/sink.ts'
import { ImapWire } from './imap-wire.ts'
import { WORD } from './letter.ts'

export interface Ground {
  smtp: number
  imap: number
  sink: Sink
  /** The data directory of the gateway, opened by this process too. */
  lazaret: Lazaret
  mails: readonly Buffer[]
}

export interface Way {
  name: string
  /** The messages must lie in Caught before. */
  held: boolean
  run(ground: Ground): Promise<void>
}

export const HELD = 'held.example'
export const USER = { name: 'root', password: 'correct horse battery' }
/** Octets of a part that clients ask for at a time. */
const PIECE = 256 * 1024

const smtp =
  (domain: string): Way['run'] =>
  async ({ smtp: port, mails }) => {
    const letters = mails.map((raw, i) => ({
      sender: `sender${i}@${domain}`,
      recipient: `user${i}@example.com`,
      data: asData(raw),
    }))
    await send(port, letters, letters.length)
  }

/** A client for each message, all at once. */
const imap =
  (commands: (wire: ImapWire, n: number, mail: Buffer) => Promise<void>): Way['run'] =>
  async ({ imap: port, mails }) => {
    await Promise.all(
      mails.map(async (mail, i) => {
        const wire = await ImapWire.open(port)
        await wire.command(`LOGIN ${USER.name} "${USER.password}"`)
        await wire.command('SELECT Caught')
        await commands(wire, i + 1, mail)
        wire.close()
      }),
    )
  }

/** In this order a message passes all of them. */
export const WAYS: readonly Way[] = [
  {
    name: 'pass',
    held: false,
    run: async (ground) => {
      const before = ground.sink.taken()
      await smtp('free.example')(ground)
      if (ground.sink.taken() - before !== ground.mails.length) throw new Error('not all arrived')
    },
  },
  { name: 'hold', held: false, run: smtp(HELD) },
  {
    name: 'FETCH BODY[]',
    held: true,
    run: imap((wire, n) => wire.command(`FETCH ${n} BODY.PEEK[]`)),
  },
  {
    name: 'FETCH BODY[2]',
    held: true,
    run: imap((wire, n) => wire.command(`FETCH ${n} BODY.PEEK[2]`)),
  },
  {
    name: 'FETCH BODY[2] in pieces',
    held: true,
    run: imap(async (wire, n, { length }) => {
      for (let at = 0; at < length / 4; at += PIECE)
        await wire.command(`FETCH ${n} BODY.PEEK[2]<${at}.${PIECE}>`)
    }),
  },
  {
    name: 'FETCH BINARY[2]',
    held: true,
    run: imap((wire, n) => wire.command(`FETCH ${n} BINARY.PEEK[2]`)),
  },
  {
    name: 'SEARCH TEXT',
    held: true,
    run: imap((wire) => wire.command(`SEARCH TEXT ${WORD}`)),
  },
  {
    name: 'APPEND',
    held: false,
    // One account may not take all there is: then it is told to come again.
    run: imap((wire, _n, mail) =>
      wire.append('Spam', mail).catch((error: Error) => {
        if (!error.message.includes('[UNAVAILABLE]')) throw error
      }),
    ),
  },
  {
    name: 'release',
    held: true,
    run: async ({ lazaret, sink, mails }) => {
      const before = sink.taken()
      const verbs = lazaret.quarantine.as(CLI)
      const { items } = await verbs.items.list({ folder: 'caught', limit: mails.length })
      for (const { item } of items) await verbs.items.release(item.id)
      await sink.until(before + mails.length)
    },
  },
]
