// The main job from end to end, once for each kind of login: SMTP in, Caught, a drag into each folder,
// arrival at the next hop with the original's hash, and the filter that has learned.
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpus } from '../quarantine/rig.ts'
import { crlf, Gateway, LOGINS, onWire, PASSWORD, sha256, type Tier } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(async () => {
  await gateway.stop()
})

/** Its own copy: what one login teaches must not be known already from another. */
function letter(raw: Buffer, mark: string): Buffer {
  return crlf(Buffer.concat([Buffer.from(`X-Story: ${mark}\n`), raw]))
}

async function connect(tier: Tier): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: gateway.imapTls,
    secure: true,
    auth: { user: LOGINS[tier], pass: PASSWORD },
    tls: { rejectUnauthorized: false },
    logger: false,
  })
  await client.connect()
  return client
}

async function uidsIn(client: ImapFlow, folder: string): Promise<number[]> {
  await client.mailboxOpen(folder)
  const found = await client.search({ all: true }, { uid: true })
  return found === false ? [] : (found ?? [])
}

/** Holds one message and answers its UID in Caught. */
async function caught(client: ImapFlow, raw: Buffer): Promise<number> {
  const before = new Set(await uidsIn(client, 'Caught'))
  expect((await gateway.send(raw, ['user@example.com'], 'bulk@blocked.example')).code).toBe(250)
  const fresh = (await uidsIn(client, 'Caught')).filter((uid) => !before.has(uid))
  expect(fresh).toHaveLength(1)
  return fresh[0]
}

/** What is shown behind the fields that the quarantine puts in front. */
function behindFields(shown: Buffer, raw: Buffer): Buffer {
  const at = shown.length - onWire(raw).length
  expect(shown.toString('latin1', 0, at)).toMatch(/^Received: [^]*\r\nX-Spam-Status: [^]*\r\n$/)
  return shown.subarray(at)
}

async function sourceOf(client: ImapFlow, uid: number): Promise<Buffer> {
  const message = await client.fetchOne(String(uid), { source: true }, { uid: true })
  if (!message || !message.source) throw new Error(`UID ${uid} has no source`)
  return message.source
}

async function drag(client: ImapFlow, uid: number, from: string, to: string): Promise<number> {
  await client.mailboxOpen(from)
  const moved = await client.messageMove(String(uid), to, { uid: true })
  if (!moved || !moved.uidMap) throw new Error(`UID ${uid} was not moved from ${from} to ${to}`)
  return moved.uidMap.get(uid) as number
}

describe.each(Object.keys(LOGINS) as Tier[])('the story of the %s', (tier) => {
  const at = Object.keys(LOGINS).indexOf(tier)
  const spam = corpus('spam-1', 30, at * 30)
  let client: ImapFlow

  beforeAll(async () => {
    client = await connect(tier)
  })
  afterAll(async () => {
    await client.logout()
  })

  test('all folders are listed and subscribed', async () => {
    const folders = await client.list()
    expect(folders.map(({ path }) => path).toSorted()).toEqual(
      [
        'Caught',
        'Caught (Outgoing)',
        'INBOX',
        'Not Spam',
        'Release',
        'Release & Train',
        'Spam',
        'Training Requested',
      ].toSorted(),
    )
    expect(folders.every(({ subscribed }) => subscribed)).toBe(true)
    expect(folders.find(({ path }) => path === 'Spam')?.specialUse).toBe('\\Junk')
  })

  test('what is caught is read with the hash it had when it was sent', async () => {
    const raw = letter(spam[0], `${tier} read`)
    const uid = await caught(client, raw)
    expect(sha256(behindFields(await sourceOf(client, uid), raw))).toBe(sha256(onWire(raw)))
    const message = await client.fetchOne(
      String(uid),
      { flags: true, envelope: true, bodyStructure: true },
      { uid: true },
    )
    if (!message) throw new Error('not fetched')
    expect([...(message.flags ?? [])]).toEqual(['\\Seen'])
    expect(message.bodyStructure).toBeTruthy()
  })

  test('Release: delivered byte for byte, nothing learned', async () => {
    const raw = letter(spam[1], `${tier} release`)
    const sibling = letter(spam[1], `${tier} release sibling`)
    const before = await gateway.scoreOf(sibling)
    const uid = await drag(client, await caught(client, raw), 'Caught', 'Release')
    const { recipients } = await gateway.arrival(raw)
    expect(recipients).toEqual(['user@example.com'])
    expect(await uidsIn(client, 'Release')).toContain(uid)
    expect(await gateway.scoreOf(sibling)).toBe(before)
  })

  test('Release & Train: delivered, and a sibling looks more like ham', async () => {
    const raw = letter(spam[2], `${tier} release & train`)
    const sibling = letter(spam[2], `${tier} release & train sibling`)
    const before = await gateway.scoreOf(sibling)
    await drag(client, await caught(client, raw), 'Caught', 'Release & Train')
    await gateway.arrival(raw)
    expect(await gateway.scoreOf(sibling)).toBeLessThan(before)
  })

  test('Not Spam: not delivered, a sibling looks more like ham; back in Caught it is unlearned', async () => {
    const raw = letter(spam[3], `${tier} not spam`)
    const sibling = letter(spam[3], `${tier} not spam sibling`)
    const before = await gateway.scoreOf(sibling)
    const uid = await drag(client, await caught(client, raw), 'Caught', 'Not Spam')
    const taught = await gateway.scoreOf(sibling)
    expect(taught).toBeLessThan(before)
    await drag(client, uid, 'Not Spam', 'Caught')
    const undone = await gateway.scoreOf(sibling)
    expect(undone).toBeGreaterThan(taught)
    expect(Math.abs(undone - before)).toBeLessThan(Math.abs(taught - before))
    expect(gateway.arrivals(raw)).toBe(0)
  })

  test('Spam: not delivered, a sibling looks more like spam', async () => {
    const [ham] = corpus('hard-ham-1', 1, at)
    const raw = letter(ham, `${tier} spam`)
    const sibling = letter(ham, `${tier} spam sibling`)
    const before = await gateway.scoreOf(sibling)
    await drag(client, await caught(client, raw), 'Caught', 'Spam')
    expect(await gateway.scoreOf(sibling)).toBeGreaterThan(before)
    expect(gateway.arrivals(raw)).toBe(0)
  })

  test('COPY, \\Deleted and EXPUNGE act once', async () => {
    const raw = letter(spam[4], `${tier} copy`)
    const uid = await caught(client, raw)
    await client.mailboxOpen('Caught')
    await client.messageCopy(String(uid), 'Release', { uid: true })
    await client.messageFlagsAdd(String(uid), ['\\Deleted'], { uid: true })
    await client.messageDelete(String(uid), { uid: true })
    await gateway.arrival(raw)
    expect(await uidsIn(client, 'Caught')).not.toContain(uid)
    // A later message has arrived as well: had there been a second copy, it would be there.
    const later = letter(spam[5], `${tier} copy, later`)
    await drag(client, await caught(client, later), 'Caught', 'Release')
    await gateway.arrival(later)
    expect(gateway.arrivals(raw)).toBe(1)
  })

  test('APPEND: Spam takes any message, Release refuses one it does not know', async () => {
    const raw = letter(corpus('easy-ham-2', 1, at)[0], `${tier} append`)
    const sibling = letter(corpus('easy-ham-2', 1, at)[0], `${tier} append sibling`)
    const before = await gateway.scoreOf(sibling)
    const appended = await client.append('Spam', raw)
    expect(appended && appended.uid).toBeGreaterThan(0)
    expect(await gateway.scoreOf(sibling)).toBeGreaterThan(before)
    await expect(client.append('Release', letter(spam[6], `${tier} relay`))).rejects.toThrow()
    await expect(client.append('INBOX', raw)).rejects.toThrow()
  })

  test.each([
    ['an 8-bit body', Buffer.from([0xe4, 0xf6, 0xfc, 0x80, 0xff, 13, 10])],
    ['a line of 5000 octets', Buffer.from(`${'x'.repeat(5000)}\r\nend\r\n`)],
    ['NUL bytes', Buffer.from('a\0b\0\0c\r\n')],
    ['leading dots', Buffer.from('.\r\n..\r\n.hidden\r\n...\r\n')],
    ['no final line end', Buffer.from('the end')],
    ['bare CR and LF', Buffer.from('a\rb\r\nc\r\n')],
  ])('%s is released as it came', async (what, body) => {
    const head = `From: a@blocked.example\r\nTo: user@example.com\r\nSubject: ${tier} ${what}\r\nMessage-ID: <${tier}-${what.replaceAll(' ', '')}@x.example>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\n`
    const raw = Buffer.concat([Buffer.from(head), body])
    const uid = await caught(client, raw)
    // RFC 9051 §4.3.1: a literal cannot hold NUL; readers see 0x80 in its place, as with Dovecot.
    const shown = Buffer.from(onWire(raw)).map((byte) => byte || 0x80)
    expect(sha256(behindFields(await sourceOf(client, uid), raw))).toBe(sha256(shown))
    await drag(client, uid, 'Caught', 'Release')
    await gateway.arrival(raw)
  })
})

test('each login sees its scope and nothing else', async () => {
  await gateway.send(
    letter(corpus('spam-1', 1, 200)[0], 'other'),
    ['other@example.com'],
    'x@blocked.example',
  )
  await gateway.send(
    letter(corpus('spam-1', 1, 201)[0], 'far'),
    ['far@other.example'],
    'x@blocked.example',
  )
  const seen: Record<string, string[]> = {}
  for (const tier of Object.keys(LOGINS) as Tier[]) {
    const client = await connect(tier)
    await client.mailboxOpen('Caught')
    const marks: string[] = []
    for await (const message of client.fetch('1:*', { headers: ['x-story'] }))
      marks.push(/X-Story: (\w+)/.exec(message.headers?.toString() ?? '')?.[1] ?? '')
    seen[tier] = marks.filter((mark) => mark === 'other' || mark === 'far')
    await client.logout()
  }
  expect(seen).toEqual({ 'super-admin': ['other', 'far'], domain: ['other'], address: [] })
})

test('a listed, an unlisted and a disabled recipient of one transaction are treated in three ways', async () => {
  const raw = crlf(
    Buffer.from('From: a@sender.example\nSubject: three ways\nX-Spam-Flag: forged\n\nHello\n'),
  )
  const client = await connect('super-admin')
  const before = await uidsIn(client, 'Caught')
  const { execFileSync } = await import('node:child_process')
  const cli = (...args: string[]): void => {
    execFileSync(process.execPath, [
      'dist/plugin/cli/index.js',
      '--data',
      gateway.haraka.data,
      ...args,
    ])
  }
  cli('list', 'add', '--block', '--scope', 'listed@example.com', '*@sender.example')
  cli('settings', 'set', '--scope', 'off@example.com', 'enabled', 'no')
  const count = gateway.hop.deliveries.length
  const answer = await gateway.send(
    raw,
    ['listed@example.com', 'plain@example.com', 'off@example.com'],
    'a@sender.example',
  )
  expect(answer.code).toBe(250)
  await gateway.hop.arrived(count + 2)
  const got = (to: string): string =>
    gateway.hop.deliveries
      .slice(count)
      .find(({ recipients }) => recipients.includes(to))
      ?.raw.toString() ?? ''
  expect((await uidsIn(client, 'Caught')).length).toBe(before.length + 1)
  expect(got('listed@example.com')).toBe('')
  expect(got('plain@example.com')).toMatch(/^X-Spam-Flag: NO\r$/m)
  expect(got('plain@example.com')).not.toContain('forged')
  expect(got('off@example.com')).toContain('X-Spam-Flag: forged')
  expect(got('off@example.com')).not.toContain('X-Spam-Score')
  await client.logout()
})
