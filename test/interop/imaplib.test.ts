import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LOGINS, PASSWORD, startServer, type Who } from '../imap/harness.ts'
import { fate, waiting } from './items.ts'
import { ran } from './programs.ts'

test.each(['user', 'domain', 'root'] as Who[])(
  'python3 imaplib plays the folder story as %s',
  async (who) => {
    const server = await startServer()
    const held = await server.hold(9)
    const { stdout } = await ran('python3', [
      join(__dirname, 'story.py'),
      String(server.port),
      String(server.startTlsPort),
      LOGINS[who],
      PASSWORD,
    ])
    const saw = JSON.parse(stdout) as {
      folders: string[]
      raws: string[]
      spam: number
      left: number
      refused: [string, string, string][]
    }
    expect(saw.folders).toEqual([
      'INBOX',
      'Caught',
      'Caught (Outgoing)',
      'Training Requested',
      'Release &- Train',
      'Release',
      'Not Spam',
      'Spam',
    ])
    // Behind the fields that the quarantine puts in front.
    expect(saw.raws.map((shown, i) => shown.slice(-held[i].raw.length))).toEqual(
      held.map(({ raw }) => raw.toString('latin1')),
    )
    expect(held.map((one) => fate(server, one))).toEqual([
      'release label=none release=wanted',
      'release label=none release=wanted',
      'release label=none release=wanted',
      'release-train label=ham release=wanted',
      'release-train label=ham release=wanted',
      'not-spam label=ham release=none',
      'not-spam label=ham release=none',
      'spam label=spam release=none',
      'caught label=none release=none',
    ])
    expect(waiting(server)).toEqual(held.slice(0, 5).map(({ id }) => id))
    expect([saw.spam, saw.left]).toEqual([2, 1])
    expect(
      saw.refused.map(([what, kind, text]) => [what, kind, /\[\w+\]/.exec(text)?.[0]]),
    ).toEqual([
      ['INBOX', 'NO', '[CANNOT]'],
      ['Release', 'NO', '[CANNOT]'],
      ['Archive', 'NO', '[NONEXISTENT]'],
      ['CREATE', 'NO', '[CANNOT]'],
    ])
  },
)
