// An account that leaves with all that it has.
import { expect, test } from 'vitest'
import { item } from '../store/rig.ts'
import { DOMAIN, folder, hold, itemOf, message, OTHER, rig, ROOT, uidsIn, USER } from './rig.ts'

test('mail, lists, settings and lessons of the scope go, and nothing of others', async () => {
  const lazaret = rig()
  const { quarantine } = lazaret
  const root = quarantine.as(ROOT)
  const to = ['user@example.com', 'b@other.example']
  for (let i = 0; i < 45; i++) await hold(lazaret, message(`m${i}`), { to })
  const [first, second] = uidsIn(lazaret, 'caught', USER)
  const user = quarantine.as(USER)
  await user.messages.move(folder(lazaret, 'caught'), [first], folder(lazaret, 'spam'))
  await user.messages.move(folder(lazaret, 'caught'), [second], folder(lazaret, 'release'))
  await quarantine
    .as(OTHER)
    .messages.move(
      folder(lazaret, 'caught'),
      [uidsIn(lazaret, 'caught', OTHER)[0]],
      folder(lazaret, 'spam'),
    )
  for (const scope of to) {
    await root.settings.set(scope, 'action', 'tag')
    await root.lists.change(scope, 'allow', { add: ['a@friend.example', '*@list.example'] })
  }
  await root.accounts.add('user@example.com', 'address', 'correct horse')
  const { spam } = root.model.info()
  // And the one that welcomes the account.
  expect(root.accounts.estate('user@example.com')).toEqual({ messages: 46, masks: 2, settings: 1 })
  expect(await root.accounts.purge('user@example.com')).toEqual({
    messages: 46,
    lessons: 1,
    masks: 2,
    settings: 1,
  })
  expect(root.accounts.estate('user@example.com')).toEqual({ messages: 0, masks: 0, settings: 0 })
  expect(root.accounts.estate('b@other.example')).toEqual({ messages: 45, masks: 2, settings: 1 })
  // Both had said of the same message what it is.
  expect(root.model.info().spam).toBe(spam)
  expect(quarantine.system.openReleases()).toEqual([])
  expect(() => itemOf(lazaret, first)).toThrow(/no item/)
  expect(root.accounts.list()).toEqual([])
})

test('of a domain with its addresses, but not over the heads of their accounts; of everything never', async () => {
  const lazaret = rig()
  const { accounts, settings } = lazaret.quarantine.as(ROOT)
  await hold(lazaret, message('one'))
  await settings.set('user@example.com', 'action', 'tag')
  await accounts.add('example.com', 'domain', 'correct horse')
  await accounts.add('user@example.com', 'address', 'correct horse')
  await accounts.add('boss', 'super-admin', 'correct horse')
  await expect(accounts.purge('boss')).rejects.toMatchObject({ kind: 'impossible' })
  await expect(accounts.purge('example.com')).rejects.toThrow(
    /user@example\.com\. Remove them first/,
  )
  await expect(lazaret.quarantine.as(OTHER).accounts.purge('example.com')).rejects.toMatchObject({
    kind: 'not-found',
  })
  await accounts.remove('user@example.com')
  expect(await accounts.purge('example.com')).toMatchObject({ messages: 3, settings: 1 })
  expect(uidsIn(lazaret, 'caught', DOMAIN)).toEqual([])
})

test('however many there are on this server, none is left', async () => {
  const lazaret = rig()
  const scope = 'user@example.com'
  // An item and its place are a row each: more rows of others than are looked at in one turn, and then those that go.
  await lazaret.store.write({ actor: 'test' }, (tx) => {
    for (let n = 0; n < 1200; n++) {
      const of = n < 700 ? 'b@other.example' : scope
      const blob = tx.blob(Buffer.from(`Subject: ${n}\r\n\r\n${n}`))
      const held = item({ scope: of, recipients: [of], blob })
      const flags = { system: 0, keywords: [] }
      tx.append({ type: 'deposit', folder: 'caught', flags, item: held })
    }
  })
  const { accounts } = lazaret.quarantine.as(ROOT)
  await accounts.add(scope, 'address', 'correct horse')
  expect(await accounts.purge(scope)).toMatchObject({ messages: 501 })
  expect(accounts.estate(scope)).toMatchObject({ messages: 0 })
  expect(accounts.estate('b@other.example')).toMatchObject({ messages: 700 })
})
