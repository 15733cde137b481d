import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LOGINS, PASSWORD, startServer, type Running } from '../imap/harness.ts'
import { tempDir } from '../tmp.ts'
import { fate, waiting } from './items.ts'
import { ran, run } from './programs.ts'

const args = (server: Running, path: string, ...more: string[]): string[] => [
  '--silent',
  '--show-error',
  '--insecure',
  '--user',
  `${LOGINS.user}:${PASSWORD}`,
  `imaps://127.0.0.1:${server.port}/${path}`,
  ...more,
]

test('curl: a connection for each command, and every folder acts', async () => {
  const server = await startServer()
  const held = await server.hold(5)
  const curl = async (path: string, ...more: string[]): Promise<string> =>
    (await ran('curl', args(server, path, ...more))).stdout

  expect(await curl('')).toContain('* LIST (\\HasNoChildren) "/" "Release &- Train"\r\n')
  expect(await curl('', '--request', 'STATUS Caught (MESSAGES)')).toContain('(MESSAGES 5)')
  const flags = await curl('Caught', '--request', 'FETCH 1:* (UID FLAGS)')
  const uids = [...flags.matchAll(/UID (\d+)/g)].map(([, uid]) => uid)
  expect(uids).toHaveLength(5)
  for (const [i, uid] of uids.entries()) {
    const raw = held[i].raw.toString('latin1')
    // Behind the fields that the quarantine puts in front.
    expect((await curl(`Caught;UID=${uid}`)).slice(-raw.length)).toBe(raw)
  }

  await curl('Caught', '--request', `UID MOVE ${uids[0]} Release`)
  await curl('Caught', '--request', `UID COPY ${uids[1]} "Release &- Train"`)
  await curl('Caught', '--request', `UID STORE ${uids[1]} +FLAGS.SILENT (\\Deleted)`)
  await curl('Caught', '--request', 'EXPUNGE')
  const file = join(tempDir(), 'message.eml')
  writeFileSync(file, held[2].raw)
  await curl('Spam', '--upload-file', file)
  writeFileSync(file, held[3].raw)
  await curl('Not%20Spam', '--upload-file', file)
  expect(held.map((one) => fate(server, one))).toEqual([
    'release label=none release=wanted',
    'release-train label=ham release=wanted',
    'caught spam label=spam release=none',
    'caught not-spam label=ham release=none',
    'caught label=none release=none',
  ])
  expect(waiting(server)).toEqual([held[0].id, held[1].id])

  writeFileSync(file, 'Subject: relay me\r\n\r\nplease\r\n')
  expect((await run('curl', args(server, 'Release', '--upload-file', file))).code).not.toBe(0)
})

test('curl over STARTTLS', async () => {
  const server = await startServer()
  await server.hold(1)
  const { stdout } = await ran('curl', [
    '--silent',
    '--insecure',
    '--ssl-reqd',
    '--user',
    `${LOGINS.domain}:${PASSWORD}`,
    `imap://127.0.0.1:${server.startTlsPort}/Caught`,
    '--request',
    'FETCH 1 FLAGS',
  ])
  expect(stdout).toContain('* 1 FETCH (FLAGS (\\Seen \\Recent))')
})
