// Buttons: what a drop does by folder and UID, they do by the item.
import { describe, expect, test } from 'vitest'
import type { Item, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { FolderId } from '../../../plugin/quarantine/folders/folders.ts'
import { getItem } from '../../../plugin/store/items.ts'
import { envelope, folder, hold, message, OTHER, pass, rig, ROOT, uidsIn, USER } from '../rig.ts'

const BUTTONS = ['release', 'releaseAndTrain', 'notSpam', 'spam', 'undo'] as const
const INTO = {
  release: 'release',
  releaseAndTrain: 'release-train',
  notSpam: 'not-spam',
  spam: 'spam',
} as const

/** What becomes of an item, apart from ids, times and tokens. */
const told = (item: Item | null): unknown =>
  item && {
    trained: item.trained,
    release: item.release?.state ?? null,
    folders: item.places.map(([, where]) => where),
  }

const caught = async (lazaret: Lazaret): Promise<number> =>
  (await hold(lazaret, message('b')))[0].item as number

/** The item, dropped before into `first` by a mail client. */
async function dropped(lazaret: Lazaret, first: FolderId): Promise<number> {
  const id = await caught(lazaret)
  if (first !== 'caught') await move(lazaret, 'caught', first)
  return id
}

async function move(lazaret: Lazaret, from: FolderId, to: FolderId): Promise<void> {
  const [uid] = uidsIn(lazaret, from)
  const { messages } = lazaret.quarantine.as(USER)
  await messages.move(folder(lazaret, from), [uid], folder(lazaret, to))
}

/** How it ends: the state, or the sentence of a refusal. */
async function outcome(act: Promise<unknown>, lazaret: Lazaret, id: number): Promise<unknown> {
  const refused = await act.then(
    () => null,
    (error: Error) => error.message,
  )
  return { refused, ...(told(getItem(lazaret.store.views, id)) as object) }
}

describe('a button does what the drop does', () => {
  const folders: FolderId[] = ['caught', 'release', 'release-train', 'not-spam', 'spam']

  test.each(folders.flatMap((from) => BUTTONS.map((button) => [from, button] as const)))(
    'from %s: %s',
    async (from, button) => {
      const [one, two] = [rig(), rig()]
      const to = button === 'undo' ? 'caught' : INTO[button]
      const [byUid, byId] = [await dropped(one, from), await dropped(two, from)]
      const before = told(getItem(two.store.views, byId))
      const pressed = await outcome(two.quarantine.as(USER).items[button](byId), two, byId)
      // A drag into the folder it is in is refused; a button that is pressed again is not.
      if (from === to) expect(pressed).toEqual({ refused: null, ...(before as object) })
      else expect(pressed).toEqual(await outcome(move(one, from, to), one, byUid))
      // And again: nothing changes, not even the journal.
      const { seq } = two.store
      await two.quarantine.as(USER).items[button](byId)
      expect(two.store.seq).toBe(seq)
    },
  )

  test('what was delivered already cannot be released, with the same sentence', async () => {
    const lazaret = rig({ settings: { copy_unsure: 'yes' } })
    await lazaret.quarantine.system.screen(envelope(), message('copy'))
    const { items, messages } = lazaret.quarantine.as(USER)
    const [uid] = uidsIn(lazaret, 'requested')
    const [from, to] = [folder(lazaret, 'requested'), folder(lazaret, 'release')]
    const why = await messages.move(from, [uid], to).catch((error: Error) => error.message)
    expect(why).toMatch(/delivered already/)
    await expect(items.release(uid)).rejects.toThrow(why)
    await items.spam(uid)
    expect(uidsIn(lazaret, 'spam')).toHaveLength(1)
  })
})

describe('deleting', () => {
  test('hides an item at once; it can be brought back, or pressed at once', async () => {
    const lazaret = rig()
    const id = await caught(lazaret)
    const { items } = lazaret.quarantine.as(USER)
    expect(told(await items.delete(id))).toEqual({ trained: null, release: null, folders: [] })
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    expect((await items.list({ chip: 'deleted' })).items.map(({ item }) => item.id)).toEqual([id])
    expect(told(await items.undo(id))).toMatchObject({ folders: ['caught'] })
    await items.delete(id)
    expect(told(await items.release(id))).toEqual({
      trained: null,
      release: 'wanted',
      folders: ['release'],
    })
  })

  test('is over when the grace is', async () => {
    const lazaret = rig()
    const id = await caught(lazaret)
    const { items } = lazaret.quarantine.as(USER)
    await items.delete(id)
    await pass(lazaret, 3 * 86_400_000)
    await expect(items.undo(id)).rejects.toMatchObject({ kind: 'not-found' })
  })
})

test('copies in several folders: a button says where the item shall be', async () => {
  const lazaret = rig()
  const id = await caught(lazaret)
  const { items, messages } = lazaret.quarantine.as(USER)
  const [uid] = uidsIn(lazaret, 'caught')
  await messages.copy(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
  expect(told(await items.undo(id))).toEqual({
    trained: null,
    release: 'cancelled',
    folders: ['caught'],
  })
  await messages.copy(folder(lazaret, 'caught'), [uid], folder(lazaret, 'spam'))
  expect(told(await items.notSpam(id))).toMatchObject({ trained: 'ham', folders: ['not-spam'] })
})

test('what a client has marked for deletion is not lost with its next expunge', async () => {
  const lazaret = rig()
  const id = await caught(lazaret)
  const { items, messages } = lazaret.quarantine.as(USER)
  const [uid] = uidsIn(lazaret, 'caught')
  const flags = { system: 8, keywords: [] }
  await messages.changeFlags(folder(lazaret, 'caught'), [uid], { mode: 'add', flags })
  await items.release(id)
  const into = folder(lazaret, 'release')
  expect(await messages.expunge(into, uidsIn(lazaret, 'release'))).toEqual([])
})

test('seen and unseen, wherever it lies', async () => {
  const lazaret = rig({ settings: { mark_as_read: 'no' } })
  const id = await caught(lazaret)
  const { items } = lazaret.quarantine.as(USER)
  expect(items.get(id)?.seen).toBe(false)
  await items.markSeen(id, true)
  expect(items.get(id)?.seen).toBe(true)
  const { seq } = lazaret.store
  await items.markSeen(id, true)
  expect(lazaret.store.seq).toBe(seq)
  await items.markSeen(id, false)
  expect(items.get(id)?.seen).toBe(false)
})

test('of others there is nothing to press, and nothing to tell from what is not there', async () => {
  const lazaret = rig()
  const id = await caught(lazaret)
  const sentence = async (login: Login, of: number, button: (typeof BUTTONS)[number]) =>
    await lazaret.quarantine
      .as(login)
      .items[button](of)
      .catch((error: Error) => error.message.replace(String(of), 'N'))
  for (const button of BUTTONS)
    expect(await sentence(OTHER, id, button)).toBe(await sentence(ROOT, 999_999, button))
})

test('the message and its parts', async () => {
  const lazaret = rig()
  const id = await caught(lazaret)
  const { items } = lazaret.quarantine.as(USER)
  expect(items.raw(id).equals(message('b'))).toBe(true)
  expect(items.structure(id)).toMatchObject({ kind: 'text', type: 'text' })
  expect(() => lazaret.quarantine.as(OTHER).items.raw(id)).toThrow(/no item/)
})
