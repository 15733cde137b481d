import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bad } from '../../../plugin/errors.ts'
import { FLAG, type Change, type Rows } from '../../../plugin/mail.ts'
import type { Folder } from '../../../plugin/quarantine/folders/folders.ts'
import { View } from '../../../plugin/imap/selected/view.ts'

const folder: Folder = {
  id: 'caught',
  name: 'Caught',
  specialUse: null,
  ordinary: false,
  uidValidity: 1,
  mailboxId: 'Fcaught',
}

interface Message {
  uid: number
  modseq: number
  flags: number
  keywords: number
}

const rowsOf = (messages: readonly Message[]): Rows => ({
  uid: Uint32Array.from(messages, ({ uid }) => uid),
  modseq: Uint32Array.from(messages, ({ modseq }) => modseq),
  flags: Uint32Array.from(messages, ({ flags }) => flags),
  keywords: Uint32Array.from(messages, ({ keywords }) => keywords),
})

const viewOf = (uids: readonly number[], seq = 100): View =>
  new View({
    folder,
    readOnly: false,
    rows: rowsOf(uids.map((uid) => ({ uid, modseq: uid, flags: 0, keywords: 0 }))),
    seq,
    highest: seq,
  })

const gone = (seq: number, uid: number): Change => ({ kind: 'gone', seq, uid })
const add = (uid: number): Change => ({ kind: 'add', seq: uid, uid, flags: 0, keywords: 0 })
const seen = (seq: number, uid: number): Change => ({
  kind: 'flags',
  seq,
  uid,
  flags: FLAG.seen,
  keywords: 0,
})

describe('sequence numbers', () => {
  test('are positions among the UIDs', () => {
    const view = viewOf([3, 5, 9])
    expect([3, 5, 9, 4].map((uid) => view.seqOf(uid))).toEqual([1, 2, 3, 0])
  })

  test('HIGHESTMODSEQ does not pass what was not told', () => {
    const view = viewOf([1, 2, 3])
    expect(view.highest).toBe(100)
    view.advance([gone(120, 1), gone(130, 2)], 140, { expunge: false })
    expect(view.highest).toBe(119)
    view.advance([], 150, { expunge: true })
    expect(view.highest).toBe(130)
    view.untold = 110
    expect(view.highest).toBe(110)
  })

  test('expunges are told highest first, so that none shifts another', () => {
    const view = viewOf([3, 5, 9, 12])
    const step = view.advance([gone(101, 5), gone(102, 12), gone(103, 3)], 103, { expunge: true })
    expect(step.expunged).toEqual([4, 2, 1])
    expect(step.vanished).toEqual([3, 5, 12])
    expect([...view.uids]).toEqual([9])
  })

  test('a held-back expunge keeps its number until it may be told', () => {
    const view = viewOf([3, 5, 9])
    const held = view.advance([gone(101, 3), add(110), seen(111, 9)], 111, { expunge: false })
    expect(held).toEqual({ expunged: [], vanished: [], added: 1, flags: [9] })
    expect(view.isGone(3)).toBe(true)
    expect([...view.uids]).toEqual([3, 5, 9, 110])
    const told = view.advance([], 111, { expunge: true })
    expect(told).toEqual({ expunged: [1], vanished: [3], added: 0, flags: [] })
    expect([...view.uids]).toEqual([5, 9, 110])
  })

  test('what came and went between two looks was never there', () => {
    const view = viewOf([3])
    const step = view.advance([add(101), add(102), gone(103, 101)], 103, { expunge: false })
    expect(step).toEqual({ expunged: [], vanished: [], added: 1, flags: [] })
    expect([...view.uids]).toEqual([3, 102])
  })

  test('changes that were applied already change nothing', () => {
    const view = viewOf([3, 5])
    view.advance([seen(101, 3), add(102)], 102, { expunge: true })
    const again = view.advance([seen(101, 3), add(102)], 102, { expunge: true })
    expect(again).toEqual({ expunged: [], vanished: [], added: 0, flags: [] })
  })
})

describe('sets', () => {
  const view = viewOf([3, 5, 9, 12])
  const uids = (set: { from: number; to: number }[], uid: boolean): number[] =>
    view.uidsOf(set, uid)

  test('by sequence number and by UID', () => {
    expect(uids([{ from: 2, to: 3 }], false)).toEqual([5, 9])
    expect(uids([{ from: 4, to: 10 }], true)).toEqual([5, 9])
    expect(uids([{ from: Infinity, to: Infinity }], false)).toEqual([12])
    // RFC 9051 §9 seq-range: 100:* of UIDs below 100 is the last message
    expect(uids([{ from: 100, to: Infinity }], true)).toEqual([12])
  })

  test('a sequence number that no message has is Bad, a UID is not', () => {
    expect(() => uids([{ from: 5, to: 5 }], false)).toThrow(Bad)
    expect(uids([{ from: 77, to: 77 }], true)).toEqual([])
  })

  test('the saved result loses what is expunged', () => {
    const mine = viewOf([3, 5, 9])
    mine.saved = [
      { from: 3, to: 3 },
      { from: 9, to: 9 },
    ]
    mine.advance([gone(101, 3)], 101, { expunge: true })
    expect(mine.uidsOf('$', false)).toEqual([9])
  })
})

/** A mailbox as a server has it: the plain way, with objects. */
class Model {
  messages: Message[] = []
  seq = 0

  step(kind: 'add' | 'gone' | 'flags', pick: number): Change[] {
    this.seq++
    const { seq } = this
    if (kind === 'add') {
      this.messages.push({ uid: seq, modseq: seq, flags: 0, keywords: 0 })
      return [add(seq)]
    }
    const message = this.messages[pick % (this.messages.length || 1)]
    if (!message) return []
    if (kind === 'gone') {
      this.messages = this.messages.filter((one) => one !== message)
      return [gone(seq, message.uid)]
    }
    message.flags ^= 1 << (pick % 4)
    message.modseq = seq
    return [{ kind: 'flags', seq, uid: message.uid, flags: message.flags, keywords: 0 }]
  }
}

/** A mailbox as a client has it: it knows only what it is told (RFC 9051 §7.5). */
class Client {
  uids: (number | undefined)[] = []

  hear(view: View, step: ReturnType<View['advance']>): void {
    for (const number of step.expunged) this.uids.splice(number - 1, 1)
    for (let i = 0; i < step.added; i++) this.uids.push(undefined)
    // It asks for the UIDs of what is new.
    this.uids = this.uids.map((uid, i) => uid ?? view.uidAt(i))
  }
}

const STEPS = fc.array(
  fc.record({
    kind: fc.constantFrom('add' as const, 'add' as const, 'gone' as const, 'flags' as const),
    pick: fc.nat(1000),
    look: fc.constantFrom('no', 'no', 'keep', 'tell', 'again'),
  }),
  { maxLength: 120 },
)

test('property: whatever happens, client and view agree, and with the mailbox in the end', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const model = new Model()
      const view = new View({ folder, readOnly: false, rows: rowsOf([]), seq: 0, highest: 0 })
      const client = new Client()
      let pending: Change[] = []
      const look = (expunge: boolean): void => {
        const step = view.advance(pending, model.seq, { expunge })
        if (!expunge) expect(step.expunged).toEqual([])
        client.hear(view, step)
        expect(client.uids).toEqual([...view.uids])
        for (const uid of step.flags) expect(view.seqOf(uid)).toBeGreaterThan(0)
        pending = []
      }
      for (const { kind, pick, look: how } of steps) {
        pending.push(...model.step(kind, pick))
        if (how === 'again') pending = view.difference(rowsOf(model.messages))
        if (how !== 'no') look(how !== 'keep')
      }
      look(true)
      const got = [...view.uids].map((uid, i) => ({
        uid,
        modseq: view.modseqAt(i),
        flags: view.flagsAt(i),
        keywords: view.keywordsAt(i),
      }))
      expect(got).toEqual(model.messages)
    }),
    { numRuns: 500 },
  )
})
