import { describe, expect, test } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import { folder, hold, message, rig, ROOT, uidsIn, USER } from '../rig.ts'

const ON = { imap: { test_mailboxes: 'yes' } }
const flags = { system: 0, keywords: [] }

describe('ordinary mailboxes', () => {
  test('are refused without the test switch, and to everybody but the super-admin', async () => {
    await expect(rig().quarantine.as(ROOT).folders.create('Trash')).rejects.toMatchObject({
      kind: 'impossible',
    })
    const { quarantine } = rig(ON)
    await expect(quarantine.as(USER).folders.create('x')).rejects.toMatchObject({
      kind: 'impossible',
    })
    expect(
      quarantine
        .as(USER)
        .folders.all()
        .some(({ ordinary }) => ordinary),
    ).toBe(false)
  })

  test('can be nested, filled, renamed and deleted', async () => {
    const lazaret = rig(ON)
    const { quarantine } = lazaret
    const made = await quarantine.as(ROOT).folders.create('a/b/c')
    const names = (): string[] =>
      quarantine
        .as(ROOT)
        .folders.all()
        .filter(({ ordinary }) => ordinary)
        .map(({ name }) => name)
    expect(names()).toEqual(['a/b/c'])
    const [uid] = await quarantine
      .as(ROOT)
      .messages.append(made, [
        { raw: message('p'), flags: { system: FLAG.flagged, keywords: ['x'] }, date: 99 },
      ])
    expect(quarantine.as(ROOT).messages.itemAt(made, uid)?.item).toMatchObject({
      kind: 'plain',
      at: 99,
    })
    await quarantine.as(ROOT).folders.rename('a', 'z/y')
    expect(names()).toEqual(['z/y/b/c'])
    expect([
      ...quarantine.as(ROOT).messages.rows(quarantine.as(ROOT).folders.find('z/y/b/c') ?? made).uid,
    ]).toEqual([uid])
    await expect(quarantine.as(ROOT).folders.remove('z/y')).rejects.toMatchObject({
      kind: 'not-empty',
    })
    await quarantine.as(ROOT).folders.remove('z/y/b/c')
    expect(names()).toEqual([])
    await expect(quarantine.as(ROOT).folders.remove('Caught')).rejects.toMatchObject({
      kind: 'impossible',
    })
    await expect(quarantine.as(ROOT).folders.rename('Spam', 'x')).rejects.toMatchObject({
      kind: 'impossible',
    })
    for (const bad of ['', 'a//b', 'nul\0', 'Caught', 'inbox'])
      await expect(quarantine.as(ROOT).folders.create(bad)).rejects.toThrow()
  })

  test('teach nothing by themselves', async () => {
    const lazaret = rig(ON)
    const { quarantine } = lazaret
    const a = await quarantine.as(ROOT).folders.create('a')
    const b = await quarantine.as(ROOT).folders.create('b')
    const uids = await quarantine.as(ROOT).messages.append(
      a,
      [1, 2, 3].map((n) => ({ raw: message(`m${n}`), flags, date: null })),
    )
    const { to } = await quarantine.as(ROOT).messages.copy(a, uids, b)
    await quarantine.as(ROOT).messages.copy(a, uids, a)
    await quarantine.as(ROOT).messages.move(b, to, a)
    expect(quarantine.as(ROOT).messages.status(a).messages).toBe(9)
    expect(lazaret.store.views.lessons.count()).toBe(0)
    expect(lazaret.store.views.outbox.count()).toBe(0)
  })
})

describe('flags', () => {
  test('add, remove and set; unchanged messages keep their MODSEQ', async () => {
    const lazaret = rig()
    await hold(lazaret, message('1'))
    await hold(lazaret, message('2'))
    const caught = folder(lazaret, 'caught')
    const [a, b] = uidsIn(lazaret, 'caught')
    const modseqs = (): number[] => [...lazaret.quarantine.as(USER).messages.rows(caught).modseq]
    const before = modseqs()
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [a, b], {
      mode: 'add',
      flags: { system: FLAG.seen, keywords: [] },
    })
    expect(modseqs()).toEqual(before)
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [a], {
      mode: 'add',
      flags: { system: FLAG.flagged, keywords: ['Blue', 'BLUE'] },
    })
    expect(modseqs()[0]).toBe(lazaret.store.seq)
    const { modified } = await lazaret.quarantine.as(USER).messages.changeFlags(caught, [a, b], {
      mode: 'set',
      flags: { system: 0, keywords: [] },
      unchangedSince: before[1],
    })
    expect(modified).toEqual([a])
    expect([...lazaret.quarantine.as(USER).messages.rows(caught).flags]).toEqual([
      FLAG.seen | FLAG.flagged,
      0,
    ])
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [a], {
      mode: 'remove',
      flags: { system: FLAG.seen, keywords: ['blue'] },
    })
    expect([...lazaret.quarantine.as(USER).messages.rows(caught).keywords]).toEqual([0, 0])
    expect(lazaret.quarantine.as(USER).messages.status(caught).unseen).toBe(2)
  })

  test('a flood of keywords is refused', async () => {
    const lazaret = rig()
    await hold(lazaret, message('1'))
    const [uid] = uidsIn(lazaret, 'caught')
    const many = Array.from({ length: 40 }, (_, i) => `k${i}`)
    await expect(
      lazaret.quarantine.as(USER).messages.changeFlags(folder(lazaret, 'caught'), [uid], {
        mode: 'add',
        flags: { system: 0, keywords: many },
      }),
    ).rejects.toMatchObject({ kind: 'limit' })
  })
})

describe('settings and lists', () => {
  test('an address beats its domain, the domain beats the whole, and a wrong value is refused', async () => {
    const { quarantine } = rig({ settings: { spam: '0.8' } })
    const value = (scope: string): [string, string | null] => {
      const found = quarantine
        .as(ROOT)
        .settings.values(scope)
        .find(({ key }) => key === 'spam')
      return [found?.value ?? '', found?.level ?? null]
    }
    expect(value('user@example.com')).toEqual(['0.8', null])
    await quarantine.as(ROOT).settings.set('', 'spam', '0.85')
    await quarantine.as(ROOT).settings.set('example.com', 'spam', '0.95')
    expect(value('user@example.com')).toEqual(['0.95', 'example.com'])
    await quarantine.as(USER).settings.set('user@example.com', 'spam', '0.99')
    expect(value('user@example.com')).toEqual(['0.99', 'user@example.com'])
    await quarantine.as(USER).settings.set('user@example.com', 'spam', null)
    expect(value('user@example.com')).toEqual(['0.95', 'example.com'])
    await expect(
      quarantine.as(USER).settings.set('example.com', 'spam', '0.5'),
    ).rejects.toMatchObject({
      kind: 'not-allowed',
    })
    await expect(quarantine.as(ROOT).settings.set('', 'spam', '1.5')).rejects.toThrow(/not within/)
    await expect(quarantine.as(ROOT).settings.set('', 'spam', '0.1')).rejects.toThrow(/above spam/)
    await expect(quarantine.as(ROOT).settings.set('', 'nonsense', '1')).rejects.toThrow(
      /no setting/,
    )
    expect(value('other.example')).toEqual(['0.85', ''])
  })

  test('masks are added once, listed in order and removed', async () => {
    const { quarantine } = rig()
    expect(
      await quarantine.as(ROOT).lists.change('', 'block', {
        add: ['*@Spam.example', '*@spam.EXAMPLE', 'a@b.example'],
      }),
    ).toEqual({ added: 2, known: 0, removed: 0 })
    expect(
      await quarantine.as(ROOT).lists.change('', 'block', {
        add: ['a@b.example'],
        remove: ['x@y.example'],
      }),
    ).toEqual({ added: 0, known: 1, removed: 0 })
    await quarantine.as(USER).lists.change(USER.scope, 'allow', { add: ['friend@b.example'] })
    expect(
      [...quarantine.as(ROOT).lists.entries()].map(({ scope, list, mask }) => [scope, list, mask]),
    ).toEqual([
      ['', 'block', '*@spam.example'],
      ['', 'block', 'a@b.example'],
      ['user@example.com', 'allow', 'friend@b.example'],
    ])
    expect([...quarantine.as(USER).lists.entries()]).toHaveLength(1)
    await expect(
      quarantine.as(USER).lists.change('', 'block', { add: ['a@b.example'] }),
    ).rejects.toMatchObject({ kind: 'not-allowed' })
    await expect(
      quarantine.as(ROOT).lists.change('', 'block', { add: ['ok@b.example', 'no at sign'] }),
    ).rejects.toThrow()
    expect([...quarantine.as(ROOT).lists.entries('', 'block')]).toHaveLength(2)
  })
})
