// The thread that judges: how it starts, fails, and comes back. The real one is behind every test with a
// real Haraka; here scripts of a few lines stand in for it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { Screener } from '../../../plugin/haraka/receive/screener.ts'
import type { Envelope } from '../../../plugin/quarantine/screen.ts'
import { tempDir } from '../../tmp.ts'

const BEGIN = `
  const { workerData: { start, port } } = require('node:worker_threads')
  const state = new Int32Array(start)
  const say = (code, text) => {
    state[1] = Buffer.from(start).write(text, 8)
    Atomics.store(state, 0, code)
    Atomics.notify(state, 0)
  }
`
/** Answers with what it was given; ends as the sender tells it to. */
const ECHO = `${BEGIN}
  say(1, '')
  port.on('message', (asked) => {
    if (asked === 'close') return port.close()
    for (const { id, envelope, raw } of asked) {
      if (envelope.sender === 'throw') throw new Error('out of order')
      if (envelope.sender === 'exit') process.exit(3)
      if (envelope.sender === 'fail') port.postMessage({ id, failed: 'no room left' })
      else port.postMessage({ id, decisions: [{ recipient: Buffer.from(raw).toString() }] })
    }
  })
`

const screeners: Screener[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const one of screeners.splice(0)) await one.close()
})

function screener(script: string): Screener {
  const entry = join(tempDir(), 'thread.js')
  writeFileSync(entry, script)
  const made = new Screener(readConfig({}), tempDir(), entry)
  screeners.push(made)
  return made
}

const from = (sender: string): Envelope => ({
  sender,
  recipients: [],
  direction: 'in',
  proofs: { dkim: [], spf: null, checked: false },
  signals: [],
  hold: null,
})

const shared = (text: string): Buffer => {
  const bytes = Buffer.from(new SharedArrayBuffer(text.length))
  bytes.write(text)
  return bytes
}

test('each answer goes to who asked', async () => {
  const one = screener(ECHO)
  one.start()
  const texts = ['a', 'bb', 'ccc'].map(async (text) => {
    const [{ recipient }] = await one.screen(from('a@example.com'), shared(text))
    return recipient
  })
  expect(await Promise.all(texts)).toEqual(['a', 'bb', 'ccc'])
})

test('a start that fails says why', () => {
  expect(() => screener(`${BEGIN}; say(2, 'the model is missing')`).start()).toThrow(
    'the model is missing',
  )
})

test('a message that cannot be judged fails alone', async () => {
  const one = screener(ECHO)
  one.start()
  const good = one.screen(from('a@example.com'), shared('x'))
  await expect(one.screen(from('fail'), shared('x'))).rejects.toThrow('no room left')
  expect(await good).toHaveLength(1)
})

test.each([
  ['throw', /out of order/],
  ['exit', /it ended/],
])(
  'a thread that ends (%s): all who wait are told, and another one takes over',
  async (how, why) => {
    const one = screener(ECHO)
    one.start()
    const ends = [one.screen(from(how), shared('x')), one.screen(from('b'), shared('y'))]
    for (const result of await Promise.allSettled(ends))
      expect(String(result.status === 'rejected' && result.reason)).toMatch(why)
    // Not at once: what ends each time must not be started again for every message.
    await expect(one.screen(from('a'), shared('z'))).rejects.toThrow(/about to be started again/)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2000 })
    expect(await one.screen(from('a'), shared('z'))).toEqual([{ recipient: 'z' }])
  },
)

test('closes once, whether it runs or not', async () => {
  const [never, one] = [screener(ECHO), screener(ECHO)]
  await never.close()
  one.start()
  const asked = one.screen(from('a'), shared('x'))
  await one.close()
  expect(await asked).toHaveLength(1)
  await one.close()
  for (const closed of [never, one])
    await expect(closed.screen(from('a'), shared('x'))).rejects.toThrow('being closed')
})
