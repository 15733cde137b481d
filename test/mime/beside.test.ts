// A short run of `npm run beside-dovecot`: no answer of ours differs from Dovecot's without a reason.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { hasDovecot } from '../../bench/phases/imap/dovecot.ts'
import { mutated } from '../beside/make.ts'

const SCRIPT = join(__dirname, '../../dist/test/beside/main.js')
const HERE = hasDovecot()
if (!HERE) process.stderr.write('SKIPPED: Dovecot is not installed (Debian: dovecot-imapd)\n')

test.skipIf(!HERE)('what differs from Dovecot has its reason', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '--quick', '--json'], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error) // ends with 1 when something is unexplained
  const { messages, differences, unexplained } = JSON.parse(stdout) as {
    messages: number
    differences: number
    unexplained: unknown[]
  }
  expect(unexplained).toEqual([])
  expect(messages).toBeGreaterThan(200)
  // Mutated mail does differ: a comparison that finds nothing would not look.
  expect(differences).toBeGreaterThan(100)
})

test('mutated messages are the same for a seed', () => {
  const [a, b] = [mutated(20), mutated(30)]
  expect(b.slice(0, 20)).toEqual(a)
  expect(new Set(b.map(({ raw }) => raw.toString('latin1'))).size).toBe(30)
  expect(mutated(20, 2)).not.toEqual(a)
})
