// What the quarantine writes into INBOX: the welcome of a new account, and failures, in the language of the scope.
import { expect, test } from 'vitest'
import type { Ini } from '../../../plugin/config.ts'
import { FLAG, type Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { find, parseHeader } from '../../../plugin/mime/headers.ts'
import { subjectValue } from '../../../plugin/mime/prefix.ts'
import { decodeWords } from '../../../plugin/mime/words.ts'
import { LANGUAGE_TAGS } from '../../../plugin/quarantine/notices/texts.ts'
import { SETTINGS } from '../../../plugin/settings.ts'
import { replayed } from '../../crash/replayed.ts'
import { DOMAIN, folder, hold, message, rig, ROOT, uidsIn, USER } from '../rig.ts'

const PASSWORD = 'correct horse'

function letters(lazaret: Lazaret, login: Login): { subject: string; text: string }[] {
  const { messages } = lazaret.quarantine.as(login)
  return uidsIn(lazaret, 'inbox', login).map((uid) => {
    const raw = Buffer.from(messages.raw(uid))
    const subject = find(parseHeader(raw), 'subject') ?? ''
    // RFC 2047 §2: a header is ASCII.
    expect(subject).toMatch(/^[\x20-\x7e]*$/)
    return { subject: decodeWords(subject), text: raw.toString() }
  })
}

async function welcomed(language: string | null, ini: Ini = {}, login = USER) {
  const lazaret = rig(ini)
  const { accounts, settings } = lazaret.quarantine.as(ROOT)
  if (language !== null) await settings.set('example.com', 'language', language)
  await accounts.add(login.account, login.tier, PASSWORD)
  return lazaret
}

test('a new account is welcomed once, by the names that the folders have', async () => {
  const lazaret = await welcomed(null, { folders: { release: 'Zulassen äöü' } })
  const { accounts } = lazaret.quarantine.as(ROOT)
  await accounts.setPassword('user@example.com', 'battery staple')
  await expect(accounts.add('user@example.com', 'address', PASSWORD)).rejects.toThrow(/already/)
  const [welcome, ...more] = letters(lazaret, USER)
  expect(more).toEqual([])
  expect(welcome.subject).toBe('Welcome to the quarantine')
  for (const name of ['Zulassen äöü', 'Release & Train', 'Not Spam', 'Spam', 'Caught'])
    expect(welcome.text).toContain(name)
  expect(welcome.text).toContain('put it into "Zulassen äöü"')
  expect(welcome.text).toContain('expires after 28 days')
  expect(welcome.text).not.toMatch(/[^\r]\n/)
})

test.each([
  ['de', 'Willkommen in der Quarantäne'],
  ['de-AT', 'Willkommen in der Quarantäne'],
  ['DE', 'Willkommen in der Quarantäne'],
  ['en', 'Welcome to the quarantine'],
  ['fr', 'Welcome to the quarantine'],
])('in the language %s of its domain: %s', async (language, subject) => {
  expect(letters(await welcomed(language), USER).map((one) => one.subject)).toEqual([subject])
})

test('what is no language tag is refused', async () => {
  const { settings } = rig().quarantine.as(ROOT)
  for (const bad of ['constructor', 'de_AT', 'd', 'de-'])
    await expect(settings.set('', 'language', bad)).rejects.toMatchObject({ kind: 'invalid' })
})

test('an account that was not added has none, and every tier is told what it sees', async () => {
  const lazaret = await welcomed(null, {}, DOMAIN)
  expect(letters(lazaret, DOMAIN)[0].text).toContain('all addresses of example.com')
  expect(letters(lazaret, USER)).toEqual([])
  await lazaret.quarantine.as(ROOT).accounts.add('root', 'super-admin', PASSWORD)
  expect(letters(lazaret, ROOT).some(({ text }) => text.includes('of everybody'))).toBe(true)
  expect(letters(lazaret, DOMAIN)).toHaveLength(1)
})

test('each sees the welcome of its own account alone, while it lies there and when it is deleted', async () => {
  const lazaret = rig()
  const { accounts } = lazaret.quarantine.as(ROOT)
  const before = lazaret.store.seq
  for (const { account, tier } of [USER, DOMAIN, ROOT]) await accounts.add(account, tier, PASSWORD)
  const seen = new Set<number>()
  for (const login of [USER, DOMAIN, ROOT]) {
    const { messages } = lazaret.quarantine.as(login)
    const inbox = folder(lazaret, 'inbox', login)
    const uids = uidsIn(lazaret, 'inbox', login)
    expect(uids).toHaveLength(1)
    seen.add(uids[0])
    expect(messages.status(inbox)).toMatchObject({ messages: 1, unseen: 1 })
    const added = messages.changes(inbox, before)?.changes ?? []
    expect(added.map(({ kind, uid }) => [kind, uid])).toEqual([['add', uids[0]]])
  }
  expect(seen.size).toBe(3)
  const mine = lazaret.quarantine.as(USER)
  const inbox = folder(lazaret, 'inbox', USER)
  const [uid] = uidsIn(lazaret, 'inbox', USER)
  const { id } = mine.messages.itemAt(inbox, uid)?.item ?? { id: 0 }
  const whole = (): unknown =>
    [DOMAIN, ROOT].map((login) => {
      const { messages } = lazaret.quarantine.as(login)
      const own = folder(lazaret, 'inbox', login)
      return [messages.status(own), messages.changes(own, lazaret.store.seq)?.changes]
    })
  const others = whole()
  for (const login of [DOMAIN, ROOT]) {
    expect(lazaret.quarantine.as(login).items.get(id)).toBeNull()
    expect(lazaret.quarantine.as(login).messages.itemAt(inbox, uid)).toBeNull()
  }
  const flags = { system: FLAG.deleted | FLAG.seen, keywords: ['Mine'] }
  await mine.messages.changeFlags(inbox, [uid], { mode: 'set', flags })
  await mine.messages.expunge(inbox, [uid])
  expect(uidsIn(lazaret, 'inbox', USER)).toEqual([])
  expect(whole()).toEqual(others)
  for (const login of [DOMAIN, ROOT]) {
    const { items } = lazaret.quarantine.as(login)
    expect((await items.list({ chip: 'deleted' })).items).toEqual([])
    await expect(items.restore([id])).rejects.toMatchObject({ kind: 'not-found' })
    expect(await items.restoreAll()).toBe(0)
  }
  await replayed(lazaret.store)
})

test('a failure is told in the same language, with what was received', async () => {
  const lazaret = await welcomed('de')
  const { system } = lazaret.quarantine
  const [{ item }] = await hold(lazaret, message('f'))
  const user = lazaret.quarantine.as(USER)
  await user.messages.move(
    folder(lazaret, 'caught'),
    uidsIn(lazaret, 'caught'),
    folder(lazaret, 'release'),
  )
  const [job] = (await system.claim(item as number, 'a')) ?? []
  await system.report(item as number, job.token, 'failed', '550 no such user', job.recipient)
  const { subject, text } = letters(lazaret, USER)[1]
  expect(subject).toBe('Eine freigegebene Nachricht konnte nicht zugestellt werden')
  expect(text).toContain('Betreff: Test f')
  expect(text).toContain('550 no such user')
  expect(text).toContain('im Ordner "Caught"')
})

test('the setting names the languages that there are', () => {
  for (const tag of LANGUAGE_TAGS) expect(SETTINGS.language.doc).toMatch(new RegExp(`\\b${tag}\\b`))
})

test('a long subject is folded into encoded words of whole characters', () => {
  const subject = `${'ä€😀'.repeat(40)} plain =?x`
  const value = subjectValue(subject)
  for (const line of value.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
  expect(value).toMatch(/^[\x20-\x7e\r\n]*$/)
  expect(decodeWords(value.replaceAll('\r\n', ''))).toBe(subject)
  expect(subjectValue('plain')).toBe('plain')
})
