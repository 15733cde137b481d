// Fuzzing of whole connections: hostile bytes in every state of one. Whatever comes, each response is a
// line of the protocol, no fault of ours is logged, and the connection ends when the client does.
// test/corpus/wire/ holds the seeds; LAZARET_FUZZ_RUNS sets how many inputs each state gets.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { startServer, type Running } from './harness.ts'
import { randomOf, type Random } from './random-client.ts'
import type { WireClient } from './wire-client.ts'

const RUNS = Number(process.env.LAZARET_FUZZ_RUNS ?? 12)
const SEEDS = join(__dirname, '../corpus/wire')
const TOKENS =
  '\r\n|\0|{3}\r\n|{5+}\r\n|~{2+}\r\n|{99999999999}|"|\\|(|)|[|*|%|&|\xff|=|DONE\r\n|AGEAYg==\r\n|z IDLE\r\n|z LOGOUT\r\n'.split(
    '|',
  )

const EVENTS = 'MessageNew MessageExpunge FlagChange'

/** Ways into a state; afterwards the client's next bytes are the hostile ones. */
const STATES: Record<string, (server: Running) => Promise<WireClient>> = {
  'before TLS': async (server) => await greeted(server, { startTls: true }),
  'after STARTTLS': async (server) => {
    const client = await greeted(server, { startTls: true })
    await client.ok('STARTTLS')
    await client.startTls()
    return client
  },
  'a TLS handshake': async (server) => {
    const client = await greeted(server, { startTls: true })
    await client.ok('STARTTLS')
    return client
  },
  'not authenticated': async (server) => await greeted(server),
  'AUTHENTICATE PLAIN': async (server) => await asked(await greeted(server), 'AUTHENTICATE PLAIN'),
  'AUTHENTICATE LOGIN': async (server) => await asked(await greeted(server), 'AUTHENTICATE LOGIN'),
  'AUTHENTICATE SCRAM-SHA-256': async (server) =>
    await asked(await greeted(server), 'AUTHENTICATE SCRAM-SHA-256'),
  'a literal of LOGIN': async (server) => await asked(await greeted(server), 'LOGIN {4}'),
  authenticated: async (server) => await server.logIn('root'),
  'a literal of APPEND': async (server) =>
    await asked(await server.logIn('root'), 'APPEND box {9}'),
  selected: async (server) => await selected(server),
  'IDLE with a mailbox': async (server) => await asked(await selected(server), 'IDLE'),
  'NOTIFY with a mailbox': async (server) => {
    const client = await selected(server)
    await client.ok(`NOTIFY SET (selected (${EVENTS})) (personal (${EVENTS} MailboxName))`)
    return client
  },
  'IDLE without one': async (server) => await asked(await server.logIn('root'), 'IDLE'),
  compressed: async (server) => {
    const client = await selected(server)
    await client.ok('COMPRESS DEFLATE')
    client.compress()
    return client
  },
  'compressed, as it is': async (server) => {
    const client = await selected(server)
    await client.ok('COMPRESS DEFLATE')
    return client
  },
}

async function greeted(server: Running, how?: { startTls: boolean }): Promise<WireClient> {
  const client = await server.connect(how)
  await client.greeting()
  return client
}

async function selected(server: Running): Promise<WireClient> {
  const client = await server.logIn('root')
  await client.ok('SELECT box')
  return client
}

/** A command that is answered by a continuation. */
async function asked(client: WireClient, command: string): Promise<WireClient> {
  client.send(command)
  expect(await client.line()).toMatch(/^\+/)
  return client
}

const seeds = readdirSync(SEEDS)
  .filter((name) => name.endsWith('.txt'))
  .toSorted()
  .map((name) => readFileSync(join(SEEDS, name)))

function mutated(random: Random): Buffer {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]
  const seed = pick(seeds)
  const start = random(seed.length)
  let bytes = seed.subarray(start, start + 1 + random(3000))
  for (let edits = random(8); edits > 0; edits--) {
    const at = random(bytes.length + 1)
    const insert =
      random(2) === 0
        ? Buffer.from(pick(TOKENS), 'latin1')
        : Buffer.from(Array.from({ length: random(6) }, () => random(256)))
    bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + random(20))])
  }
  return bytes
}

/** Sends in pieces, ends, and answers all lines that came until the server ended too. */
async function converse(client: WireClient, bytes: Buffer, random: Random): Promise<string[]> {
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random(400)
    client.write(bytes.subarray(at, at + size))
    at += size
  }
  client.end()
  const lines: string[] = []
  try {
    for (;;) lines.push(await client.line())
  } catch {
    return lines // the server has closed
  }
}

let server: Running
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
  const root = await server.logIn('root')
  await root.ok('CREATE box')
  for (let i = 0; i < 3; i++)
    await root.append('box', Buffer.from(`Subject: ${i}\r\n\r\nbody ${i}\r\n`))
})

test.each(Object.keys(STATES))('%s', async (state) => {
  const random = randomOf(Object.keys(STATES).indexOf(state) + 1)
  for (let run = 0; run < RUNS; run++) {
    const client = await STATES[state](server)
    const bytes = mutated(random)
    const lines = await converse(client, bytes, random)
    // A tag is what the client sent: any run of its characters (RFC 9051 §9).
    const odd = lines.filter((line) => !/^(\*|\+|[\x21-\x7e]+)( |$)/.test(line))
    if (!/TLS|as it is/.test(state)) expect({ run, odd }).toEqual({ run, odd: [] })
    const faults = server.log.filter((line) => line.includes('fault'))
    expect({ run, sent: bytes.toString('latin1'), faults }).toMatchObject({ faults: [] })
  }
  await (await server.logIn('root')).ok('SELECT box')
})
