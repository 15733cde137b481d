// Lessons of long messages: they are read while nobody waits for the writer, however they are given.
import { afterEach, expect, test, vi } from 'vitest'
import { Kernel } from '../../../plugin/filter/kernel.ts'
import { Env } from '../../../plugin/store/env.ts'
import { folder, hold, message, rig, ROOT, uidsIn } from '../rig.ts'

const LONG = 64 * 1024
const long = (name: string): Buffer => {
  const words = Array.from({ length: 12_000 }, (_, i) => `${name}${i % 3000}`)
  return Buffer.concat([message(name), Buffer.from(words.join(' ').replace(/(.{60}) /g, '$1\r\n'))])
}

/** Octets of long messages that were read within a transaction, and outside of one. */
function reading(): { within: number; outside: number } {
  const read = { within: 0, outside: 0 }
  let depth = 0
  // oxlint-disable-next-line typescript/unbound-method -- each is called with its own
  const { transaction } = Env.prototype
  vi.spyOn(Env.prototype, 'transaction').mockImplementation(function <T>(
    this: Env,
    fn: () => T,
  ): T {
    depth++
    try {
      return transaction.call(this, fn) as T
    } finally {
      depth--
    }
  })
  for (const name of ['features', 'lesson', 'score', 'learn'] as const) {
    const real = Kernel.prototype[name] as (raw: Uint8Array, ...more: unknown[]) => unknown
    vi.spyOn(Kernel.prototype, name as 'features').mockImplementation(function (
      this: Kernel,
      raw: Uint8Array,
      ...more: unknown[]
    ) {
      if (raw.length >= LONG) read[depth > 0 ? 'within' : 'outside'] += raw.length
      return real.call(this, raw, ...more) as ReturnType<Kernel['features']>
    })
  }
  return read
}

afterEach(() => vi.restoreAllMocks())

test('moved, appended, marked, pressed and trained ones are all read outside of the transaction', async () => {
  const lazaret = rig()
  const held = ['move', 'mark', 'press'].map((name) => long(name))
  for (const raw of held) await hold(lazaret, raw)
  const { messages, items, model } = lazaret.quarantine.as(ROOT)
  const caught = folder(lazaret, 'caught')
  const spam = folder(lazaret, 'spam')
  const [moved, marked, pressed] = uidsIn(lazaret, 'caught')
  const id = messages.itemAt(caught, pressed)?.item.id ?? 0
  const read = reading()
  await messages.move(caught, [moved], spam)
  const junk = { system: 0, keywords: ['$Junk'] }
  await messages.changeFlags(caught, [marked], { mode: 'add', flags: junk })
  await items.spam(id)
  const none = { system: 0, keywords: [] }
  const appended = ['one', 'two'].map((name) => ({ raw: long(name), flags: none, date: null }))
  expect(await messages.append(spam, appended)).toHaveLength(2)
  const trained = [{ raw: long('file'), label: 'ham' as const }]
  expect(await model.train(trained)).toMatchObject({ learned: 1 })
  expect(read.within).toBe(0)
  expect(read.outside).toBeGreaterThan(6 * LONG)
  vi.restoreAllMocks()
  expect(model.info()).toMatchObject({ ham: 1, spam: 5 })
  // What was learned is what reading them at once teaches.
  const kernel = new Kernel()
  for (const raw of [...held, ...appended.map((one) => one.raw)]) kernel.learn(raw, 'spam')
  kernel.learn(trained[0].raw, 'ham')
  const learned = model.export()
  const snapshot = Buffer.from(kernel.snapshot())
  expect(learned.subarray(-snapshot.length).equals(snapshot)).toBe(true)
})
