import { ImapFlow } from 'imapflow'
import { expect, test } from 'vitest'
import { LOGINS, PASSWORD, startServer, type Running, type Who } from '../imap/harness.ts'
import { fate, waiting } from './items.ts'

async function connected(server: Running, who: Who, startTls = false): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: startTls ? server.startTlsPort : server.port,
    secure: !startTls,
    auth: { user: LOGINS[who], pass: PASSWORD },
    tls: { rejectUnauthorized: false },
    logger: false,
  })
  await client.connect()
  return client
}

test.each(['user', 'domain', 'root'] as Who[])(
  'imapflow plays the folder story as %s',
  async (who) => {
    const server = await startServer()
    const held = await server.hold(6)
    const client = await connected(server, who)
    expect((await client.list()).find(({ specialUse }) => specialUse === '\\Junk')?.path).toBe(
      'Spam',
    )
    const lock = await client.getMailboxLock('Caught')
    const uids: number[] = []
    for await (const message of client.fetch('1:*', { uid: true, source: true, envelope: true })) {
      uids.push(message.uid)
      const { raw } = held[uids.length - 1]
      // Behind the fields that the quarantine puts in front.
      expect(message.source?.subarray(-raw.length).equals(raw)).toBe(true)
      expect(message.envelope?.subject).toMatch(/^Test held-/)
    }
    const move = (i: number, to: string) => client.messageMove(String(uids[i]), to, { uid: true })
    expect(await move(0, 'Release')).toMatchObject({ destination: 'Release' })
    await move(1, 'Release & Train')
    await client.messageCopy(String(uids[2]), 'Not Spam', { uid: true })
    await client.messageDelete(String(uids[2]), { uid: true })
    await move(3, 'Spam')
    await client.append('Release', held[4].raw)
    await client.messageFlagsAdd(String(uids[5]), ['$Junk', '\\Flagged'], { uid: true })
    lock.release()
    const back = await client.getMailboxLock('Spam')
    await client.messageMove('1:*', 'Caught')
    back.release()
    await client.logout()
    expect(held.map((one) => fate(server, one))).toEqual([
      'release label=none release=wanted',
      'release-train label=ham release=wanted',
      'not-spam label=ham release=none',
      'caught label=none release=none',
      'caught release label=none release=wanted',
      // The junk button's keyword is the lesson.
      'caught label=spam release=none',
    ])
    expect(waiting(server)).toEqual([held[0].id, held[1].id, held[4].id])
  },
)

test('imapflow hears of what arrives while it idles, over STARTTLS', async () => {
  const server = await startServer()
  const client = await connected(server, 'user', true)
  await client.mailboxOpen('Caught')
  const heard = new Promise<number>((resolve) => {
    client.on('exists', ({ count }: { count: number }) => resolve(count))
  })
  const idling = client.idle()
  await server.hold(1)
  expect(await heard).toBe(1)
  await client.logout()
  await idling
})
