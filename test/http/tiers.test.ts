// The three tiers against every other scope's objects, by every way in: IMAP, the Software API, the command. One table; and
// an unknown account, which nobody can tell from a wrong password, by its answer or by the work that is done for it.
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Lazaret } from '../../plugin/open.ts'
import { Deriver } from '../../plugin/quarantine/accounts/deriver.ts'
import { inside } from '../cli/run.ts'
import { LOGINS, startServer, type Running, type Who } from '../imap/harness.ts'
import type { WireClient } from '../imap/wire-client.ts'
import { hold, message, ROOT } from '../quarantine/rig.ts'
import { HTTP, serve, type World } from './world.ts'

/** Two of one domain, one of another. */
const OWNERS = ['user@example.com', 'x@example.com', 'b@other.example'] as const
type Owner = (typeof OWNERS)[number]
const SCOPES: Record<Who, string> = { root: '', domain: 'example.com', user: 'user@example.com' }
const sees = (who: Who, owner: string): boolean =>
  SCOPES[who] === '' || SCOPES[who] === owner || owner.endsWith(`@${SCOPES[who]}`)

let imap: Running
let web: World
let lazaret: Lazaret
const clients = {} as Record<Who, WireClient>
const tokens = {} as Record<Who, string>

interface Theirs {
  owner: Owner
  /** Caught. */
  item: number
  lesson: number
  token: number
}

beforeAll(async () => {
  imap = await startServer({ ...HTTP, login: { scram: 'no' } })
  lazaret = imap.lazaret
  web = await serve(lazaret)
  const root = lazaret.quarantine.as(ROOT)
  for (const owner of OWNERS)
    if (owner !== LOGINS.user) await root.accounts.add(owner, 'address', null)
  for (const owner of OWNERS) {
    await root.settings.set(owner, 'subject_prefix', `of ${owner}`)
    await root.lists.change(owner, 'allow', {
      add: [`*@friends-of-${owner.split('@')[0]}.example`],
    })
  }
  for (const who of ['root', 'domain', 'user'] as const) {
    clients[who] = await imap.logIn(who)
    tokens[who] = await web.token(LOGINS[who])
  }
})

/** What an owner has, made anew as far as it is needed: whoever may has changed it. */
async function theirs(owner: Owner, needs: Ways['needs'] | 'all' = 'item'): Promise<Theirs> {
  const person = lazaret.quarantine.as({ account: owner, tier: 'address', scope: owner })
  const held = async (): Promise<number> => {
    const raw = message(`${Math.random()}`, `secret of ${owner}\r\n`)
    return (await hold(lazaret, raw, { to: [owner] }))[0].item as number
  }
  const on = { owner, item: 0, lesson: 0, token: 0 }
  if (needs === 'lesson' || needs === 'all') {
    await person.items.spam(await held())
    on.lesson = person.lessons.list({ limit: 1 })[0].id
  }
  if (needs === 'token' || needs === 'all')
    on.token = (await person.tokens.make({ account: owner, name: owner, may: 'read' })).id
  if (needs === 'item' || needs === 'all') on.item = await held()
  return on
}

/** Whether what was asked for was had: each way says so in its own words. */
interface Ways {
  imap?: (client: WireClient, on: Theirs) => Promise<boolean>
  http?: (on: Theirs) => [method: string, path: string, body?: unknown]
  cli?: (on: Theirs) => string[]
  /** An address may not do it to its own. */
  administers?: true
  /** What of its own the owner is given anew for each try; an item unless told. */
  needs?: 'item' | 'lesson' | 'token' | 'nothing'
}

const fetched = async (client: WireClient, what: string, { item }: Theirs): Promise<boolean> => {
  await client.ok('SELECT Caught')
  return (await client.ok(`UID FETCH ${item} ${what}`)).some((line) => line.includes(`UID ${item}`))
}
const changed = async (client: WireClient, command: string, { item }: Theirs): Promise<boolean> => {
  await client.ok('SELECT Caught')
  const before = lazaret.store.seq
  await client.command(command.replace('$', String(item)))
  return lazaret.store.seq > before
}

/** Objects and what is done with them; a way that has no word for it is left out. */
const TABLE: Record<string, Ways> = {
  'a message: see that it is there': {
    imap: async (client, { item }) => {
      await client.ok('SELECT Caught')
      return (await client.ok('UID SEARCH ALL')).some((line) =>
        line.split(' ').includes(String(item)),
      )
    },
    http: ({ item }) => ['GET', `items/${item}`],
    cli: ({ item }) => ['item', 'show', String(item)],
  },
  'a message: read it': {
    imap: async (client, on) => await fetched(client, 'BODY.PEEK[]', on),
    http: ({ item }) => ['GET', `items/${item}/raw`],
    cli: ({ item }) => ['item', 'raw', String(item), '--json'],
  },
  'a message: read its structure': {
    imap: async (client, on) => await fetched(client, '(ENVELOPE BODYSTRUCTURE)', on),
    http: ({ item }) => ['GET', `items/${item}/parts`],
  },
  'a message: mark it': {
    imap: async (client, on) => await changed(client, 'UID STORE $ +FLAGS (\\Flagged)', on),
    http: ({ item }) => ['POST', `items/${item}:mark`, { seen: false }],
  },
  'a message: release it': {
    imap: async (client, on) => await changed(client, 'UID MOVE $ Release', on),
    http: ({ item }) => ['POST', `items/${item}:release`],
    cli: ({ item }) => ['item', 'release', String(item)],
  },
  'a message: teach by it': {
    imap: async (client, on) => await changed(client, 'UID COPY $ "Not Spam"', on),
    http: ({ item }) => ['POST', `items/${item}:notSpam`],
    cli: ({ item }) => ['item', 'train', String(item), '--spam'],
  },
  'a message: delete it': {
    imap: async (client, on) => {
      await client.ok('SELECT Caught')
      await client.command(`UID STORE ${on.item} +FLAGS.SILENT (\\Deleted)`)
      return await changed(client, 'UID EXPUNGE $', on)
    },
    http: ({ item }) => ['POST', `items/${item}:delete`],
    cli: ({ item }) => ['item', 'delete', String(item)],
  },
  'mail of a scope: list it': {
    needs: 'nothing',
    http: ({ owner }) => ['GET', `items?scope=${owner}`],
    cli: ({ owner }) => ['item', 'list', '--scope', owner],
  },
  'mail of a scope: clear it away': {
    cli: ({ owner }) => ['item', 'purge', '--scope', owner, '--held', '--count', '1', '--yes'],
    administers: true,
  },
  'settings: see them': {
    needs: 'nothing',
    http: ({ owner }) => ['GET', `settings/${owner}`],
    cli: ({ owner }) => ['settings', 'get', '--scope', owner],
  },
  'settings: change them': {
    needs: 'nothing',
    http: ({ owner }) => ['PATCH', `settings/${owner}`, { spam: '0.95' }],
    cli: ({ owner }) => ['settings', 'set', 'spam', '0.94', '--scope', owner, '--yes'],
  },
  'lists: see them': {
    needs: 'nothing',
    http: ({ owner }) => ['GET', `lists?scope=${owner}`],
    cli: ({ owner }) => ['list', 'show', '--scope', owner],
  },
  'lists: change them': {
    needs: 'nothing',
    http: ({ owner }) => ['PATCH', 'lists', { scope: owner, list: 'allow', add: [mask()] }],
    cli: ({ owner }) => ['list', 'add', mask(), '--block', '--scope', owner, '--yes'],
  },
  'lists: ask which entry decides': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', 'lists:check', { from: 'a@b.example', recipient: owner }],
    cli: ({ owner }) => ['list', 'check', 'a@blocked.example', '--to', owner],
  },
  'a lesson: see it': {
    needs: 'lesson',
    http: ({ lesson }) => ['GET', `lessons/${lesson}`],
    cli: ({ lesson }) => ['lessons', 'show', String(lesson)],
  },
  'a lesson: take it back': {
    needs: 'lesson',
    http: ({ lesson }) => ['POST', 'lessons:undo', { lessons: [lesson] }],
    cli: ({ lesson }) => ['lessons', 'undo', String(lesson)],
  },
  'an account: see it': {
    needs: 'nothing',
    http: ({ owner }) => ['GET', `accounts/${owner}`],
    cli: ({ owner }) => ['account', 'show', owner],
  },
  'an account: unlock it': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', `accounts/${owner}/unlock`],
    cli: ({ owner }) => ['account', 'unlock', owner],
  },
  'an account: an app password for it': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', `accounts/${owner}/apps`, { name: mask() }],
    cli: ({ owner }) => ['account', 'app', 'add', owner, mask()],
  },
  'an account: give it away': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', 'aliases', { alias: aliasOf(owner), account: owner }],
    cli: ({ owner }) => ['alias', 'add', aliasOf(owner), owner],
    administers: true,
  },
  'a token: withdraw it': {
    needs: 'token',
    http: ({ token }) => ['DELETE', `tokens/${token}`],
    cli: ({ token }) => ['token', 'revoke', String(token)],
  },
  'a token: make one in its name': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', 'tokens', { account: owner, name: 'mine', may: 'read' }],
    cli: ({ owner }) => ['token', 'add', owner, 'mine'],
  },
  statistics: {
    needs: 'nothing',
    http: ({ owner }) => ['GET', `stats?scope=${owner}`],
    cli: ({ owner }) => ['stats', '--scope', owner],
  },
  'what a threshold would do': {
    needs: 'nothing',
    http: ({ owner }) => ['POST', 'what-if/thresholds', { scope: owner, spam: 0.5 }],
    cli: ({ owner }) => ['settings', 'set', 'spam', '0.5', '--scope', owner, '--dry-run'],
  },
}

let made = 0
const aliasOf = (owner: string): string => `a${++made}@${owner.split('@')[1]}`
const mask = (): string => `m${++made}@x.example`

/** Answers that are no more than a list of what one sees: what is another's must not be in it. */
const WHOLE: Record<string, [http: string, cli: string[]]> = {
  items: ['items?limit=500', ['item', 'list', '--limit', '500']],
  lists: ['lists', ['list', 'show']],
  accounts: ['accounts', ['account', 'list']],
  aliases: ['aliases', ['alias', 'list']],
  tokens: ['tokens', ['token', 'list']],
  lessons: ['lessons', ['lessons', 'list']],
  audit: ['audit', ['audit', '--since', '0']],
  senders: ['stats/senders', ['stats']],
}

async function viaCli(who: Who, args: string[]): Promise<{ ok: boolean; out: string }> {
  // By its owner the command may do all: --as is how it does as much as an account may.
  const { code, out, err } = await inside([
    ...args,
    '--as',
    LOGINS[who],
    '--data',
    lazaret.store.dir,
  ])
  return { ok: code === 0, out: out + err }
}

/** Each tier on what is its own to see, and on what is not: the nearest, and the farthest. */
const TRIES = [
  ['user', 'user@example.com'],
  ['user', 'x@example.com'],
  ['user', 'b@other.example'],
  ['domain', 'x@example.com'],
  ['domain', 'b@other.example'],
  ['root', 'b@other.example'],
] as const

test.each(Object.entries(TABLE))('%s: only who sees it, whichever way', async (_, row) => {
  for (const [who, owner] of TRIES) {
    const may = sees(who, owner) && !(row.administers && who === 'user')
    let on = await theirs(owner, row.needs)
    const attempt = async (way: string, tries: () => Promise<boolean>): Promise<void> => {
      const { seq } = lazaret.store
      expect([way, who, owner, await tries()]).toEqual([way, who, owner, may])
      if (may) on = await theirs(owner, row.needs)
      else expect([way, who, owner, lazaret.store.seq]).toEqual([way, who, owner, seq])
    }
    const { imap: byImap, http: byHttp, cli: byCli } = row
    if (byImap) await attempt('imap', async () => await byImap(clients[who], on))
    if (byHttp)
      await attempt('http', async () => {
        const [method, path, body] = byHttp(on)
        return (await web.ask(path, { method, body, token: tokens[who] })).status < 300
      })
    if (byCli) await attempt('command', async () => (await viaCli(who, byCli(on))).ok)
  }
})

test('lists of everything have nothing in them that is another’s', async () => {
  for (const owner of OWNERS) await theirs(owner, 'all')
  for (const who of ['user', 'domain'] as const) {
    const hidden = OWNERS.filter((owner) => !sees(who, owner))
    for (const [what, [path, args]] of Object.entries(WHOLE)) {
      const { text } = await web.ask(path, { token: tokens[who] })
      const { out } = await viaCli(who, [...args, '--json'])
      for (const owner of hidden)
        for (const said of [text, out])
          expect([what, who, said.includes(owner)]).toEqual([what, who, false])
    }
    const quota = await clients[who].ok('GETQUOTAROOT INBOX')
    const rights = await clients[who].ok('MYRIGHTS Caught')
    for (const owner of hidden) expect([...quota, ...rights].join()).not.toContain(owner)
  }
})

describe('--json is what the API answers', () => {
  const same: Record<
    string,
    [args: (on: Theirs) => string[], path: (on: Theirs) => string, key?: string]
  > = {
    settings: [
      ({ owner }) => ['settings', 'get', '--scope', owner],
      ({ owner }) => `settings/${owner}`,
    ],
    lists: [
      ({ owner }) => ['list', 'show', '--scope', owner],
      ({ owner }) => `lists?scope=${owner}`,
      'entries',
    ],
    items: [
      ({ owner }) => ['item', 'list', '--scope', owner],
      ({ owner }) => `items?scope=${owner}&filter=caught`,
      'items',
    ],
    item: [({ item }) => ['item', 'show', String(item)], ({ item }) => `items/${item}`],
    account: [({ owner }) => ['account', 'show', owner], ({ owner }) => `accounts/${owner}`],
    tokens: [() => ['token', 'list'], () => 'tokens', 'tokens'],
    aliases: [() => ['alias', 'list'], () => 'aliases', 'aliases'],
    lessons: [
      ({ owner }) => ['lessons', 'list', '--scope', owner],
      ({ owner }) => `lessons?scope=${owner}`,
    ],
    lesson: [
      ({ lesson }) => ['lessons', 'show', String(lesson)],
      ({ lesson }) => `lessons/${lesson}`,
    ],
    audit: [
      ({ owner }) => ['audit', '--since', '0', '--by', owner],
      ({ owner }) => `audit?limit=1000&by=${owner}`,
      'entries',
    ],
  }
  test.each(Object.entries(same))('%s', async (_, [args, path, key]) => {
    const on = await theirs('user@example.com', 'all')
    const answer = await web.ask(path(on), { token: tokens.root })
    const { ok, out } = await viaCli('root', [...args(on), '--json'])
    const { next: _next, ...body } = answer.body
    expect([ok, answer.status]).toEqual([true, 200])
    const wanted = key === undefined ? body : body[key]
    expect(Array.isArray(wanted) ? wanted.length : 1).toBeGreaterThan(_ === 'aliases' ? -1 : 0)
    expect(JSON.parse(out)).toEqual(wanted)
  })
})

test('an unknown account: the same words and the same work as for a wrong password, by IMAP and by HTTP', async () => {
  await lazaret.quarantine.as(ROOT).accounts.setDisabled('b@other.example', true)
  const derive = vi.spyOn(Deriver.prototype, 'derive')
  const work = async (login: () => Promise<string>): Promise<[said: string, work: unknown[]]> => {
    derive.mockClear()
    const said = await login()
    return [said, derive.mock.calls.map(([how]) => how)]
  }
  const byImap = async (user: string): Promise<string> => {
    const client = await imap.connect()
    await client.greeting()
    return (await client.command(`LOGIN ${user} "wrong password"`)).tagged
  }
  const byHttp = async (user: string): Promise<string> => {
    const first = await web.ask('session')
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const { status, text } = await web.ask('session', {
      method: 'POST',
      body: { user, password: 'wrong password' },
      headers: { cookie, 'x-lazaret-csrf': String(first.body.csrf) },
    })
    return `${status} ${text}`
  }
  try {
    for (const way of [byImap, byHttp]) {
      const wrong = await work(() => way(LOGINS.user))
      expect(wrong[1]).toHaveLength(1)
      // Nobody, in a domain that there is and in none; one that is disabled; one without a password of its own.
      for (const user of [
        'nobody@example.com',
        'nobody',
        'a@none.example',
        'b@other.example',
        'x@example.com',
      ])
        expect([user, ...(await work(() => way(user)))]).toEqual([user, ...wrong])
    }
  } finally {
    derive.mockRestore()
    await lazaret.quarantine.as(ROOT).accounts.setDisabled('b@other.example', false)
  }
})
