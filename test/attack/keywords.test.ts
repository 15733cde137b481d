// Keywords and space: what one account takes is bounded, others have theirs.
import { expect, test } from 'vitest'
import { FLAG } from '../../plugin/mail.ts'
import type { Verbs } from '../../plugin/quarantine/verbs/verbs.ts'
import { SETS_OF_SCOPE_MAX } from '../../plugin/quarantine/folders/keyword-room.ts'
import { NEW_MAX } from '../../plugin/quarantine/folders/unused-keywords.ts'
import { keywordSets } from '../../plugin/store/keywords.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import {
  appendAll,
  folder,
  hold,
  message,
  OTHER,
  rig,
  ROOT,
  uidsIn,
  USER,
} from '../quarantine/rig.ts'
import { tempDir } from '../tmp.ts'

const set = (keywords: string[]) => ({ mode: 'set' as const, flags: { system: 0, keywords } })
const none = { system: 0, keywords: [] }

test('sets of keywords: a bound for each account, by STORE and by APPEND, and unused ones are dropped', async () => {
  const lazaret = rig()
  const { quarantine, store } = lazaret
  const count = SETS_OF_SCOPE_MAX + 5
  const spam = folder(lazaret, 'spam', USER)
  const user = quarantine.as(USER)
  const messages = Array.from({ length: count }, (_, i) => ({
    raw: message(`m${i}`),
    date: null,
    flags: { system: 0, keywords: i < SETS_OF_SCOPE_MAX ? [`word${i}`] : [] },
  }))
  const uids = await appendAll(user, spam, messages)
  const mark = (verbs: Verbs, i: number, word: string) =>
    verbs.messages.changeFlags(spam, [uids[i]], set([word]))
  await expect(mark(user, SETS_OF_SCOPE_MAX, 'one-more')).rejects.toMatchObject({ kind: 'limit' })
  const appended = { raw: message('new'), date: null, flags: { system: 0, keywords: ['appended'] } }
  await expect(user.messages.append(spam, [appended])).rejects.toMatchObject({ kind: 'limit' })
  // What is there already can be used, and taken off.
  await mark(user, SETS_OF_SCOPE_MAX, 'word0')
  await user.messages.changeFlags(spam, uids, {
    mode: 'add',
    flags: { system: FLAG.flagged, keywords: [] },
  })
  // Another account has its own.
  const other = quarantine.as(OTHER)
  await other.messages.append(folder(lazaret, 'spam', OTHER), [
    { ...appended, raw: message('other') },
  ])
  expect(keywordSets(store.views)).toBe(SETS_OF_SCOPE_MAX + 1)
  expect(await quarantine.system.dropKeywords()).toBe(0)
  // Off again: numbers are not given twice, the sets are gone.
  const { keywords } = user.messages.rows(spam)
  await user.messages.changeFlags(spam, uids, set([]))
  expect(await quarantine.system.dropKeywords()).toBe(SETS_OF_SCOPE_MAX)
  expect(keywordSets(store.views)).toBe(1)
  expect(user.messages.keywords(keywords[0])).toEqual([])
  await mark(user, 0, 'word0')
  const again = user.messages.rows(spam).keywords[0]
  expect(again).toBeGreaterThan(Math.max(...keywords))
  expect(user.messages.keywords(again)).toEqual(['word0'])
  const copy = new Store({ dir: tempDir() })
  await replay(store, copy)
  expect(compareViews(store.views, copy.views)).toBeNull()
  await copy.close()
})

test('keywords that are put on and taken off again and again leave few behind', async () => {
  const lazaret = rig()
  const { quarantine, store } = lazaret
  const user = quarantine.as(USER)
  const spam = folder(lazaret, 'spam', USER)
  const messages = Array.from({ length: SETS_OF_SCOPE_MAX }, (_, i) => ({
    raw: message(`m${i}`),
    date: null,
    flags: { system: 0, keywords: [`word${i}`] },
  }))
  const uids = await appendAll(user, spam, messages)
  let most = 0
  for (let round = 0; round < 4; round++) {
    // One word more, on messages that have others: as many new sets as messages.
    await user.messages.changeFlags(spam, uids, {
      mode: 'add',
      flags: { system: 0, keywords: [`churn${round}`] },
    })
    most = Math.max(most, keywordSets(store.views))
  }
  // Of five times as many as there are messages.
  expect(most).toBeLessThanOrEqual(NEW_MAX + 2 * SETS_OF_SCOPE_MAX)
  expect(user.messages.keywords(user.messages.rows(spam).keywords[0])).toHaveLength(5)
})

test('space: reports fill what an address has and no more; what is held comes in', async () => {
  const lazaret = rig({ settings: { quota_mb: 1 } })
  const { quarantine } = lazaret
  const user = quarantine.as(USER)
  const spam = folder(lazaret, 'spam', USER)
  const big = (id: string) => ({ raw: message(id, 'x'.repeat(400_000)), date: null, flags: none })
  await user.messages.append(spam, [big('1')])
  // Two more would be too many: none of them is kept.
  await expect(user.messages.append(spam, [big('2'), big('3')])).rejects.toMatchObject({
    kind: 'over-quota',
  })
  await user.messages.append(spam, [big('2')])
  const { used, limit } = user.folders.quota()
  expect([Math.round(used / 1e5), limit]).toEqual([8, 2 ** 20])
  const [{ item }] = await hold(lazaret, message('held', 'y'.repeat(400_000)))
  expect(item).not.toBeNull()
  // It is more than there is now, and a drop of what is here already takes no more of it.
  const [uid] = uidsIn(lazaret, 'caught', USER)
  await user.messages.move(folder(lazaret, 'caught', USER), [uid], spam)
  await expect(user.messages.append(spam, [big('4')])).rejects.toThrow(/2 of 1 MB|Delete some mail/)
  await quarantine.as(OTHER).messages.append(folder(lazaret, 'spam', OTHER), [big('5')])
  // Nobody gives himself more.
  await expect(user.settings.set(USER.scope, 'quota_mb', '5')).rejects.toMatchObject({
    kind: 'not-allowed',
  })
  await quarantine.as(ROOT).settings.set(USER.scope, 'quota_mb', '5')
  await user.messages.append(spam, [big('4')])
})
