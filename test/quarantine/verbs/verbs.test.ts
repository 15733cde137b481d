// Every verb that people have, tried by every tier on what is another's. The rows are checked against the verbs
// themselves: a new verb without a row fails here.
import { cpSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Turn } from '../../../plugin/turns.ts'
import { readConfig } from '../../../plugin/config.ts'
import { Refused } from '../../../plugin/errors.ts'
import type { Login } from '../../../plugin/mail.ts'
import { open, type Lazaret } from '../../../plugin/open.ts'
import { Quarantine } from '../../../plugin/quarantine/quarantine.ts'
import { Verbs } from '../../../plugin/quarantine/verbs/verbs.ts'
import { tempDir } from '../../tmp.ts'
import { DOMAIN, folder, hold, message, OTHER, rig, ROOT, uidsIn, USER } from '../rig.ts'

/** Mail, lists, settings and an account of each of these: two of one domain, one of another. */
const OWNERS = ['user@example.com', 'x@example.com', 'b@other.example'] as const
const LOGINS: Record<string, Login> = {
  'super-admin': ROOT,
  domain: DOMAIN,
  address: USER,
  'another address': OTHER,
}

interface World {
  readonly lazaret: Lazaret
  /** Whose things are tried. */
  readonly owner: string
  /** Item of the owner, caught and with a keyword of its own. */
  readonly item: number
  /** Its keyword set. */
  readonly keywords: number
}

/** What the owner's things are to a login that may not touch them. */
type Guarded =
  /** Refused, or answered as what is not there: nothing of it is in the answer. */
  | { tries: (verbs: Verbs, world: World) => unknown }
  /** As `tries`, and an address may not do it to its own either. */
  | { administers: (verbs: Verbs, world: World) => unknown }
  /** Only the super-admin may. */
  | { all: (verbs: Verbs, world: World) => unknown }
  /** Says nothing of anybody: why. */
  | { open: string }

const SECRET = 'secret'
const raw = (owner: string): Buffer =>
  message(`${SECRET}-${owner.replace(/\W/g, '-')}`, `${SECRET} of ${owner}\r\n`)
const caught = ({ lazaret }: World) => folder(lazaret, 'caught')
const spam = ({ lazaret }: World) => folder(lazaret, 'spam')
async function* lines(): AsyncGenerator<string> {
  yield '*@imported.example\n'
}
const question = (recipient: string) => ({
  recipient,
  sender: 'a@b.example',
  proofs: 'all' as const,
  signals: [],
  tokens: 3,
})
const flags = { system: 1, keywords: ['Seen-by-me'] }

/** RFC 5965 §2. */
const REPORT = Buffer.from(
  [
    'From: a@far.example',
    'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: test/1',
    'Version: 1',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'From: c@d.example',
    'Subject: buy now',
    '',
    'cheap',
    '--b--',
    '',
  ].join('\r\n'),
)

const ROWS: Record<string, Guarded> = {
  login: { open: 'who it is itself' },
  config: { open: 'the same for everybody' },
  uidValidity: { open: 'name of the data set' },
  seq: { open: 'a number' },
  watch: { open: 'that something changed, not what' },
  stopped: { open: 'that nothing can be changed now, by anybody' },
  settle: { open: 'waits, and says nothing' },
  barrier: { open: 'waits, and says nothing' },
  history: {
    tries: async (verbs, { owner }) => {
      const { entries } = await verbs.history({ limit: 10_000 })
      return entries.some(({ text }) => text.includes(owner))
    },
  },

  'folders.all': { open: 'names are the same for everybody' },
  'folders.find': { open: 'as folders.all' },
  'folders.creatable': { open: 'of the login itself' },
  'folders.create': { all: (verbs, { owner }) => verbs.folders.create(`made-for-${owner}`) },
  'folders.remove': { all: (verbs) => verbs.folders.remove('Ordinary') },
  'folders.rename': { all: (verbs) => verbs.folders.rename('Ordinary', 'Renamed') },
  'folders.isSubscribed': { open: 'of the account itself' },
  'folders.subscriptions': { open: 'of the account itself' },
  'folders.subscribe': { open: 'of the account itself' },
  'folders.quota': { open: 'of the account itself' },
  'folders.changed': { open: 'a number' },

  'messages.status': { open: 'counts of the scope itself: tried below' },
  'messages.octetsIn': { open: 'octets of the scope itself: tried below' },
  'messages.rows': {
    tries: (verbs, world) => {
      const found = [...verbs.messages.rows(caught(world)).uid]
      return found.includes(world.item)
    },
  },
  'messages.changes': {
    tries: (verbs, world) => {
      const found = verbs.messages.changes(caught(world), 0)?.changes ?? []
      return found.some(({ uid }) => uid === world.item)
    },
  },
  'messages.changesInTurns': {
    tries: async (verbs, world) => {
      const found = await verbs.messages.changesInTurns(caught(world), 0, new Turn('test'))
      return found?.some(({ uid }) => uid === world.item)
    },
  },
  'messages.eachChangeInTurns': {
    tries: async (verbs, { item }) => {
      let found = false
      await verbs.messages.eachChangeInTurns(0, new Turn('test'), (_, { uid }) => {
        found ||= uid === item
        return true
      })
      return found
    },
  },
  'messages.eachChange': {
    tries: (verbs, { item }) => {
      let found = false
      verbs.messages.eachChange(0, (_, { uid }) => (found ||= uid === item))
      return found
    },
  },
  'messages.keywords': { tries: (verbs, { keywords }) => verbs.messages.keywords(keywords) },
  'messages.itemAt': { tries: (verbs, world) => verbs.messages.itemAt(caught(world), world.item) },
  'messages.summaryAt': {
    tries: (verbs, world) => verbs.messages.summaryAt(caught(world), world.item),
  },
  'messages.savedAt': {
    tries: (verbs, world) => verbs.messages.savedAt(caught(world), world.item),
  },
  'messages.raw': { tries: (verbs, { item }) => verbs.messages.raw(item) },
  'messages.shown': { tries: (verbs, { item }) => verbs.messages.shown(item) },
  'messages.unchecked': { tries: (verbs, { item }) => verbs.messages.unchecked(item) },
  'messages.check': {
    tries: async (verbs, { item }) => {
      await verbs.messages.check(item, new Turn('test'))
      return true
    },
  },
  'messages.octets': { tries: (verbs, { item }) => verbs.messages.octets(item, 0, 1) },
  'messages.header': { tries: (verbs, { item }) => verbs.messages.header(item) },
  'messages.changeFlags': {
    tries: async (verbs, world) => {
      const change = { mode: 'add' as const, flags }
      const { gone } = await verbs.messages.changeFlags(caught(world), [world.item], change)
      return gone.length === 0
    },
  },
  'messages.expunge': {
    tries: async (verbs, world) =>
      (await verbs.messages.expunge(caught(world), [world.item])).length,
  },
  'messages.move': {
    tries: async (verbs, world) =>
      (await verbs.messages.move(caught(world), [world.item], spam(world))).to.length,
  },
  'messages.copy': {
    tries: async (verbs, world) =>
      (await verbs.messages.copy(caught(world), [world.item], spam(world))).to.length,
  },
  'messages.append': {
    // The same message comes back: only for its owner it is the item again, and can be released.
    tries: (verbs, { lazaret, owner }) =>
      verbs.messages.append(folder(lazaret, 'release'), [
        { raw: raw(owner), flags: { system: 0, keywords: [] }, date: null },
      ]),
  },
  'messages.recentFrom': { open: 'a number of the scope itself' },
  'messages.claimRecent': { open: 'a number of the scope itself' },

  'items.list': {
    tries: async (verbs, { item, owner }) => {
      const all = await verbs.items.list({})
      if (all.items.some((one) => one.item.id === item)) return true
      return await verbs.items.list({ scope: owner })
    },
  },
  'items.counts': { tries: (verbs, { owner }) => verbs.items.counts(owner) },
  'items.get': { tries: (verbs, { item }) => verbs.items.get(item) },
  'items.raw': { tries: (verbs, { item }) => verbs.items.raw(item) },
  'items.structure': { tries: (verbs, { item }) => verbs.items.structure(item) },
  'items.release': { tries: (verbs, { item }) => verbs.items.release(item) },
  'items.releaseAndTrain': { tries: (verbs, { item }) => verbs.items.releaseAndTrain(item) },
  'items.caughtForAll': { administers: (verbs, { item }) => verbs.items.caughtForAll(item) },
  'items.releaseForAll': { administers: (verbs, { item }) => verbs.items.releaseForAll(item, 1) },
  'items.notSpam': { tries: (verbs, { item }) => verbs.items.notSpam(item) },
  'items.spam': { tries: (verbs, { item }) => verbs.items.spam(item) },
  'items.undo': { tries: (verbs, { item }) => verbs.items.undo(item) },
  'items.delete': { tries: (verbs, { item }) => verbs.items.delete(item) },
  'items.restore': {
    administers: async (verbs, { item }) => {
      if (verbs.login.tier !== 'address' && verbs.items.get(item)) await verbs.items.delete(item)
      return await verbs.items.restore([item])
    },
  },
  'items.restoreAll': {
    administers: async (verbs, { item, owner }) => {
      if (verbs.login.tier !== 'address' && verbs.items.get(item)) await verbs.items.delete(item)
      return await verbs.items.restoreAll({ scope: owner })
    },
  },
  'items.purge': {
    administers: async (verbs, { owner }) =>
      (await verbs.items.purge({ scope: owner, held: true, count: 1 })).items,
  },
  'items.markSeen': { tries: (verbs, { item }) => verbs.items.markSeen(item, true) },

  'settings.values': { tries: (verbs, { owner }) => verbs.settings.values(owner) },
  'settings.set': { tries: (verbs, { owner }) => verbs.settings.set(owner, 'enabled', 'no') },

  'settings.inherited': { tries: (verbs, { owner }) => verbs.settings.inherited(owner) },
  'settings.change': {
    tries: (verbs, { owner }) => verbs.settings.change(owner, { spam: '0.95' }),
  },

  'lists.tag': { tries: (verbs, { owner }) => verbs.lists.tag(owner) },
  'lists.inBoth': { tries: (verbs, { owner }) => verbs.lists.inBoth(owner, ['*@evil.example']) },
  'lists.change': {
    tries: (verbs, { owner }) => verbs.lists.change(owner, 'allow', { add: ['*@evil.example'] }),
  },
  'lists.inherited': {
    tries: (verbs, { owner }) => [...verbs.lists.inherited(owner, 'block')],
  },
  'lists.entries': {
    tries: (verbs, { owner }) => {
      if ([...verbs.lists.entries()].some(({ scope }) => scope === owner)) return true
      return [...verbs.lists.entries(owner, 'allow')]
    },
  },
  'lists.import': { tries: (verbs, { owner }) => verbs.lists.import(owner, 'allow', lines()) },
  'lists.export': { tries: (verbs, { owner }) => [...verbs.lists.export(owner, 'allow')] },
  'lists.check': {
    tries: (verbs, { owner }) =>
      verbs.lists.check({
        from: { value: 'a@b.example' },
        sender: 'a@b.example',
        recipient: owner,
        proofs: 'all',
        direction: 'in',
      }),
  },

  'aliases.list': {
    tries: (verbs, { owner }) => verbs.aliases.list().some((one) => one.owner === owner),
  },
  'aliases.add': {
    administers: (verbs, { owner }) => verbs.aliases.add(`of-${owner}`, owner),
  },
  'aliases.remove': {
    administers: (verbs, { owner }) => verbs.aliases.remove(`alias-of-${owner}`),
  },

  'domains.list': {
    administers: (verbs, { owner }) => {
      const [, domain] = owner.split('@')
      return verbs.domains.list().some(({ name }) => name === domain)
    },
  },
  'domains.probe': {
    // There is no server of it, which only those are told who administer it.
    administers: (verbs, { owner }) =>
      verbs.domains.probe(owner.split('@')[1]).catch((error: Refused) => {
        if (error.kind !== 'not-found') throw error
      }),
  },

  'accounts.list': {
    tries: (verbs, { owner }) => verbs.accounts.list().some(({ name }) => name === owner),
  },
  'accounts.add': {
    // There is one already, which only those are told who may make it.
    tries: (verbs, { owner }) =>
      verbs.accounts.add(owner, 'address', 'correct horse').catch((error: Refused) => {
        if (error.kind !== 'exists') throw error
      }),
  },
  'accounts.import': {
    administers: async (verbs, { owner }) => {
      const { added } = await verbs.accounts.import(`name\nnew-${owner}`)
      return added
    },
  },
  'accounts.export': {
    tries: async (verbs, { owner }) => {
      const files: string[] = []
      for await (const { file } of verbs.accounts.export(owner)) files.push(file)
      return files.includes('items.jsonl')
    },
  },
  'accounts.erase': { tries: (verbs, { owner }) => verbs.accounts.erase(owner) },
  'accounts.setPassword': {
    tries: (verbs, { owner }) => verbs.accounts.setPassword(owner, 'battery staple'),
  },
  'accounts.show': { tries: (verbs, { owner }) => verbs.accounts.show(owner).name === owner },
  'accounts.setDisabled': {
    administers: async (verbs, { owner }) => {
      await verbs.accounts.setDisabled(owner, true)
      return true
    },
  },
  'accounts.apps': { tries: (verbs, { owner }) => verbs.accounts.apps(owner) },
  'accounts.addApp': { tries: (verbs, { owner }) => verbs.accounts.addApp(owner, 'Laptop') },
  'accounts.revokeApp': { tries: (verbs, { owner }) => verbs.accounts.revokeApp(owner, 'Phone') },
  'accounts.enrolFactor': { tries: (verbs, { owner }) => verbs.accounts.enrolFactor(owner) },
  'accounts.confirmFactor': {
    // Begun, but not with this code: which only those are told who may begin it.
    tries: (verbs, { owner }) =>
      verbs.accounts.confirmFactor(owner, 'no code').catch((error: Refused) => {
        if (error.kind !== 'invalid') throw error
      }),
  },
  'accounts.dropFactor': { tries: (verbs, { owner }) => verbs.accounts.dropFactor(owner) },
  'accounts.unlock': {
    tries: async (verbs, { owner }) => (await verbs.accounts.unlock(owner)) >= 0,
  },
  'accounts.estate': { tries: (verbs, { owner }) => verbs.accounts.estate(owner) },
  'accounts.purge': { tries: (verbs, { owner }) => verbs.accounts.purge(owner) },
  'accounts.remove': { tries: (verbs, { owner }) => verbs.accounts.remove(owner) },

  'tokens.list': {
    tries: (verbs, { owner }) => verbs.tokens.list().some(({ account }) => account === owner),
  },
  'tokens.make': {
    tries: (verbs, { owner }) => verbs.tokens.make({ account: owner, name: 'stolen', may: 'read' }),
  },
  'tokens.withdraw': {
    tries: async (verbs, { owner }) => {
      await verbs.tokens.withdraw(tokens.get(owner) as number)
      return true
    },
  },
  'requests.begin': { open: 'of the account itself: tried in test/quarantine/requests' },
  'requests.answer': { open: 'of the account itself' },
  'requests.giveUp': { open: 'of the account itself' },
  'requests.each': {
    tries: async (verbs, { item }) => {
      const { done } = await verbs.requests.each([item], 'spam')
      return (await done).results.some((one) => one.done)
    },
  },
  'digest.status': { tries: (verbs, { owner }) => verbs.digest.status(owner) },
  'digest.preview': { tries: (verbs, { owner }) => verbs.digest.preview(owner, { all: true }) },
  'digest.send': { tries: (verbs, { owner }) => verbs.digest.send(owner, { all: true }) },
  'requests.operation': { open: 'of the account itself: tried in test/quarantine/requests' },

  'reports.read': { open: 'of what it is given' },
  'reports.receive': { all: (verbs) => verbs.reports.receive('mx.far.example', REPORT) },
  'reports.queue': { all: (verbs) => verbs.reports.queue() },

  'stats.byDay': { tries: (verbs, { owner }) => verbs.stats.byDay(owner) },
  'stats.senders': { tries: (verbs, { owner }) => verbs.stats.senders(owner) },

  'lessons.list': {
    tries: (verbs, { owner }) => verbs.lessons.list().some(({ scope }) => scope === owner),
  },
  'lessons.show': {
    tries: (verbs, { owner }) => verbs.lessons.show(lessons.get(owner) as number).scope === owner,
  },
  'lessons.undo': {
    tries: (verbs, { owner }) => verbs.lessons.undo([lessons.get(owner) as number]),
  },
  'lessons.forget': { tries: (verbs, { owner }) => verbs.lessons.forget(owner) },
  'lessons.approve': {
    administers: (verbs, { owner }) => verbs.lessons.approve([lessons.get(owner) as number]),
  },
  'lessons.refuse': {
    administers: (verbs, { owner }) => verbs.lessons.refuse([lessons.get(owner) as number]),
  },
  'lessons.alarms': { open: 'of scopes that the login sees: test/quarantine/model/given.test.ts' },

  'whatIf.scores': {
    tries: async (verbs, { owner }) => (await verbs.whatIf.scores(owner)).caught.length > 0,
  },
  'whatIf.thresholds': {
    tries: (verbs, { owner }) => verbs.whatIf.thresholds(owner, { spam: 0.95 }),
  },
  'whatIf.listed': {
    tries: (verbs, { owner }) => verbs.whatIf.listed(owner, 'allow', ['*@x.example']),
  },
  'whatIf.taught': {
    tries: (verbs, { item }) => verbs.whatIf.taught([{ item, label: 'ham' }]),
  },

  'model.examine': {
    tries: (verbs, { owner }) => verbs.model.examine(raw(owner), question(owner)),
  },
  'model.score': { all: (verbs) => verbs.model.score(raw('x')) },
  'model.train': { all: (verbs) => verbs.model.train([{ raw: raw('x'), label: 'ham' }]) },
  'model.standing': { tries: (verbs, { owner }) => verbs.model.standing(owner) },
  'model.info': { all: (verbs) => verbs.model.info() },
  'model.export': { all: (verbs) => verbs.model.export() },
  'model.import': {
    all: (verbs, { lazaret }) =>
      verbs.model.import(lazaret.quarantine.as(ROOT).model.export(), { prior: false }),
  },
  'model.reset': { all: (verbs) => verbs.model.reset() },
  'model.snapshot': { all: (verbs) => verbs.model.snapshot() },
}

/** `verb` and `group.verb` of everything that a login is given. */
function verbsOf(verbs: Verbs): string[] {
  const own = (of: object): string[] => {
    const names = [...Object.keys(of), ...Object.getOwnPropertyNames(Object.getPrototypeOf(of))]
    return names.filter((name) => name !== 'constructor')
  }
  return own(verbs).flatMap((name) => {
    const group: unknown = verbs[name as keyof Verbs]
    const isGroup =
      typeof group === 'object' && group !== null && group.constructor.name.endsWith('Verbs')
    return isGroup ? own(group).map((verb) => `${name}.${verb}`) : [name]
  })
}

/** Made once, for passwords take their time; each world is a copy. */
const template = tempDir()
const ids = new Map<string, number>()
const tokens = new Map<string, number>()
const lessons = new Map<string, number>()
const INI = { imap: { test_mailboxes: 'yes' }, main: { base_model: 'no' } }

beforeAll(async () => {
  const lazaret = open(readConfig(INI), template)
  const root = lazaret.quarantine.as(ROOT)
  for (const to of OWNERS) {
    await hold(lazaret, raw(to), { to: [to] })
    const item = uidsIn(lazaret, 'caught').at(-1) as number
    ids.set(to, item)
    const word = `Of-${to.replace(/\W/g, '-')}`
    const change = { mode: 'add' as const, flags: { system: 8, keywords: [word] } }
    await root.messages.changeFlags(folder(lazaret, 'caught'), [item], change)
    await root.settings.set(to, 'subject_prefix', SECRET)
    await root.lists.change(to, 'allow', { add: [`*@friends-of-${to.split('@')[0]}.example`] })
    await root.accounts.add(to, 'address', 'correct horse')
    await root.aliases.add(`alias-of-${to}`, to)
    await root.accounts.addApp(to, 'Phone')
    await root.accounts.enrolFactor(to)
    const { id } = await root.tokens.make({ account: to, name: SECRET, may: 'read' })
    tokens.set(to, id)
    const person = lazaret.quarantine.as({ account: to, tier: 'address', scope: to })
    const taught = {
      raw: message(`lesson of ${to}`),
      flags: { system: 0, keywords: [] },
      date: null,
    }
    await person.messages.append(folder(lazaret, 'spam'), [taught])
    lessons.set(to, person.lessons.list()[0].id)
  }
  await root.folders.create('Ordinary')
  await lazaret.close()
})

/** Runs `run` in a world of its own. */
async function inWorld(owner: string, run: (on: World) => Promise<void>): Promise<void> {
  const dir = tempDir()
  cpSync(template, dir, { recursive: true })
  const lazaret = open(readConfig(INI), dir)
  try {
    const item = ids.get(owner) as number
    const root = lazaret.quarantine.as(ROOT)
    const placed = root.messages.itemAt(folder(lazaret, 'caught'), item)
    await run({ lazaret, owner, item, keywords: placed?.place.keywords as number })
  } finally {
    await lazaret.close()
  }
}

/** True where the login got what it wanted, false where it was refused or found nothing. */
async function gets(tries: (verbs: Verbs, world: World) => unknown, verbs: Verbs, on: World) {
  try {
    const got = await tries(verbs, on)
    return got !== null && got !== false && got !== 0
  } catch (error) {
    // Asking for what it was never shown is a mistake of the protocol's, not of the person.
    if (error instanceof Refused || /not of this login's/.test(String(error))) return false
    throw error
  }
}

const state = ({ lazaret }: World): unknown => {
  const { seq, views } = lazaret.store
  return { seq, settings: [...views.settings.range({})].length }
}

test('every verb has a row, and every row a verb', () => {
  const verbs = rig().quarantine.as(ROOT)
  expect(Object.keys(ROWS).sort()).toEqual(verbsOf(verbs).sort())
})

test('whoever speaks to people has no other way in', () => {
  const names = Object.getOwnPropertyNames(Quarantine.prototype)
  const ways = ['as', 'config', 'constructor', 'reachToken', 'stopped', 'token', 'unready']
  expect(names.sort()).toEqual(ways)
})

const guarded = Object.entries(ROWS).flatMap(([verb, row]) => {
  if ('administers' in row) return [[verb, row.administers] as const]
  return 'tries' in row ? [[verb, row.tries] as const] : []
})
const administered = new Set(
  Object.entries(ROWS).flatMap(([verb, row]) => ('administers' in row ? [verb] : [])),
)
const global = Object.entries(ROWS).flatMap(([verb, row]) =>
  'all' in row ? [[verb, row.all] as const] : [],
)

const sees = ({ scope }: Login, owner: string): boolean =>
  scope === '' || scope === owner || owner.endsWith(`@${scope}`)

describe('what is another address’s', () => {
  test.each(guarded)('%s', async (verb, tries) => {
    const attempt = async (on: World, who: string, login: Login): Promise<void> => {
      const verbs = on.lazaret.quarantine.as(login)
      if (verb === 'messages.keywords') verbs.messages.rows(caught(on)) // what it sees, it was shown
      const before = state(on)
      const may = !administered.has(verb) || login.tier !== 'address'
      const [mine, got] = [may && sees(login, on.owner), await gets(tries, verbs, on)]
      expect(got, `${who} on ${on.owner}`).toBe(mine)
      if (!mine) expect(state(on)).toEqual(before)
    }
    for (const owner of OWNERS) {
      const [mine, others] = [true, false].map((own) =>
        Object.entries(LOGINS).filter(([, login]) => sees(login, owner) === own),
      )
      await inWorld(owner, async (on) => {
        for (const [who, login] of others) await attempt(on, who, login)
      })
      for (const [who, login] of mine)
        await inWorld(owner, async (on) => await attempt(on, who, login))
    }
  })

  test('counts of a folder are of the login’s own mail', async () => {
    await inWorld(OWNERS[0], async (on) => {
      for (const login of Object.values(LOGINS)) {
        const { messages } = on.lazaret.quarantine.as(login)
        const own = OWNERS.filter((owner) => sees(login, owner))
        expect(messages.status(caught(on)).messages).toBe(own.length)
        expect(messages.octetsIn(caught(on)) > 0).toBe(own.length > 0)
      }
    })
  })
})

describe('what concerns everybody', () => {
  test.each(global)('%s', async (_, all) => {
    await inWorld(OWNERS[0], async (on) => {
      // The super-admin last: what it does changes the world.
      for (const login of Object.values(LOGINS).reverse()) {
        const before = state(on)
        const may = await gets(all, on.lazaret.quarantine.as(login), on)
        expect(may, login.account).toBe(login.tier === 'super-admin')
        if (!may) expect(state(on)).toEqual(before)
      }
    })
  })
})

describe('a domain on what is above and beside it', () => {
  test.each([
    '',
    'global',
    'other.example',
    'sub.example.com',
    'u@sub.example.com',
    'example.com.evil',
    'u@example.com.evil',
    'ple.com',
    'com',
    'u@example.com@evil.example',
  ])('%j', async (scope) => {
    const lazaret = rig()
    const verbs = lazaret.quarantine.as(DOMAIN)
    const { seq } = lazaret.store
    const tries: (() => unknown)[] = [
      () => verbs.settings.values(scope),
      () => verbs.settings.set(scope, 'enabled', 'no'),
      () => verbs.lists.change(scope, 'block', { add: ['*@x.example'] }),
      () => verbs.lists.entries(scope),
      () => verbs.lists.export(scope, 'block'),
      () => verbs.items.list({ scope }),
      () => verbs.items.counts(scope),
    ]
    for (const one of tries)
      await expect((async () => await one())()).rejects.toMatchObject({
        kind: scope.includes('@evil') ? 'invalid' : 'not-allowed',
      })
    expect(lazaret.store.seq).toBe(seq)
  })

  test('scopes are read before they are compared', async () => {
    const verbs = rig().quarantine.as(DOMAIN)
    await verbs.settings.set(' U@EXAMPLE.com ', 'enabled', 'no')
    const [enabled] = verbs.settings.values('u@example.com').filter(({ key }) => key === 'enabled')
    expect(enabled).toMatchObject({ value: 'no', level: 'u@example.com' })
  })
})

test('a login whose tier and scope do not agree is a mistake of ours, and gets nothing', () => {
  const { quarantine } = rig()
  for (const login of [
    { ...USER, scope: '' },
    { ...DOMAIN, tier: 'super-admin' },
    { ...ROOT, scope: 'example.com' },
  ] as Login[])
    expect(() => quarantine.as(login)).toThrow(/is no/)
})
