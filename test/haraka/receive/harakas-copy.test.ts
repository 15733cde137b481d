// Haraka's own copy of a message: no file for a small one, and none that stays.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { spoolHarakas } from '../../../plugin/haraka/receive/harakas-copy.ts'
import { SPOOL_AFTER } from '../../../plugin/haraka/receive/spool.ts'
import type { Header, MessageStream } from '../../../plugin/haraka/types.ts'

interface Stream extends MessageStream {
  add_line(line: Buffer): void
  add_line_end(done: () => void): void
}

const fromHaraka = createRequire(createRequire(__filename).resolve('Haraka/package.json'))
const Streams = fromHaraka('haraka-message-stream') as MessageStream['constructor']

let dir = ''
beforeEach(() => void (dir = fs.mkdtempSync(join(tmpdir(), 'lazaret-test-'))))
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(dir, { recursive: true })
})

const LINE = Buffer.from(`${'x'.repeat(1022)}\r\n`)

async function copied(octets: number): Promise<Stream> {
  const transaction = {
    uuid: 'A.1',
    header: { header_list: [] as string[] } as Header,
    message_stream: new Streams({ main: { spool_after: -1, spool_dir: dir } }, 'A.1', []),
  }
  spoolHarakas(transaction, dir)
  const stream = transaction.message_stream as Stream
  for (let i = 0; i < octets; i += LINE.length) stream.add_line(LINE)
  await new Promise<void>((resolve) => stream.add_line_end(resolve))
  return stream
}

test('of a small message the disk is asked for nothing', async () => {
  const stream = await copied(10 * LINE.length)
  const unlink = vi.spyOn(fs, 'unlink')
  stream.destroy()
  expect(unlink).not.toHaveBeenCalled()
  expect(fs.readdirSync(dir)).toEqual([])
})

test.each([SPOOL_AFTER, 2 * SPOOL_AFTER])('the file of %d octets goes with it', async (octets) => {
  const stream = await copied(octets)
  const unlink = vi.spyOn(fs, 'unlink')
  stream.destroy()
  await vi.waitFor(() => expect(unlink).toHaveBeenCalled())
  expect(unlink.mock.calls[0][0]).toBe(join(dir, 'A.1.eml'))
})
