// The journal, for whomever it concerns: what was done to what is theirs, and by whom; of others nothing.
import { expect, test } from 'vitest'
import type { Login } from '../../plugin/mail.ts'
import type { Lazaret } from '../../plugin/open.ts'
import type { HistoryEntry, HistoryQuery } from '../../plugin/quarantine/verbs/verbs.ts'
import { HOUR } from '../../plugin/time.ts'
import { DOMAIN, folder, hold, message, OTHER, pass, rig, ROOT, USER } from './rig.ts'

const X: Login = { account: 'x@example.com', tier: 'address', scope: 'x@example.com' }
const ADMIN: Login = { ...ROOT, via: 'api 192.0.2.1' }
const all = async (
  lazaret: Lazaret,
  login: Login,
  query: HistoryQuery = {},
): Promise<HistoryEntry[]> => (await lazaret.quarantine.as(login).history(query)).entries

/** What each of these sees of what is done by `act`, in words. */
async function seen(
  lazaret: Lazaret,
  act: () => Promise<unknown>,
): Promise<Record<'user' | 'x' | 'domain' | 'other' | 'root', string[]>> {
  const since = lazaret.store.seq
  await act()
  const of = async (login: Login): Promise<string[]> =>
    (await all(lazaret, login, { since })).map(({ text }) => text)
  return {
    user: await of(USER),
    x: await of(X),
    domain: await of(DOMAIN),
    other: await of(OTHER),
    root: await of(ROOT),
  }
}

/** A rig with mail, of which each kind of event is done to `user@example.com`. */
function deeds(lazaret: Lazaret): Record<string, () => Promise<unknown>> {
  const root = lazaret.quarantine.as(ADMIN)
  const held = async (to = 'user@example.com'): Promise<number> =>
    (await hold(lazaret, message(String(Math.random())), { to: [to] }))[0].item as number
  const caught = folder(lazaret, 'caught')
  return {
    'deposit|item \\d+ \\(held\\) from <bad@blocked.example> to user@example.com': held,
    'release|release of item \\d+: wanted': async () => await root.items.release(await held()),
    'move|UID \\d+ of user@example.com moved from caught to release': async () =>
      await root.items.release(await held()),
    'lesson|counts as ham, by item': async () => await root.items.notSpam(await held()),
    'expunge|deleted 1 message': async () => await root.items.delete(await held()),
    'flags|flags of 1 message': async () => {
      const flags = { mode: 'add' as const, flags: { system: 4, keywords: [] } }
      await root.messages.changeFlags(caught, [await held()], flags)
    },
    'setting|spam for user@example.com: 0.8': async () =>
      await root.settings.set(USER.scope, 'spam', '0.8'),
    'masks|allow list of user@example.com: \\+\\*@a.example': async () =>
      await root.lists.change(USER.scope, 'allow', { add: ['*@a.example'] }),
    'account|account user@example.com \\(address\\) set': async () =>
      await root.accounts.setPassword(USER.scope, 'another good password'),
    'token|token .phone. of user@example.com \\(read\\) made': async () =>
      await root.tokens.make({ account: USER.account, name: 'phone', may: 'read' }),
    'token|token \\d+ withdrawn': async () => {
      const { id } = await root.tokens.make({ account: USER.account, name: 'old', may: 'read' })
      await root.tokens.withdraw(id)
    },
    'alias|mail of u@example.net belongs to user@example.com': async () =>
      await root.aliases.add('u@example.net', USER.scope),
    'import|import of \\d+ part': async () => await root.lists.import(USER.scope, 'block', masks()),
  }
}

async function* masks(): AsyncGenerator<string> {
  // More than one part.
  for (let i = 0; i < 2000; i++) yield `*@imported-${'x'.repeat(20)}-${i}.example\n`
}

test('whoever it concerns sees what was done to what is theirs; nobody else does', async () => {
  const lazaret = rig()
  await lazaret.quarantine.as(ROOT).accounts.add(USER.scope, 'address', 'a good password')
  await hold(lazaret, message('first'))
  for (const [what, act] of Object.entries(deeds(lazaret))) {
    const told = new RegExp(what.split('|')[1])
    const { user, x, domain, other, root } = await seen(lazaret, act)
    for (const eyes of [user, domain, root])
      expect([what, eyes.some((text) => told.test(text))]).toEqual([what, true])
    expect([what, x, other]).toEqual([what, [], []])
  }
})

test('who it was is told; from where only to who sees that account', async () => {
  const lazaret = rig()
  const since = lazaret.store.seq
  await lazaret.quarantine.as(ADMIN).settings.set(USER.scope, 'spam', '0.8')
  const own = { ...USER, via: 'imap 198.51.100.7' }
  await lazaret.quarantine.as(own).settings.set(USER.scope, 'spam', '0.7')
  const as = { ...USER, administrator: 'root', via: 'command root' }
  await lazaret.quarantine.as(as).settings.set(USER.scope, 'spam', '0.6')
  const who = async (login: Login) =>
    (await all(lazaret, login, { since })).map((one) => [one.actor, one.as, one.via])
  expect(await who(USER)).toEqual([
    ['root', undefined, undefined],
    ['user@example.com', undefined, 'imap 198.51.100.7'],
    ['root', 'user@example.com', undefined],
  ])
  expect(await who(DOMAIN)).toEqual(await who(USER))
  expect((await who(ROOT)).map(([, , via]) => via)).toEqual([
    'api 192.0.2.1',
    'imap 198.51.100.7',
    'command root',
  ])
})

test('of what was done to several people at once each sees the own part', async () => {
  const lazaret = rig()
  const ids: number[] = []
  for (const to of [USER.scope, USER.scope, X.scope, OTHER.scope])
    ids.push((await hold(lazaret, message(`${ids.length}`), { to: [to] }))[0].item as number)
  const root = lazaret.quarantine.as(ROOT)
  const flags = { mode: 'add' as const, flags: { system: 4, keywords: [] } }
  const marked = await seen(lazaret, () =>
    root.messages.changeFlags(folder(lazaret, 'caught'), ids, flags),
  )
  expect(marked.user).toEqual([`flags of 2 messages (UID ${ids[0]}, ${ids[1]})`])
  expect(marked.domain).toEqual([`flags of 3 messages (UID ${ids.slice(0, 3).join(', ')})`])
  expect(marked.root).toEqual([`flags of 4 messages (UID ${ids.join(', ')})`])
  const gone = await seen(lazaret, async () => {
    for (const id of ids) await root.items.delete(id)
    await pass(lazaret, 200 * HOUR)
  })
  expect(gone.user.filter((text) => text.includes('gone for good'))).toEqual([
    '2 items gone for good',
  ])
  expect(gone.x.filter((text) => text.includes('gone for good'))).toEqual(['1 item gone for good'])
})

test('what is of everybody is the super-admin’s; so is a super-admin’s account, whatever its name', async () => {
  const lazaret = rig()
  const root = lazaret.quarantine.as(ROOT)
  const {
    user,
    domain,
    root: his,
  } = await seen(lazaret, async () => {
    await root.settings.set('', 'spam', '0.8')
    await root.lists.change('', 'block', { add: ['*@everywhere.example'] })
    await root.model.reset()
    await root.accounts.add('boss@example.com', 'super-admin', 'a good password')
  })
  expect([user, domain]).toEqual([[], []])
  expect(his.join('\n')).toMatch(
    /spam for everybody[^]*block list of everybody[^]*model[^]*boss@example\.com/,
  )
})

test('an inherited setting of the domain is the domain’s', async () => {
  const lazaret = rig()
  const { user, domain, other } = await seen(lazaret, () =>
    lazaret.quarantine.as(DOMAIN).settings.set('example.com', 'spam', '0.8'),
  )
  expect(domain).toEqual(['spam for example.com: 0.8'])
  expect([user, other]).toEqual([[], []])
})

test('pages, persons and times; what lies between is passed over', async () => {
  const lazaret = rig()
  const user = lazaret.quarantine.as(USER)
  for (const spam of ['0.7', '0.8', '0.9']) {
    await user.settings.set(USER.scope, 'spam', spam)
    await lazaret.quarantine.as(ROOT).settings.set('', 'spam', spam)
  }
  await lazaret.quarantine.as(DOMAIN).settings.set(USER.scope, 'unsure', '0.1')
  const texts: string[] = []
  let pages = 0
  for (let since: number | null = 0; since !== null; pages++) {
    const page: { entries: HistoryEntry[]; next: number | null } = await user.history({
      since,
      limit: 2,
    })
    texts.push(...page.entries.map(({ text }) => text.split(' ')[0]))
    since = page.next
  }
  expect([texts, pages]).toEqual([['spam', 'spam', 'spam', 'unsure'], 3])
  const back: string[] = []
  pages = 0
  for (let until: number | null = Infinity; until !== null; pages++) {
    const page: { entries: HistoryEntry[]; next: number | null } = await user.history({
      newest: true,
      until,
      limit: 2,
    })
    back.push(...page.entries.map(({ text }) => text.split(' ')[0]))
    until = page.next
  }
  expect([back, pages]).toEqual([texts.toReversed(), 3])
  const by = await all(lazaret, USER, { by: 'Example.com' })
  expect(by.map(({ text }) => text)).toEqual(['unsure for user@example.com: 0.1'])
  const entries = await all(lazaret, USER)
  const { at, seq } = entries[1]
  const later = await all(lazaret, USER, { from: at })
  expect(later.map((one) => one.seq)).toEqual(
    entries.filter((one) => one.at >= at).map((one) => one.seq),
  )
  expect(later.map((one) => one.seq)).toContain(seq)
  expect((await all(lazaret, USER, { before: at })).every((one) => one.at < at)).toBe(true)
  expect(await all(lazaret, USER, { from: Date.now() + HOUR })).toEqual([])
  for (const query of [{ from: at }, { before: at }, { from: at, before: at + 1 }, { since: seq }])
    expect(await all(lazaret, USER, { ...query, newest: true })).toEqual(
      (await all(lazaret, USER, query)).toReversed(),
    )
})
