// Statistics: each kind of what is counted, on its day, for whoever may see it.
import { expect, test } from 'vitest'
import type { Lazaret } from '../../plugin/open.ts'
import { Adding, dayOf, KEPT_DAYS } from '../../plugin/store/tallies.ts'
import { DAY } from '../../plugin/time.ts'
import { envelope, hold, message, OTHER, rig, ROOT, USER, DOMAIN } from './rig.ts'
import { tempDir } from '../tmp.ts'
import type { Login } from '../../plugin/mail.ts'
import type { Figures } from '../../plugin/quarantine/verbs/stats.ts'

const X: Login = { account: 'x@example.com', tier: 'address', scope: 'x@example.com' }

const total = async (lazaret: Lazaret, login: Login, scope?: string): Promise<Figures> =>
  (await lazaret.quarantine.as(login).stats.byDay(scope)).total

const NOTHING = {
  caught: 0,
  copied: 0,
  released: 0,
  failed: 0,
  ham: 0,
  spam: 0,
  takenBack: 0,
  caughtWrongly: 0,
  missed: 0,
}

async function accounts(lazaret: Lazaret): Promise<void> {
  for (const name of ['user@example.com', 'x@example.com', 'b@other.example'])
    await lazaret.quarantine.as(ROOT).accounts.add(name, 'address', 'a good password')
}

test('messages by class and action, each level of scope', async () => {
  const lazaret = rig()
  await accounts(lazaret)
  await hold(lazaret, message('a'), { to: ['user@example.com', 'x@example.com', 'y@example.com'] })
  await hold(lazaret, message('b'), { to: ['b@other.example'] })
  await lazaret.quarantine.as(ROOT).settings.set('x@example.com', 'action', 'reject')
  await hold(lazaret, message('c'), { to: ['x@example.com'] })
  await lazaret.quarantine.as(ROOT).settings.set('x@example.com', 'enabled', 'no')
  await lazaret.quarantine.system.screen(envelope({ to: ['x@example.com'] }), message('d'))
  await lazaret.quarantine
    .as(ROOT)
    .lists.change('x@example.com', 'allow', { add: ['*@friend.example'] })
  await lazaret.quarantine.as(ROOT).settings.set('x@example.com', 'enabled', 'yes')
  const friend = { sender: 'a@friend.example', to: ['x@example.com'] }
  const raw = Buffer.from('From: a@friend.example\r\nSubject: e\r\n\r\nHello\r\n')
  await lazaret.quarantine.system.screen({ ...envelope(friend), proofs: PROVEN }, raw)
  await lazaret.quarantine.system.screen(
    { ...envelope({ ...friend, to: ['far@far.example'] }), direction: 'out', user: USER.scope },
    message('f'),
  )

  const spam = { direction: 'in', class: 'spam' } as const
  expect(await total(lazaret, X)).toEqual({
    ...NOTHING,
    messages: [
      { direction: 'in', class: 'ham', action: 'delivered', count: 1 },
      { ...spam, action: 'held', count: 1 },
      { ...spam, action: 'rejected', count: 1 },
      { direction: 'in', class: 'none', action: 'delivered', count: 1 },
    ],
    // The copy of what was rejected lies there too.
    caught: 2,
  })
  const out = { direction: 'out', action: 'delivered', count: 1 } as const
  const [sent] = (await total(lazaret, USER)).messages.filter((one) => one.direction === 'out')
  expect(sent).toMatchObject(out)
  const domain = await total(lazaret, DOMAIN)
  expect(domain.messages).toContainEqual({ ...spam, action: 'held', count: 3 })
  expect(domain.caught).toBe(4)
  expect(await total(lazaret, ROOT, 'example.com')).toEqual(domain)
  expect((await total(lazaret, ROOT)).messages).toContainEqual({
    ...spam,
    action: 'held',
    count: 4,
  })
  expect((await total(lazaret, OTHER)).caught).toBe(1)
  await expect(total(lazaret, USER, 'x@example.com')).rejects.toThrow(/not yours/)
  await expect(total(lazaret, DOMAIN, 'other.example')).rejects.toThrow(/not yours/)
})

const PROVEN = { dkim: ['friend.example'], spf: null, checked: true }

test('releases, lessons, errors; a delivered message that was spam', async () => {
  const lazaret = rig({ settings: { copy_unsure: 'yes', unsure: '0.01', spam: '0.99' } })
  await accounts(lazaret)
  const user = lazaret.quarantine.as(USER)
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => held(lazaret, id)))
  await user.items.notSpam(a)
  await user.items.undo(a)
  await user.items.releaseAndTrain(b)
  await user.items.spam(c)
  await finish(lazaret, b, 'delivered')
  const d = await held(lazaret, 'd')
  await user.items.release(d)
  await finish(lazaret, d, 'failed')
  // Nothing was learned: everything is unsure, so it is delivered and a copy is kept.
  const copied = envelope({ to: [USER.scope] })
  await lazaret.quarantine.system.screen(copied, message('unsure'))
  const [copy] = (await user.items.list({ chip: 'copies' })).items
  await user.items.spam(copy.item.id)
  const wanted = {
    caught: 4,
    copied: 1,
    released: 1,
    failed: 1,
    ham: 2,
    spam: 2,
    takenBack: 1,
    caughtWrongly: 2,
    missed: 1,
  }
  expect(await total(lazaret, USER)).toMatchObject(wanted)
  expect(await total(lazaret, DOMAIN)).toMatchObject(wanted)
  // Counted once, whoever asks how often.
  const [one, two] = await Promise.all([total(lazaret, ROOT), total(lazaret, ROOT)])
  expect([one, two]).toMatchObject([wanted, wanted])
  expect(await total(lazaret, X)).toEqual({ messages: [], ...NOTHING })
})

const held = async (lazaret: Lazaret, id: string): Promise<number> =>
  (await hold(lazaret, message(id)))[0].item as number

async function finish(lazaret: Lazaret, id: number, how: 'delivered' | 'failed'): Promise<void> {
  const { system } = lazaret.quarantine
  const [{ token }] = (await system.claim(id, 'test:1')) ?? []
  await system.queued(id, token)
  await system.report(id, token, how, how === 'failed' ? '550 no' : '250 ok', USER.scope)
}

test('what another plugin holds after all counts as held alone', async () => {
  const lazaret = rig()
  await accounts(lazaret)
  const { system } = lazaret.quarantine
  const raw = message('late')
  const instead = await system.screen(envelope(), raw)
  expect(instead[0].outcome).toBe('deliver')
  // Whether or not the first is on the disk.
  await lazaret.store.beside.tallies.flush()
  await system.screen(envelope({ hold: 'Held for another plugin', instead }), raw)
  for (const login of [ROOT, DOMAIN, USER]) {
    const { messages } = await total(lazaret, login)
    expect(messages).toMatchObject([{ action: 'held', count: 1 }])
  }
})

test('days: those that were asked for, in order, also without mail', async () => {
  const lazaret = rig()
  const { tallies } = lazaret.store.beside
  const day = Date.UTC(2026, 1, 27)
  tallies.count('example.com', 'in ham delivered', day)
  tallies.count('example.com', 'in ham delivered', day + 2 * DAY - 1)
  const span = { from: '2026-02-26', to: '2026-03-01' }
  const { days, total: sum } = await lazaret.quarantine.as(DOMAIN).stats.byDay(undefined, span)
  expect(days.map((one) => [one.day, one.messages[0]?.count ?? 0])).toEqual([
    ['2026-02-26', 0],
    ['2026-02-27', 1],
    ['2026-02-28', 1],
    ['2026-03-01', 0],
  ])
  expect(sum.messages[0].count).toBe(2)
  const asked = (from: string, to: string): Promise<unknown> =>
    lazaret.quarantine.as(DOMAIN).stats.byDay(undefined, { from, to })
  await expect(asked('2026-02-30', '2026-03-01')).rejects.toThrow(/is no day/)
  await expect(asked('yesterday', '2026-03-01')).rejects.toThrow(/is no day/)
  await expect(asked('2026-03-02', '2026-03-01')).rejects.toThrow(/swap/)
  await expect(asked('2020-03-02', '2026-03-01')).rejects.toThrow(/400 days/)
})

test('what is over goes: of an address first, of its domain and everybody later', async () => {
  const lazaret = rig()
  await accounts(lazaret)
  const { tallies } = lazaret.store.beside
  const then = Date.UTC(2026, 0, 1)
  tallies.count(USER.scope, 'in ham delivered', then)
  await tallies.flush()
  const there = (): number[] =>
    [USER.scope, 'example.com', ''].map(
      (scope) => Object.keys(tallies.of(scope, dayOf(then))).length,
    )
  await tallies.sweep(then + KEPT_DAYS.address * DAY)
  expect(there()).toEqual([1, 1, 1])
  await tallies.sweep(then + (KEPT_DAYS.address + 1) * DAY)
  expect(there()).toEqual([0, 1, 1])
  await tallies.sweep(then + (KEPT_DAYS.domain + 1) * DAY)
  expect(there()).toEqual([0, 0, 0])
})

test('what went with an account is not told any more; the rest is', async () => {
  const lazaret = rig()
  await accounts(lazaret)
  await hold(lazaret, message('a'), { to: ['user@example.com', 'x@example.com'] })
  expect((await total(lazaret, USER)).caught).toBe(1)
  await lazaret.quarantine.as(ROOT).accounts.purge(USER.scope)
  expect(await total(lazaret, USER)).toEqual({ messages: [], ...NOTHING })
  expect((await total(lazaret, X)).caught).toBe(1)
  expect((await total(lazaret, DOMAIN)).caught).toBe(2)
})

test('what was counted as it passed is there after a restart; several processes add up', async () => {
  const dir = tempDir()
  const [one, two] = [rig({}, dir), rig({}, dir)]
  one.store.beside.tallies.count('example.com', 'in ham delivered')
  two.store.beside.tallies.count('example.com', 'in ham delivered')
  await Promise.all([one.close(), two.close()])
  expect((await total(rig({}, dir), DOMAIN)).messages[0].count).toBe(2)
})

test('only who counted on from the same event adds', async () => {
  const lazaret = rig()
  const { tallies } = lazaret.store.beside
  await total(lazaret, ROOT)
  const from = tallies.journal
  const adding = new Adding()
  adding.add('', 1, 'caught')
  expect(await tallies.countedOn(from, 100, adding.take())).toBe(true)
  adding.add('', 1, 'caught')
  expect(await tallies.countedOn(from, 100, adding.take())).toBe(false)
  expect(tallies.of('', 1)).toEqual({ caught: 1 })
})

test('who sent most of what is caught', async () => {
  const lazaret = rig()
  const from = (address: string, id: string): Buffer =>
    Buffer.from(`From: X <${address}>\r\nMessage-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\nHello\r\n`)
  await hold(lazaret, from('One@Spam.example', '1'))
  await hold(lazaret, from('two@spam.example', '2'))
  await hold(lazaret, from('one@spam.example', '3'), { to: ['x@example.com'] })
  const [gone] = await hold(lazaret, from('gone@spam.example', '4'))
  await lazaret.quarantine.as(ROOT).items.delete(gone.item as number)
  const found = (login: Login, limit?: number) =>
    lazaret.quarantine.as(login).stats.senders(undefined, limit)
  expect(await found(DOMAIN)).toEqual([
    { sender: 'one@spam.example', count: 2 },
    { sender: 'two@spam.example', count: 1 },
  ])
  expect(await found(ROOT, 1)).toEqual([{ sender: 'one@spam.example', count: 2 }])
  expect((await found(USER)).map(({ count }) => count)).toEqual([1, 1])
})
