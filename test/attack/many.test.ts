// What a stranger makes many of in one message: recipients, and fields that a filter would write. Counted.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { apply } from '../../plugin/haraka/receive/deliver.ts'
import type { Transaction } from '../../plugin/haraka/types.ts'
import { applyEdit } from '../../plugin/mime/edit.ts'
import type { Decision } from '../../plugin/quarantine/screen.ts'
import type { Lazaret } from '../../plugin/open.ts'
import {
  corpus,
  envelope,
  folder,
  hold,
  itemOf,
  message,
  rig,
  trained,
  uidsIn,
  USER,
} from '../quarantine/rig.ts'

afterEach(() => vi.restoreAllMocks())

const people = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `person${n}@example.com`)

/** Events of each decision that writes some, from now on. */
function decisions(lazaret: Lazaret): number[] {
  const sizes: number[] = []
  const { store } = lazaret
  const write = store.write.bind(store)
  vi.spyOn(store, 'write').mockImplementation(async (options, decide) => {
    let size = 0
    const result = await write(options, (tx) => {
      const append = vi.spyOn(tx, 'append')
      try {
        return decide(tx)
      } finally {
        size = append.mock.calls.length
      }
    })
    if (size > 0) sizes.push(size)
    return result
  })
  return sizes
}

describe('a message to very many', () => {
  test('is kept in steps, each once, also when it comes again', async () => {
    const lazaret = rig()
    // The last one is the first one again.
    const to = [...people(400), 'Person0@example.com']
    await hold(lazaret, message('first'))
    const sizes = decisions(lazaret)
    const one = await hold(lazaret, message('many'), { to })
    expect(sizes.reduce((sum, size) => sum + size)).toBe(400)
    expect(sizes[0]).toBeLessThanOrEqual(32)
    for (const [i, size] of sizes.slice(1).entries()) expect(size).toBeLessThanOrEqual(2 * sizes[i])
    const items = one.map(({ item }) => item)
    expect(new Set(items).size).toBe(400)
    expect(items.at(-1)).toBe(items[0])
    for (const n of [0, 31, 32, 399]) expect(itemOf(lazaret, items[n]).recipients).toEqual([to[n]])
    const again = await hold(lazaret, message('many'), { to })
    expect(again.map(({ item }) => item)).toEqual(items)
  })

  test('is judged in turns: other mail does not wait for all of its recipients, and it is judged as if alone', async () => {
    const lazaret = rig()
    await hold(lazaret, message('first'))
    const ham = corpus('spam-2', 20)
    await trained(lazaret, 30)
    for (const raw of ham) await hold(lazaret, raw)
    const { messages } = lazaret.quarantine.as(USER)
    const caught = folder(lazaret, 'caught', USER)
    await messages.move(caught, uidsIn(lazaret, 'caught', USER), folder(lazaret, 'not-spam', USER))
    const authors = Array.from({ length: 300 }, (_, n) => `<a${n}@b.example>`).join(',\r\n ')
    const many = Buffer.from(`From: ${authors}\r\nSubject: x\r\n\r\n${ham[1].toString('latin1')}`)
    const { system } = lazaret.quarantine
    const order: string[] = []
    const screen = async (name: string, raw: Buffer, to: string[]): Promise<Decision[]> => {
      const decided = await system.screen(envelope({ to }), raw)
      order.push(name)
      return decided
    }
    const to = [...people(100), USER.scope]
    const alone = await screen('alone', many, to)
    const both = await Promise.all([
      screen('many', many, to),
      screen('other', corpus('spam-1', 1)[0], ['x@example.com']),
    ])
    expect(order).toEqual(['alone', 'other', 'many'])
    expect(both[0]).toEqual(alone)
    expect(new Set(alone.map(({ verdict }) => verdict?.score)).size).toBe(2)
  })

  test('who gets it with the same fields is found in one pass', async () => {
    const lazaret = rig()
    const fields = Array.from({ length: 3000 }, (_, n) => `X-Spamd-${n}: x\r\n`).join('')
    const raw = Buffer.from(`From: a@sender.example\r\n${fields}Subject: x\r\n\r\nx\r\n`)
    let octets = 0
    const { stringify } = JSON
    vi.spyOn(JSON, 'stringify').mockImplementation((...what: Parameters<typeof stringify>) => {
      const text = stringify(...what)
      octets += text?.length ?? 0
      return text
    })
    const to = people(200)
    const all = await lazaret.quarantine.system.screen(envelope({ to }), raw)
    expect(octets).toBeLessThan(200 * 1000)
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['deliver']))
    expect(all[199].edit?.remove).toHaveLength(3000)
  })
})

/** An array that counts how often one of its members is looked at. */
function counted<T>(members: readonly T[]): { list: T[]; looks: () => number } {
  let looks = 0
  const list = new Proxy([...members], {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks++
      return Reflect.get(target, key, receiver) as unknown
    },
  })
  return { list, looks: () => looks }
}

describe('fields of thousands of names that are taken out', () => {
  const NAMES = 5000
  const names = Array.from({ length: NAMES }, (_, n) => `x-spamd-${n}`)
  const lines = names.map((name) => `${name}: came\n`)
  const raw = Buffer.from(`${lines.join('')}Subject: x\r\n\r\nx\r\n`)
  const edit = { add: [['X-Spam-Flag', 'NO']] as [string, string][], subjectPrefix: null }

  test('of the message that Haraka passes on: each line is looked at once', () => {
    const added = ['X-Spamd-7: ours\n', 'Subject: x\n', 'X-Spam-Flag: forged\n']
    const list = counted([...lines, ...added])
    const values = (): Record<string, string[]> =>
      Object.fromEntries([
        ...names.map((name, n) => [name, n === 7 ? ['came', 'ours'] : ['came']] as const),
        ['subject', ['x']],
        ['x-spam-flag', ['forged']],
      ])
    const header = { header_list: list.list, headers: values(), headers_decoded: values() }
    const reset = vi.fn<() => void>()
    const transaction = {
      header,
      rcpt_to: [],
      found_hb_sep: true,
      results: { add: () => undefined },
      reset_headers: reset,
    } as unknown as Transaction
    const remove = counted(names)
    const decision = { outcome: 'deliver', recipient: 'a', edit: { ...edit, remove: remove.list } }
    apply(transaction, [{ ...decision, verdict: null, item: null } as unknown as Decision], raw)
    expect([...header.header_list]).toEqual([
      'X-Spam-Flag: NO\n',
      'X-Spamd-7: ours\n',
      'Subject: x\n',
    ])
    for (const one of [header.headers, header.headers_decoded])
      expect(one).toEqual({ 'x-spamd-7': ['ours'], subject: ['x'], 'x-spam-flag': ['NO'] })
    expect(reset).toHaveBeenCalled()
    expect(list.looks()).toBeLessThan(4 * NAMES)
    expect(remove.looks()).toBeLessThan(4 * NAMES)
  })

  test('of the message that is sent by us', () => {
    const remove = counted(names)
    const edited = applyEdit(raw, { ...edit, remove: remove.list }).toString()
    expect(edited).toBe('X-Spam-Flag: NO\r\nSubject: x\r\n\r\nx\r\n')
    expect(remove.looks()).toBeLessThan(4 * NAMES)
  })
})
