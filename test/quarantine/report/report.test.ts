// What central systems are told of what people say: the queue, and the reports in it as others read them.
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Ini } from '../../../plugin/config.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { DAY } from '../../../plugin/time.ts'
import { readFeedback } from '../../../plugin/mime/feedback.ts'
import type { ReportJob } from '../../../plugin/quarantine/report/queue.ts'
import { pseudonym, redactedText } from '../../../plugin/quarantine/report/redact.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { envelope, folder, hold, itemOf, message, pass, rig, ROOT, USER } from '../rig.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const INI: Ini = { report: { to: 'abuse@central.example', delay: 0 } }
const WHO = { me: 'mx.example.com', agent: 'Lazaret/test' }

const reporting = (report: object = {}): Lazaret =>
  rig({ report: { ...(INI.report as object), ...report } })

const one = async (lazaret: Lazaret, raw = message('one')): Promise<number> =>
  (await hold(lazaret, raw))[0].item as number

const waiting = (lazaret: Lazaret): unknown[] =>
  lazaret.quarantine
    .as(ROOT)
    .reports.queue()[0]
    .first.map(({ item, vote, state }) => [item, vote, state])

async function claimed(
  lazaret: Lazaret,
  item: number,
  target: 'mail' | 'post' = 'mail',
): Promise<ReportJob> {
  const reaches = target === 'post'
  const job = await lazaret.quarantine.system.reports.claim({ item, target }, 'worker', { reaches })
  if (job === null || job === 'over')
    throw new Error(`item ${item} cannot be claimed: ${String(job)}`)
  return job
}

describe('what is reported', () => {
  test('each lesson of a message, by whichever button, keyword or folder', async () => {
    const lazaret = reporting()
    const { items } = lazaret.quarantine.as(USER)
    const ids: number[] = []
    for (const n of [0, 1, 2, 3, 4]) ids.push(await one(lazaret, message(`m${n}`)))
    await items.releaseAndTrain(ids[0])
    await items.notSpam(ids[1])
    await items.spam(ids[2])
    await items.release(ids[3])
    const caught = folder(lazaret, 'caught', USER)
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [ids[4]], {
      mode: 'add',
      flags: { system: 0, keywords: ['$NotJunk'] },
    })
    // A release alone says nothing of the filter.
    expect(waiting(lazaret)).toEqual([
      [ids[0], 'ham', 'wanted'],
      [ids[1], 'ham', 'wanted'],
      [ids[2], 'spam', 'wanted'],
      [ids[4], 'ham', 'wanted'],
    ])
  })

  test('a message from elsewhere that is dropped into Spam', async () => {
    const lazaret = reporting()
    const spam = folder(lazaret, 'spam', USER)
    const flags = { system: 0, keywords: [] }
    await lazaret.quarantine
      .as(USER)
      .messages.append(spam, [{ raw: message('elsewhere'), flags, date: null }])
    expect(waiting(lazaret)).toEqual([[expect.any(Number), 'spam', 'wanted']])
  })

  test('report.confirmed = no: only what the filter got wrong', async () => {
    const lazaret = reporting({ confirmed: 'no' })
    const ids = [await one(lazaret, message('a')), await one(lazaret, message('b'))]
    await lazaret.quarantine.as(USER).items.spam(ids[0])
    await lazaret.quarantine.as(USER).items.notSpam(ids[1])
    expect(waiting(lazaret)).toEqual([[ids[1], 'ham', 'wanted']])
  })

  test('nothing where nobody is to be told, and files of the administrator to nobody', async () => {
    const silent = rig()
    await silent.quarantine.as(USER).items.spam(await one(silent))
    expect(silent.quarantine.as(ROOT).reports.queue()).toEqual([])
    const lazaret = reporting()
    await lazaret.quarantine.as(ROOT).model.train([{ raw: message('file'), label: 'spam' }])
    expect(waiting(lazaret)).toEqual([])
  })

  test('only the super-admin sees the queue', () => {
    const lazaret = reporting()
    expect(() => lazaret.quarantine.as(USER).reports.queue()).toThrow('Only the super-admin')
  })
})

describe('second thoughts', () => {
  test('before it was sent it is out of the queue, afterwards it is set right', async () => {
    const lazaret = reporting()
    const { items } = lazaret.quarantine.as(USER)
    const { reports } = lazaret.quarantine.system
    const id = await one(lazaret)
    await items.spam(id)
    await items.undo(id)
    expect(waiting(lazaret)).toEqual([])
    await items.spam(id)
    const job = await claimed(lazaret, id)
    expect(await reports.moved(job, 'queued')).toBe(true)
    expect(await reports.moved(job, 'sending')).toBe(true)
    await reports.over(job, 'sent', '250 ok')
    expect(waiting(lazaret)).toEqual([])
    expect(itemOf(lazaret, id).reported).toEqual({ id: job.id, told: { mail: 'spam' } })
    await items.undo(id)
    expect(waiting(lazaret)).toEqual([[id, null, 'wanted']])
    const back = await claimed(lazaret, id)
    expect(back).toMatchObject({ id: job.id, vote: null, before: 'spam' })
    expect(back.token).not.toBe(job.token)
    // And thought better of once more, before the correction went.
    await reports.again(back, false)
    await items.spam(id)
    expect(waiting(lazaret)).toEqual([])
  })

  test('what waits in the outbound queue is not sent any more', async () => {
    const lazaret = reporting()
    const id = await one(lazaret)
    await lazaret.quarantine.as(USER).items.spam(id)
    const job = await claimed(lazaret, id)
    await lazaret.quarantine.system.reports.moved(job, 'queued')
    await lazaret.quarantine.as(USER).items.undo(id)
    expect(await lazaret.quarantine.system.reports.moved(job, 'sending')).toBe(false)
    expect(waiting(lazaret)).toEqual([])
  })

  test('while a post is under way: it may have been taken, and is corrected', async () => {
    const lazaret = rig({ report: { url: 'https://central.example/r', token: 't', delay: 0 } })
    const { items } = lazaret.quarantine.as(USER)
    const { reports } = lazaret.quarantine.system
    const id = await one(lazaret)
    await items.spam(id)
    const job = await claimed(lazaret, id, 'post')
    await items.undo(id)
    expect(waiting(lazaret)).toEqual([[id, null, 'wanted']])
    // It was not taken after all: then there is nothing to correct.
    await reports.again(job, false)
    expect(waiting(lazaret)).toEqual([])
    await items.notSpam(id)
    const other = await claimed(lazaret, id, 'post')
    await reports.again(other, true)
    await items.undo(id)
    expect(waiting(lazaret)).toEqual([[id, null, 'wanted']])
  })
})

describe('the queue', () => {
  test('one worker gets it; what a dead one left waits again under the same token', async () => {
    const lazaret = reporting()
    const { reports } = lazaret.quarantine.system
    const id = await one(lazaret)
    await lazaret.quarantine.as(USER).items.spam(id)
    expect(reports.next('mail')).toMatchObject({ item: id })
    const all = await Promise.all(
      ['a', 'b', 'c'].map((worker) =>
        reports.claim({ item: id, target: 'mail' }, worker, { reaches: false }),
      ),
    )
    const jobs = all.filter((job) => job !== null)
    expect(jobs).toHaveLength(1)
    expect(reports.next('mail')).toBeNull()
    const [job] = jobs as ReportJob[]
    await reports.reclaim(job, new Set(), () => true)
    expect(waiting(lazaret)).toEqual([[id, 'spam', 'claimed']])
    await reports.reclaim(job, new Set(), () => false)
    expect(waiting(lazaret)).toEqual([[id, 'spam', 'wanted']])
    const again = await claimed(lazaret, id)
    expect(again.token).toBe(job.token)
    // The outbound queue had it already: it is not put there twice.
    await reports.reclaim(again, new Set([job.token]), () => false)
    expect(waiting(lazaret)).toEqual([[id, 'spam', 'queued']])
    expect(reports.underway('mail', 0, 10).found).toMatchObject([{ item: id, state: 'queued' }])
    await reports.reclaim(again, new Set(), () => false)
    expect(waiting(lazaret)).toEqual([])
  })

  test('it waits for second thoughts, corrections do not, and is given up after some days', async () => {
    const lazaret = reporting({ delay: 3600, give_up_days: 2 })
    const { reports } = lazaret.quarantine.system
    const id = await one(lazaret)
    await lazaret.quarantine.as(USER).items.spam(id)
    const next = reports.next('mail')
    expect(next?.at).toBeGreaterThan(Date.now() + 3_500_000)
    expect(await reports.claim({ item: id, target: 'mail' }, 'w', { reaches: false })).toBeNull()
    vi.setSystemTime(Date.now() + 2 * DAY + 3_600_000)
    const trouble = { failures: 3, at: 1, until: 1, error: 'no answer' }
    await reports.putTrouble('mail', trouble)
    expect(lazaret.quarantine.as(ROOT).reports.queue()[0]).toMatchObject({
      waiting: 1,
      trouble: { failures: 3, error: 'no answer' },
    })
    expect(await reports.claim({ item: id, target: 'mail' }, 'w', { reaches: false })).toBe('over')
    expect(waiting(lazaret)).toEqual([])
    const told = (await lazaret.quarantine.as(ROOT).history()).entries.map(({ text }) => text)
    expect(told).toContain(`report of item ${id} (spam) by mail: failed (no answer)`)
    // What was never told needs no correction.
    await lazaret.quarantine.as(USER).items.undo(id)
    expect(waiting(lazaret)).toEqual([])
  })

  test('an item that is gone for good is told nobody; the views follow from the journal', async () => {
    const lazaret = reporting()
    const { items } = lazaret.quarantine.as(USER)
    const id = await one(lazaret)
    await items.spam(id)
    const copy = new Store({ dir: tempDir(), sync: false })
    await replay(lazaret.store, copy)
    expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
    await copy.close()
    await items.delete(id)
    await pass(lazaret, 90 * DAY)
    expect(waiting(lazaret)).toEqual([])
  })
})

describe('what a report says', () => {
  const RAW = Buffer.from(
    [
      'Received: from inner (localhost [127.0.0.1]) by relay.example.com with ESMTP',
      '\tfor <user@example.com>; Mon, 1 Jan 2024 10:00:03 +0000',
      'Received: from out.sender.example ([192.0.2.7]) by far.sender.example with ESMTPS id 7',
      '\tfor <user@example.com>; Mon, 1 Jan 2024 10:00:00 +0000',
      'Return-Path: <bounce-user=example.com@sender.example>',
      'Delivered-To: user@example.com',
      'From: Shop <shop@sender.example>',
      'To: "Jane Q. User" <User@Example.com>, other.person@elsewhere.example',
      'Cc: third@example.com',
      'Subject: =?utf-8?q?F=C3=BCr_Sie?=',
      'List-Unsubscribe: <https://sender.example/u?m=user%40example.com>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Dear user@example.com, also superuser@example.com and user@example.community',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>To user@example.com, für Sie</p>\r\n').toString('base64'),
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'f=C3=BCr us=',
      'er@example.com =3Duser=40example.com',
      '--b--',
      '',
    ].join('\r\n'),
  )

  async function reported(
    report: object,
    vote: 'spam' | 'notSpam' = 'spam',
  ): Promise<{ raw: Buffer; text: string; id: number; lazaret: Lazaret }> {
    const lazaret = reporting(report)
    const [{ item }] = await hold(lazaret, RAW, {
      sender: 'bounce-user=example.com@blocked.example',
      signals: ['spf=fail', 'fcrdns=no'],
      client: { helo: 'out', name: '', address: '192.0.2.7', protocol: 'ESMTP' },
    })
    const id = item as number
    await lazaret.quarantine.as(USER).items[vote](id)
    const raw = lazaret.quarantine.system.reports.render(await claimed(lazaret, id), WHO)
    if (!raw) throw new Error('no report')
    return { raw, text: raw.toString('latin1'), id, lazaret }
  }

  test('RFC 5965, as mailparser reads it', async () => {
    const { raw, lazaret, id } = await reported({ redact: 'no' })
    const parsed = await simpleParser(raw)
    expect(parsed.subject).toBe('FW: Für Sie')
    expect(parsed.from?.value[0].address).toBe('lazaret@mx.example.com')
    expect(parsed.headers.get('content-type')).toMatchObject({
      value: 'multipart/report',
      params: { 'report-type': 'feedback-report' },
    })
    const [fields, about] = parsed.attachments
    expect(fields.contentType).toBe('message/feedback-report')
    const said = fields.content.toString().trim().split(/\r?\n/)
    expect(said).toEqual(
      expect.arrayContaining([
        'Feedback-Type: abuse',
        'User-Agent: Lazaret/test',
        'Version: 1',
        'Original-Mail-From: <bounce-user=example.com@blocked.example>',
        'Original-Rcpt-To: <user@example.com>',
        'Source-IP: 192.0.2.7',
        'Reporting-MTA: dns; mx.example.com',
        'Lazaret-Vote: spam',
        'Lazaret-Verdict: spam score=1.0000',
        'Lazaret-Signal: spf=fail',
        'Lazaret-Signal: fcrdns=no',
      ]),
    )
    expect(about.contentType).toBe('message/rfc822')
    expect(readFeedback(raw)).toMatchObject({
      type: 'abuse',
      label: 'spam',
      takesBack: false,
      report: itemOf(lazaret, id).reported?.id,
      signals: ['spf=fail', 'fcrdns=no'],
      headerOnly: false,
      message: RAW,
    })
  })

  test('ham is not-spam (RFC 6430); of one that is taken back it says so', async () => {
    const { raw, lazaret, id } = await reported({}, 'notSpam')
    expect(readFeedback(raw)).toMatchObject({ type: 'not-spam', label: 'ham', takesBack: false })
    const { reports } = lazaret.quarantine.system
    const job = {
      item: id,
      target: 'mail',
      id: 'r',
      token: 't',
      vote: null,
      before: 'ham',
      seq: 9,
    } as const
    const back = reports.render(job, WHO) as Buffer
    expect(readFeedback(back)).toMatchObject({
      type: 'other',
      label: null,
      takesBack: true,
      report: 'r',
    })
  })

  test('report.content = header: no more than that', async () => {
    const { raw } = await reported({ content: 'header', redact: 'no' })
    const { message: header, headerOnly } = readFeedback(raw) ?? {}
    expect(headerOnly).toBe(true)
    expect(RAW.toString('latin1').startsWith(header?.toString('latin1').trimEnd() as string)).toBe(
      true,
    )
    expect(raw.includes('superuser')).toBe(false)
  })

  test('redacted: nobody here can be told from it, and the same person is the same', async () => {
    const { text, raw } = await reported({})
    const inside = readFeedback(raw)?.message as Buffer
    const parsed = await simpleParser(inside)
    const all = `${text}\n${parsed.text}\n${String(parsed.html)}`
    for (const told of [
      /\buser@example\.com\b/i,
      /Jane/,
      /third@/,
      /other\.person/,
      /relay\.example\.com/,
      /[^r]user(?:=|%40|=40)example\.com/,
    ])
      expect(all).not.toMatch(told)
    // Whoever is meant by nothing of this stays.
    expect(all).toContain('superuser@example.com and user@example.community')
    expect(all).toContain('shop@sender.example')
    expect(text).toContain('by far.sender.example')
    const names = new Set(text.match(/redacted-[0-9a-f]{20}(?=(?:@|=40|%40|=)example\.com)/g))
    // The recipient, and whoever was in copy.
    expect(names.size).toBe(2)
    expect(parsed.text).toMatch(/für redacted-[0-9a-f]{20}@example\.com =redacted-/)
    expect(String(parsed.html)).toMatch(/To redacted-[0-9a-f]{20}@example\.com, für Sie/)
  })

  test.each([
    ['with a subaddress', 'jane.doe+news@example.com', '@example.com'],
    [
      'with a subaddress in a return path',
      'b-jane.doe+x=example.com@lists.example',
      '=example.com',
    ],
    [
      'in a URL, dots too',
      'http://x.example/?to=jane%2Edoe%2Bn%40example%2ecom&x',
      '%40example%2ecom',
    ],
    ['in HTML', 'jane&#46;doe&commat;example&#x2E;com', '&commat;example&#x2E;com'],
    ['that is folded', 'jane.doe\r\n @\r\n\texample.com', '\r\n @\r\n\texample.com'],
    ['in capitals', 'JANE.DOE@EXAMPLE.COM', '@EXAMPLE.COM'],
  ])('an address %s', (_, written, domain) => {
    const persons = { addresses: ['jane.doe@example.com'], hosts: [], key: Buffer.alloc(32, 1) }
    const name = pseudonym(persons.key, 'jane.doe@example.com')
    const told = redactedText(`for (${written})`, persons)
    expect(told.toLowerCase()).not.toContain('jane')
    expect(told).toContain(`${name}${domain}`)
  })

  test('what only looks like an address of somebody stays', () => {
    const persons = { addresses: ['jane.doe@example.com'], hosts: [], key: Buffer.alloc(32, 1) }
    const text = 'janexdoe@example.com mary-jane.doe2@example.com jane.doe@example.community'
    expect(redactedText(text, persons)).toBe(text)
  })

  test('reported again it is the same octets; another server says another name', async () => {
    const { raw, lazaret, id } = await reported({})
    const { reports } = lazaret.quarantine.system
    const job = {
      item: id,
      target: 'mail',
      id: 'r',
      token: 't',
      vote: 'spam',
      before: null,
      seq: 9,
    } as const
    const again = readFeedback(reports.render(job, WHO) as Buffer)?.message
    expect(again).toEqual(readFeedback(raw)?.message)
    const other = await reported({})
    expect(readFeedback(other.raw)?.message).not.toEqual(again)
  })

  test('the report passes the filter that it would be held by', async () => {
    const { raw, lazaret } = await reported({ to: 'abuse@example.com' })
    const mail = envelope({ sender: 'bad@blocked.example', to: ['abuse@example.com'] })
    const [passed] = await lazaret.quarantine.system.screen(mail, raw)
    expect(passed).toMatchObject({ outcome: 'deliver', reason: 'released from here' })
    const forged = Buffer.from(raw.toString('latin1').replace('Version: 1', 'Version: 2'), 'latin1')
    const [held] = await lazaret.quarantine.system.screen(mail, forged)
    expect(held.outcome).toBe('hold')
  })
})
