// The junk buttons of mail clients: keywords that are lessons, and say what the message was taught as.
import { describe, expect, test } from 'vitest'
import { FLAG, type Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { FolderId } from '../../../plugin/quarantine/folders/folders.ts'
import { getModel } from '../../../plugin/store/lessons.ts'
import { envelope, folder, hold, itemOf, message, rig, ROOT, uidsIn, USER } from '../rig.ts'

type Mode = 'set' | 'add' | 'remove'

let made = 0
async function caught(lazaret: Lazaret): Promise<number> {
  const [{ item }] = await hold(lazaret, message(`junk-${++made}`))
  return item as number
}

const store = (
  lazaret: Lazaret,
  uid: number,
  mode: Mode,
  keywords: string[],
  where: FolderId = 'caught',
  login: Login = USER,
): Promise<unknown> =>
  lazaret.quarantine
    .as(login)
    .messages.changeFlags(folder(lazaret, where), [uid], { mode, flags: { system: 0, keywords } })

function words(lazaret: Lazaret, uid: number, where: FolderId = 'caught'): string[] {
  const { messages } = lazaret.quarantine.as(ROOT)
  const { uid: uids, keywords } = messages.rows(folder(lazaret, where))
  return messages.keywords(keywords[uids.indexOf(uid)])
}

describe('in Caught', () => {
  const lazaret = rig()
  test.each<[string, [Mode, string[]][], 'ham' | 'spam' | null, string[]]>([
    ['$Junk', [['add', ['$Junk']]], 'spam', ['$Junk']],
    ['Junk, in any case', [['add', ['jUNK']]], 'spam', ['jUNK']],
    ['$NotJunk', [['add', ['$NotJunk']]], 'ham', ['$NotJunk']],
    ['NonJunk', [['add', ['NonJunk']]], 'ham', ['NonJunk']],
    ['a set that replaces', [['set', ['Work', 'NonJunk']]], 'ham', ['NonJunk', 'Work']],
    ['NotJunk is none', [['add', ['NotJunk']]], null, ['NotJunk']],
    [
      'set and unset',
      [
        ['add', ['$Junk']],
        ['remove', ['$Junk']],
      ],
      null,
      [],
    ],
    [
      'set and replaced by nothing',
      [
        ['add', ['$Junk']],
        ['set', ['Work']],
      ],
      null,
      ['Work'],
    ],
    [
      'unset by another name',
      [
        ['add', ['$Junk']],
        ['remove', ['Junk']],
      ],
      'spam',
      ['$Junk'],
    ],
    [
      'one of two names unset',
      [
        ['add', ['$Junk', 'Junk']],
        ['remove', ['Junk']],
      ],
      'spam',
      ['$Junk'],
    ],
    [
      'other words change nothing',
      [
        ['add', ['$Junk']],
        ['add', ['Work']],
      ],
      'spam',
      ['$Junk', 'Work'],
    ],
    [
      'Thunderbird: one, then the other away',
      [
        ['add', ['NonJunk']],
        ['add', ['Junk']],
        ['remove', ['NonJunk']],
      ],
      'spam',
      ['Junk'],
    ],
    [
      'Thunderbird the other way round',
      [
        ['add', ['NonJunk']],
        ['remove', ['NonJunk']],
        ['add', ['Junk']],
      ],
      'spam',
      ['Junk'],
    ],
    [
      'the last one wins',
      [
        ['add', ['$Junk']],
        ['add', ['$NotJunk']],
      ],
      'ham',
      ['$NotJunk'],
    ],
    [
      'also in a set',
      [
        ['add', ['$Junk']],
        ['set', ['$Junk', '$NotJunk']],
      ],
      'ham',
      ['$NotJunk'],
    ],
  ])('%s', async (_, changes, label, keywords) => {
    const id = await caught(lazaret)
    for (const [mode, some] of changes) await store(lazaret, id, mode, some)
    expect(itemOf(lazaret, id)).toMatchObject({ trained: label, release: null })
    // Words that differ in case are one, under the name that came first.
    expect(words(lazaret, id).map((word) => word.toLowerCase())).toEqual(
      keywords.map((word) => word.toLowerCase()),
    )
    expect(uidsIn(lazaret, 'caught')).toContain(id)
  })

  test('both at once are refused, and nothing changes', async () => {
    const id = await caught(lazaret)
    for (const mode of ['add', 'set'] as const)
      await expect(store(lazaret, id, mode, ['Junk', '$NotJunk', 'Work'])).rejects.toMatchObject({
        kind: 'invalid',
      })
    expect(words(lazaret, id)).toEqual([])
    expect(itemOf(lazaret, id).trained).toBeNull()
  })

  test('a lesson given twice counts once, and one taken back not at all', async () => {
    const id = await caught(lazaret)
    const { spam } = getModel(lazaret.store.views)
    await store(lazaret, id, 'add', ['$Junk'])
    await store(lazaret, id, 'add', ['Junk'])
    expect(getModel(lazaret.store.views).spam).toBe(spam + 1)
    await store(lazaret, id, 'remove', ['Junk', '$Junk'])
    expect(getModel(lazaret.store.views).spam).toBe(spam)
  })

  test('what was said by a drag since is not taken back', async () => {
    const id = await caught(lazaret)
    await store(lazaret, id, 'add', ['$Junk'])
    const { messages } = lazaret.quarantine.as(USER)
    await messages.copy(folder(lazaret, 'caught'), [id], folder(lazaret, 'not-spam'))
    await store(lazaret, id, 'remove', ['$Junk'])
    expect(itemOf(lazaret, id).trained).toBe('ham')
  })
})

test('a drop says another thing, and then the keyword goes', async () => {
  const lazaret = rig()
  const { messages } = lazaret.quarantine.as(USER)
  const id = await caught(lazaret)
  await store(lazaret, id, 'add', ['$Junk', 'Work'])
  const drop = async (uid: number, from: FolderId, to: FolderId): Promise<number> =>
    (await messages.move(folder(lazaret, from), [uid], folder(lazaret, to))).to[0]
  const spam = await drop(id, 'caught', 'spam')
  expect(words(lazaret, spam, 'spam')).toEqual(['$Junk', 'Work'])
  const ham = await drop(spam, 'spam', 'not-spam')
  expect(words(lazaret, ham, 'not-spam')).toEqual(['Work'])
  // In a folder that says what a message is, keywords are only keywords.
  await store(lazaret, ham, 'add', ['$Junk', '$NotJunk'], 'not-spam')
  expect(itemOf(lazaret, id).trained).toBe('ham')
  const back = await drop(ham, 'not-spam', 'caught')
  expect(words(lazaret, back)).toEqual(['Work'])
  expect(itemOf(lazaret, id).trained).toBeNull()
})

test('in Training Requested it is a lesson without delivery', async () => {
  const lazaret = rig({ settings: { copy_unsure: 'yes' } })
  await lazaret.quarantine.system.screen(envelope(), message('unsure'))
  const [uid] = uidsIn(lazaret, 'requested')
  await store(lazaret, uid, 'add', ['NonJunk'], 'requested')
  expect(itemOf(lazaret, uid)).toMatchObject({ kind: 'copy', trained: 'ham', release: null })
})

test('Apple Mail says of what it deletes that it is not junk: no lesson stays', async () => {
  const lazaret = rig({ imap: { trash: 'yes' } })
  const { messages } = lazaret.quarantine.as(USER)
  const [moved, copied, expunged, kept] = [
    await caught(lazaret),
    await caught(lazaret),
    await caught(lazaret),
    await caught(lazaret),
  ]
  const inCaught = folder(lazaret, 'caught')
  for (const id of [moved, copied, expunged])
    await store(lazaret, id, 'add', ['$NotJunk', 'NotJunk'])
  await store(lazaret, kept, 'add', ['NonJunk'])
  expect(getModel(lazaret.store.views).ham).toBe(4)
  await messages.move(inCaught, [moved], folder(lazaret, 'trash'))
  await messages.copy(inCaught, [copied], folder(lazaret, 'trash'))
  await messages.changeFlags(inCaught, [expunged, kept], {
    mode: 'add',
    flags: { system: FLAG.deleted, keywords: [] },
  })
  await messages.expunge(inCaught, [expunged, kept])
  const trained = [moved, copied, expunged, kept].map((id) => itemOf(lazaret, id).trained)
  expect(trained).toEqual([null, null, null, 'ham'])
})
