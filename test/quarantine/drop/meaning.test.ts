// Every pair of folders, written down: what a drop from one into the other means.
import { describe, expect, test } from 'vitest'
import type { Item } from '../../../plugin/mail.ts'
import { NAMES, type FolderId } from '../../../plugin/quarantine/folders/folders.ts'
import { meaning, meaningFor } from '../../../plugin/quarantine/drop/meaning.ts'

const COLUMNS: FolderId[] = [
  'inbox',
  'caught',
  'outgoing',
  'requested',
  'release-train',
  'release',
  'not-spam',
  'spam',
  'trash',
  'box-7',
]
// no: refused · undo · file · R+: deliver and learn as ham · R: deliver · ham, spam: learn
const TABLE: [FolderId | 'append', string][] = [
  //                inbox caught outgoing requested r&t release not-spam spam trash box
  ['append', 'no   undo   undo     undo      R+  R       ham      spam file  file'],
  ['inbox', 'no   no     no       no        no  no      no       no   file  file'],
  ['caught', 'no   no     undo     undo      R+  R       ham      spam file  file'],
  ['outgoing', 'no   undo   no       undo      R+  R       ham      spam file  file'],
  ['requested', 'no   undo   undo     no        R+  R       ham      spam file  file'],
  ['release-train', 'no   undo   undo     undo      no  R       ham      spam file  file'],
  ['release', 'no   undo   undo     undo      R+  no      ham      spam file  file'],
  ['not-spam', 'no   undo   undo     undo      R+  R       no       spam file  file'],
  ['spam', 'no   undo   undo     undo      R+  R       ham      no   file  file'],
  ['trash', 'no   undo   undo     undo      R+  R       ham      spam no    file'],
  ['box-7', 'no   undo   undo     undo      R+  R       ham      spam file  no'],
]

function word(from: FolderId | null, to: FolderId): string {
  const means = meaning(from, to)
  if (means.does === 'refuse') return 'no'
  if (means.does !== 'act') return means.does
  if (means.release) return means.label === 'ham' ? 'R+' : 'R'
  return String(means.label)
}

describe('meaning(from, to)', () => {
  for (const [from, row] of TABLE) {
    const words = row.split(/\s+/)
    test.each(COLUMNS.map((to, i) => [to, words[i]] as const))(
      `${from} -> %s: %s`,
      (to, expected) => {
        expect(word(from === 'append' ? null : from, to)).toBe(expected)
      },
    )
  }
})

describe('meaning for an item', () => {
  const item = (over: Partial<Item>): Item => ({ kind: 'held', home: 'caught', ...over }) as Item

  test('what was delivered already cannot be released, and the sentence says so', () => {
    for (const to of ['release', 'release-train'] as const)
      expect(() => meaningFor(item({ kind: 'copy', home: 'requested' }), 'requested', to)).toThrow(
        /delivered already/,
      )
  })

  test.each(['report', 'notice', 'plain'] as const)('a %s has nobody to be released to', (kind) => {
    expect(() => meaningFor(item({ kind }), 'spam', 'release')).toThrow(/nobody to release it to/)
  })

  test('a split message that came back is released and put back as what was caught', () => {
    const back = (direction: 'in' | 'out') => item({ kind: 'split', home: '', direction })
    expect(meaningFor(back('in'), 'caught', 'release')).toMatchObject({ release: true })
    expect(meaningFor(back('in'), 'release', 'caught')).toEqual({ does: 'undo' })
    expect(meaningFor(back('out'), 'release', 'outgoing')).toEqual({ does: 'undo' })
    expect(() => meaningFor(back('in'), 'release', 'outgoing')).toThrow(/caught in this folder/)
    expect(() => meaningFor(back('in'), 'release', 'requested')).toThrow(/caught in this folder/)
  })

  test('only what was caught in a folder can be put back there', () => {
    expect(meaningFor(item({}), 'release', 'caught')).toEqual({ does: 'undo' })
    expect(() => meaningFor(item({}), 'release', 'outgoing')).toThrow(/caught in this folder/)
    expect(() => meaningFor(item({}), 'release', 'requested')).toThrow(/caught in this folder/)
    expect(meaningFor(item({ kind: 'copy', home: 'requested' }), 'spam', 'requested')).toEqual({
      does: 'undo',
    })
  })

  test('INBOX says where to drop instead, by the names that the folders have', () => {
    const means = meaning('caught', 'inbox')
    const why = means.does === 'refuse' ? means.why : ''
    for (const name of ['Release', 'Release & Train', 'Not Spam', 'Spam', 'Caught'])
      expect(why).toContain(`"${name}"`)
    expect(() =>
      meaningFor(item({}), 'caught', 'inbox', { ...NAMES, release: 'Let it go' }),
    ).toThrow(/"Let it go"/)
  })

  test('a refusal is a sentence', () => {
    expect(() => meaningFor(item({}), 'caught', 'inbox')).toThrow(/^[A-Z].*\.$/)
  })
})
