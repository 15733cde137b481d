// Large messages, which go through files: as they came, whatever is in them, and nothing is left behind.
import { existsSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Haraka } from '../rig/haraka.ts'
import { sendMail, SmtpClient } from '../rig/smtp.ts'
import {
  behindHeaders,
  block,
  drag,
  itemsIn,
  message,
  released,
  ROOT,
  sha256,
  until,
  world,
} from './world.ts'

const MIB = 1024 * 1024
const HEAD = ['To: user@example.com', 'Subject: large', '']
/** Just large enough. */
const ENOUGH = 1.2 * MIB
const lines = (line: string, octets: number): string[] =>
  Array.from({ length: Math.ceil(octets / (line.length + 2)) }, (_, i) => `${line}${i}`)

const MESSAGES: Record<string, Buffer> = {
  base64: message([...HEAD, ...lines('QUJD'.repeat(17), ENOUGH)]),
  'dots at each line': message([...HEAD, ...lines('.'.repeat(70), ENOUGH), '.', '..', '']),
  'one line': message([...HEAD, `x${'.'.repeat(ENOUGH)}`]),
  'octets above 127, bare CR': message([...HEAD, ...lines('\xff\xe4\r.\0'.repeat(20), ENOUGH)]),
  'a large header': message([HEAD[0], ...lines(` ${'folded '.repeat(20)}`, ENOUGH), '', 'x']),
  'empty lines': message([...HEAD, ...Array.from({ length: ENOUGH / 2 }, () => '')]),
}

/** What comes in lies here until it is a message. */
const incoming = (haraka: Haraka): string => join(haraka.data, 'incoming')

async function emptied(dir: string): Promise<void> {
  const watcher = watch(dir)
  try {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (readdirSync(dir).length === 0) resolve()
      }
      watcher.on('change', look)
      look()
    })
  } finally {
    watcher.close()
  }
}

test('what is held and released is what was received; it lies in a file, and in no other', async () => {
  const { haraka, hop, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  for (const [name, raw] of Object.entries(MESSAGES)) {
    const before = hop.deliveries.length
    const piece = name === 'base64' ? 30_011 : undefined
    const mail = { from: 'a@spam.example', to: ['user@example.com'], raw, piece }
    const { code, text } = await sendMail(haraka.port, mail)
    expect(code, `${name}: ${text}`).toBe(250)
    const [item] = itemsIn(lazaret, 'caught')
    expect(item, name).toMatchObject({ blob: sha256(raw), size: raw.length })
    expect(existsSync(join(haraka.data, 'blobs', item.blob.slice(0, 2), item.blob)), name).toBe(
      true,
    )
    const verbs = lazaret.quarantine.as(ROOT)
    expect(sha256(verbs.items.raw(item.id)), name).toBe(sha256(raw))
    await drag(lazaret, 'caught', 'release')
    await hop.arrived(before + 1)
    await released(lazaret, item.id)
    expect(behindHeaders(hop.deliveries[before].raw, raw).sha256, name).toBe(sha256(raw))
  }
  await emptied(incoming(haraka))
})

test('what passes is what was received, and is kept nowhere', async () => {
  const { haraka, hop, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  for (const name of ['base64', 'dots at each line']) {
    const raw = MESSAGES[name]
    const answer = await sendMail(haraka.port, {
      from: 'a@free.example',
      to: ['user@example.com'],
      raw,
    })
    expect(answer.code, name).toBe(250)
    const body = raw.subarray(raw.indexOf('\r\n\r\n'))
    const got = hop.deliveries.at(-1)?.raw ?? Buffer.alloc(0)
    expect(sha256(got.subarray(got.indexOf('\r\n\r\n'))), name).toBe(sha256(body))
  }
  await emptied(incoming(haraka))
  expect(readdirSync(join(haraka.data, 'blobs'))).toEqual([])
})

test('of a client that leaves in the middle of a large message, and of one that is refused, nothing stays', async () => {
  const sources = {
    refuse: `exports.hook_data_post = (next, connection) => next(connection.transaction.header.get('Subject').includes('refuse') ? DENY : undefined)`,
  }
  const plugins = ['rcpt_to.in_host_list', 'refuse', 'lazaret', 'queue/smtp_forward']
  const { haraka, lazaret } = await world({ plugins, sources })
  const client = await SmtpClient.connect(haraka.port)
  for (const line of ['MAIL FROM:<a@free.example>', 'RCPT TO:<user@example.com>', 'DATA'])
    await client.command(line)
  await client.write(MESSAGES.base64.subarray(0, ENOUGH))
  const dir = incoming(haraka)
  const watcher = watch(dir)
  // Two: Haraka keeps one of its own.
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (readdirSync(dir).length === 2) resolve()
    }
    watcher.on('change', look)
    look()
  })
  watcher.close()
  client.destroy()
  await emptied(dir)
  const raw = message(['Subject: refuse', '', ...lines('x'.repeat(70), ENOUGH)])
  const answer = await sendMail(haraka.port, { from: 'a@b.example', to: ['user@example.com'], raw })
  expect(answer.code).toBe(550)
  await emptied(dir)
  expect(itemsIn(lazaret, 'caught')).toEqual([])
})

test('small mail is judged while large messages are', async () => {
  const { haraka, hop, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  const large = Array.from({ length: 6 }, (_, i) =>
    sendMail(haraka.port, {
      from: 'a@spam.example',
      to: ['user@example.com'],
      raw: message([`X-Number: ${i}`, ...HEAD, ...lines('QUJD'.repeat(17), 4 * MIB)]),
    }),
  )
  const small = await sendMail(haraka.port, {
    from: 'a@free.example',
    to: ['user@example.com'],
    raw: message([...HEAD, 'small']),
  })
  expect(small.code).toBe(250)
  expect(hop.deliveries.length).toBe(1)
  expect((await Promise.all(large)).map(({ code }) => code)).toEqual(large.map(() => 250))
  await until(lazaret, () => itemsIn(lazaret, 'caught').length === 6)
})
