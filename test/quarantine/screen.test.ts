import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { FLAG } from '../../plugin/mail.ts'
import type { Lazaret } from '../../plugin/open.ts'
import type { FolderId } from '../../plugin/quarantine/folders/folders.ts'
import {
  corpus,
  envelope,
  folder,
  hold,
  itemOf,
  message,
  rig,
  ROOT,
  trained,
  uidsIn,
  USER,
} from './rig.ts'
import { whole } from './whole.ts'

const SPAM = corpus('spam-1', 3)
const HAM = corpus('easy-ham-2', 3)

describe('one decision per recipient', () => {
  test('listed, unlisted and disabled recipients of one message', async () => {
    const lazaret = rig()
    const { quarantine } = lazaret
    await quarantine
      .as(ROOT)
      .lists.change('listed@example.com', 'block', { add: ['*@sender.example'] })
    await quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const to = ['listed@example.com', 'plain@example.com', 'off@example.com']
    const decisions = await quarantine.system.screen(envelope({ to }), message('three'))
    expect(decisions.map(({ outcome, verdict }) => [outcome, verdict?.class ?? null])).toEqual([
      ['hold', 'spam'],
      ['deliver', 'unsure'],
      ['split', null],
    ])
    expect(uidsIn(lazaret, 'caught')).toHaveLength(1)
    expect(itemOf(lazaret, decisions[2].item)).toMatchObject({
      kind: 'split',
      edit: null,
      release: { state: 'wanted' },
    })
  })

  test('the same message again is the same item, in the caught and in the split', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const to = ['user@example.com', 'off@example.com', 'c@example.com']
    const first = await hold(lazaret, SPAM[0], { to })
    const again = await hold(lazaret, SPAM[0], { to })
    expect(again.map(({ item }) => item)).toEqual(first.map(({ item }) => item))
    expect(uidsIn(lazaret, 'caught')).toHaveLength(2)
  })

  describe('the same bytes later are other mail', () => {
    const again = async (lazaret: Lazaret): Promise<number | null> =>
      (await hold(lazaret, SPAM[0]))[0].item
    const drop = async (lazaret: Lazaret, id: FolderId, uid: number): Promise<void> => {
      await lazaret.quarantine
        .as(ROOT)
        .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, id))
    }

    test.each(['release', 'spam', 'not-spam'] as const)('once it was moved to %s', async (to) => {
      const lazaret = rig()
      const first = (await again(lazaret)) as number
      await drop(lazaret, to, first)
      const second = await again(lazaret)
      expect(second).not.toBe(first)
      // The newer one is what a retry finds from now on.
      expect(await again(lazaret)).toBe(second)
      expect(uidsIn(lazaret, 'caught')).toEqual([second])
    })

    test('once it was deleted', async () => {
      const lazaret = rig()
      const first = (await again(lazaret)) as number
      const caught = folder(lazaret, 'caught')
      await lazaret.quarantine.as(ROOT).messages.changeFlags(caught, [first], {
        mode: 'add',
        flags: { system: FLAG.deleted, keywords: [] },
      })
      await lazaret.quarantine.as(ROOT).messages.expunge(caught, [first])
      expect(await again(lazaret)).not.toBe(first)
    })

    test('some hours later, and not before', async () => {
      const lazaret = rig()
      const first = await again(lazaret)
      const now = Date.now()
      const clock = vi.spyOn(Date, 'now')
      onTestFinished(() => clock.mockRestore())
      clock.mockReturnValue(now + 3 * 3_600_000)
      expect(await again(lazaret)).toBe(first)
      clock.mockReturnValue(now + 5 * 3_600_000)
      expect(await again(lazaret)).not.toBe(first)
    })

    test('a split recipient gets it again once the first was delivered or bounced', async () => {
      const lazaret = rig()
      const { quarantine } = lazaret
      await quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
      const to = ['a@example.com', 'off@example.com', 'c@example.com']
      const split = async (): Promise<number> =>
        (await quarantine.system.screen(envelope({ to }), message('alarm')))[1].item as number
      const first = await split()
      expect(await split()).toBe(first)
      for (const outcome of ['delivered', 'failed'] as const) {
        const id = await split()
        const [job] = (await quarantine.system.claim(id, 'worker')) ?? []
        expect(await split()).toBe(id)
        await quarantine.system.report(id, job.token, outcome, '250 ok')
        const next = await split()
        expect(next).not.toBe(id)
        expect(itemOf(lazaret, next).release?.state).toBe('wanted')
      }
    })
  })

  test('a mailbox that is named twice has one item', async () => {
    const lazaret = rig()
    const decisions = await hold(lazaret, SPAM[0], { to: ['User@example.com', 'user@EXAMPLE.com'] })
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['hold', 'hold'])
    expect(decisions[0].item).toBe(decisions[1].item)
    expect(uidsIn(lazaret, 'caught')).toHaveLength(1)
  })

  test('the answer does not depend on the copy that is held for somebody else', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('strict@example.com', 'action', 'reject')
    const to = ['strict@example.com', 'user@example.com']
    const decisions = await hold(lazaret, SPAM[0], { to })
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['reject', 'hold'])
    expect(uidsIn(lazaret, 'caught')).toHaveLength(2)
  })

  test('an outgoing item has the recipients for whom it is held, and no others', async () => {
    const lazaret = rig()
    const { quarantine } = lazaret
    await quarantine.as(ROOT).settings.set('', 'hold_outgoing', 'yes')
    await quarantine.as(ROOT).lists.change('', 'block', { add: ['me@example.com'] })
    const mail = envelope({
      direction: 'out',
      sender: 'me@example.com',
      // Within a domain no block entry counts: one of them gets it.
      to: ['a@x.example', 'colleague@example.com', 'b@y.example'],
    })
    const raw = message('out')
    const screened = await quarantine.system.screen(mail, raw)
    expect(screened.map(({ outcome }) => outcome)).toEqual(['hold', 'deliver', 'hold'])
    expect(itemOf(lazaret, screened[0].item).recipients).toEqual(['a@x.example', 'b@y.example'])
    expect(screened[2].item).toBe(screened[0].item)
    const again = await quarantine.system.screen(mail, raw)
    expect(again[0].item).toBe(screened[0].item)
  })

  test('mark_as_read decides whether what is caught is \\Seen', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('b@example.com', 'mark_as_read', 'no')
    await hold(lazaret, SPAM[0], { to: ['a@example.com', 'b@example.com'] })
    const rows = lazaret.quarantine.as(ROOT).messages.rows(folder(lazaret, 'caught'))
    expect([...rows.flags]).toEqual([FLAG.seen, 0])
  })

  test('action = reject rejects only when nobody else is to get the message', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'reject')
    const [alone] = await hold(lazaret, SPAM[0])
    expect(alone.outcome).toBe('reject')
    expect(itemOf(lazaret, alone.item).kind).toBe('held')
    await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const both = await hold(lazaret, SPAM[1], { to: ['user@example.com', 'off@example.com'] })
    expect(both.map(({ outcome }) => outcome)).toEqual(['hold', 'deliver'])
  })

  test('action = tag delivers with the prefix, and off leaves the Subject alone', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'tag')
    const [tagged] = await hold(lazaret, SPAM[0])
    expect(tagged).toMatchObject({ outcome: 'deliver', edit: { subjectPrefix: '***SPAM***' } })
    await lazaret.quarantine.as(ROOT).settings.set('', 'subject_prefix', 'off')
    const [plain] = await hold(lazaret, SPAM[0])
    expect(plain.edit?.subjectPrefix).toBeNull()
    expect(plain.edit?.add.map(([name]) => name)).toEqual([
      'X-Spam-Flag',
      'X-Spam-Score',
      'X-Spam-Status',
    ])
  })

  test('another plugin that wants the message quarantined is heard', async () => {
    const lazaret = rig()
    const [decision] = await lazaret.quarantine.system.screen(
      envelope({ hold: 'virus found' }),
      HAM[0],
    )
    expect(decision.outcome).toBe('hold')
    expect(itemOf(lazaret, decision.item).verdict?.evidence.at(-1)?.text).toBe('virus found')
  })

  test('unsure mail is copied into Training Requested where that is wanted', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('', 'copy_unsure', 'yes')
    const [decision] = await lazaret.quarantine.system.screen(envelope(), message('unsure'))
    expect(decision).toMatchObject({ outcome: 'deliver', verdict: { class: 'unsure' } })
    const [uid] = uidsIn(lazaret, 'requested', USER)
    expect(itemOf(lazaret, uid).kind).toBe('copy')
    await expect(
      lazaret.quarantine
        .as(USER)
        .messages.move(folder(lazaret, 'requested'), [uid], folder(lazaret, 'release')),
    ).rejects.toThrow(/delivered already/)
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'requested'), [uid], folder(lazaret, 'spam'))
    expect(itemOf(lazaret, uid).trained).toBe('spam')
  })

  test('outgoing spam is held for its sender, once for all recipients, when that is wanted', async () => {
    const lazaret = rig()
    const out = {
      direction: 'out' as const,
      sender: 'me@blocked.example',
      to: ['x@far.example', 'y@far.example'],
    }
    expect((await hold(lazaret, SPAM[0], out)).map(({ outcome }) => outcome)).toEqual([
      'deliver',
      'deliver',
    ])
    await lazaret.quarantine.as(ROOT).settings.set('blocked.example', 'hold_outgoing', 'yes')
    const decisions = await hold(lazaret, SPAM[0], out)
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['hold', 'hold'])
    expect(new Set(decisions.map(({ item }) => item)).size).toBe(1)
    expect(
      uidsIn(lazaret, 'outgoing', {
        account: 'me@blocked.example',
        tier: 'address',
        scope: 'me@blocked.example',
      }),
    ).toHaveLength(1)
  })
})

describe('the model', () => {
  test('a trained one holds spam and delivers ham', async () => {
    const lazaret = rig()
    await trained(lazaret, 400)
    let held = 0
    for (const raw of corpus('spam-1', 50)) {
      const [{ outcome }] = await lazaret.quarantine.system.screen(envelope(), raw)
      if (outcome === 'hold') held++
    }
    let lost = 0
    for (const raw of corpus('easy-ham-2', 50)) {
      const [{ outcome }] = await lazaret.quarantine.system.screen(envelope(), raw)
      if (outcome === 'hold') lost++
    }
    expect(held).toBeGreaterThan(35)
    expect(lost).toBe(0)
  })

  test('an untrained one holds nothing', async () => {
    const lazaret = rig()
    for (const raw of [...SPAM, ...HAM]) {
      const [{ outcome, verdict }] = await lazaret.quarantine.system.screen(envelope(), raw)
      expect([outcome, verdict?.class]).toEqual(['deliver', 'unsure'])
    }
  })
})

describe('a released message', () => {
  /** As it stands in a queue file, its release under way. */
  async function releasedOne(
    lazaret: Lazaret,
  ): Promise<{ id: number; token: string; raw: Buffer }> {
    const [{ item }] = await hold(lazaret, SPAM[0])
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
    const [job] = (await lazaret.quarantine.system.claim(item as number, 'w')) ?? []
    const { passMark } = await job.examine()
    const mark = Buffer.from(`Received: by hop\r\nX-Lazaret-Release: ${passMark}\r\n`)
    return { id: item as number, token: job.token, raw: Buffer.concat([mark, await whole(job)]) }
  }
  const outcome = async (...of: Parameters<typeof hold>): Promise<string> =>
    (await hold(...of))[0].outcome

  test('passes unjudged with its pass mark, to its recipient and as a whole only', async () => {
    const lazaret = rig()
    const { raw } = await releasedOne(lazaret)
    const [back] = await hold(lazaret, raw)
    expect(back).toMatchObject({ outcome: 'deliver', verdict: null })
    // The mailbox has no use for the mark.
    expect(back.edit).toEqual({ remove: ['x-lazaret-release'], add: [], subjectPrefix: null })
    expect(await outcome(lazaret, raw, { to: ['other@example.com'] })).toBe('hold')
    const text = raw.toString('latin1')
    const at = text.indexOf('\r\n\r\n')
    const forged = [
      `${text}\r\nbuy now\r\n`,
      `Reply-To: a@spam.example\r\n${text}`,
      `From: friend@example.com\r\n${text}`,
      `${text.slice(0, at)}\r\nX-Mine: 1${text.slice(at)}`,
      text.replace(/^Date: .*\r?\n/m, ''),
      text.replace(/^To: /m, 'To: x'),
      text.replace(/ t=\d+/, ' t=99999999999'),
      text.replace(/ n=\d+/, ' n=0'),
    ]
    for (const other of forged) {
      expect(other).not.toBe(text)
      expect(await outcome(lazaret, Buffer.from(other, 'latin1'))).toBe('hold')
    }
    // Relays put their own in front, end lines as they like and drop empty ones at the end.
    const relayed = `Return-Path: <>\r\nAuthentication-Results: x; spf=pass\r\n${text}\r\n`
    expect(await outcome(lazaret, Buffer.from(relayed, 'latin1'))).toBe('deliver')
  })

  test('as often as our queue has to bring it, then once for whoever has it', async () => {
    const lazaret = rig()
    const { quarantine } = lazaret
    const { id, token, raw } = await releasedOne(lazaret)
    for (let i = 0; i < 3; i++) expect(await outcome(lazaret, raw)).toBe('deliver')
    await quarantine.system.report(id, token, 'delivered', '250 ok')
    expect(await outcome(lazaret, raw)).toBe('hold')
    // One that passed nowhere before: what was not taken in the end does not count.
    const other = rig()
    const two = await releasedOne(other)
    await other.quarantine.system.report(two.id, two.token, 'delivered', '250 ok')
    expect(await outcome(other, two.raw)).toBe('deliver')
    await other.quarantine.system.givePassBack(two.id, 'user@example.com')
    const [again] = await hold(other, two.raw)
    expect(again.passed).toEqual({ item: two.id, spends: true })
    expect(await outcome(other, two.raw)).toBe('hold')
  })

  test('not after some days', async () => {
    const lazaret = rig()
    const { raw } = await releasedOne(lazaret)
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now')
    onTestFinished(() => clock.mockRestore())
    clock.mockReturnValue(now + 6 * 86_400_000)
    expect(await outcome(lazaret, raw)).toBe('deliver')
    clock.mockReturnValue(now + 8 * 86_400_000)
    expect(await outcome(lazaret, raw)).toBe('hold')
  })

  test('keeps a mark that somebody has signed on its way', async () => {
    const lazaret = rig()
    const { raw } = await releasedOne(lazaret)
    const sign = (h: string): Buffer =>
      Buffer.concat([Buffer.from(`DKIM-Signature: v=1; h=${h}; b=x\r\n`), raw])
    const [signed] = await hold(lazaret, sign('From:\r\n\tX-Lazaret-Release : To'))
    expect(signed).toMatchObject({ outcome: 'deliver', edit: null })
    const [other] = await hold(lazaret, sign('From:To'))
    expect(other.edit?.remove).toEqual(['x-lazaret-release'])
  })
})

describe('the shipped base model', () => {
  test('gives a new installation an opinion, but nothing is held before lessons of its own', async () => {
    const lazaret = rig({ main: { base_model: 'yes' } })
    const spam = lazaret.quarantine.as(ROOT).model.score(corpus('spam-2', 1, 30)[0]).score.z
    const ham = lazaret.quarantine.as(ROOT).model.score(corpus('easy-ham-1', 1, 30)[0]).score.z
    expect(spam).toBeGreaterThan(0)
    expect(ham).toBeLessThan(0)
    for (const raw of corpus('spam-2', 20)) {
      const [{ outcome }] = await lazaret.quarantine.system.screen(envelope(), raw)
      expect(outcome).toBe('deliver')
    }
  })
})
