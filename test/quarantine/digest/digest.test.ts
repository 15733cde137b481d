// What a digest says, when it is made, and that it is made once.
import { simpleParser } from 'mailparser'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { getDigest } from '../../../plugin/store/digests.ts'
import { DAY, HOUR } from '../../../plugin/time.ts'
import { tempDir } from '../../tmp.ts'
import { envelope, ROOT, rig, uidsIn, USER } from '../rig.ts'
import { caught, deliver, digestRig, mailOf, makeDue, ME, URL } from './rig.ts'

describe('what it says', () => {
  test('headers, text and HTML of one message', async () => {
    const lazaret = digestRig()
    await caught(lazaret, { subject: 'Invoice 17' })
    expect(await makeDue(lazaret)).toHaveLength(1)
    const raw = mailOf(lazaret)
    // RFC 5322 §2.1.1, §2.3; RFC 2045 §6.7.
    for (const line of raw.split('\r\n')) expect(line).toMatch(/^[\t\x20-\x7e]{0,998}$/)
    const mail = await simpleParser(raw)
    expect(mail.from?.value).toEqual([{ name: 'Lazaret', address: 'postmaster@example.com' }])
    expect(mail.to).toMatchObject({ value: [{ address: ME }] })
    expect(mail.subject).toBe('One message in your quarantine')
    expect(mail.messageId).toMatch(/^<[0-9a-f]{16}\.digest@example\.com>$/)
    expect(Math.abs(Number(mail.date) - Date.now())).toBeLessThan(HOUR)
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(raw).toMatch(/^List-Id: <digest\.lazaret\.example\.com>$/im)
    expect(raw).toMatch(/^List-Unsubscribe: <https:\/\/quarantine\.example\.com\/digest\/[\w-]+>$/m)
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m)
    expect(mail.attachments).toEqual([])
    const html = String(mail.html)
    for (const text of [mail.text ?? '', html]) {
      expect(text).toContain('Invoice 17')
      expect(text).toContain('someone@sender.example')
      expect(text).toContain('bad@blocked.example')
      expect(text).toContain('its sender is on a block list')
      expect(text.match(/https:\/\/quarantine\.example\.com\/digest\/[\w-]{60,}/g)).toHaveLength(2)
    }
    expect(html).not.toMatch(/<(?:img|script|link|iframe|form|object)|url\(|@import|\ssrc=/i)
    for (const [address] of html.matchAll(/https?:[^"\s<]*/g)) expect(address).toContain(URL)
  })

  test('in the language of the account, dates in its time zone', async () => {
    const lazaret = digestRig({ language: 'de-AT', time_zone: 'Europe/Vienna' })
    await caught(lazaret)
    await caught(lazaret)
    await makeDue(lazaret)
    const mail = await simpleParser(mailOf(lazaret))
    expect(mail.subject).toBe('2 Nachrichten in Ihrer Quarantäne')
    expect(mail.text).toContain('der Absender steht auf einer Sperrliste')
    expect(String(mail.html)).toContain('<html lang="de-AT"')
    expect(mail.headers.get('content-language')).toBe('de-AT')
  })

  test('without an address of lazaret/http it has no links, and tells of the mail client', async () => {
    const lazaret = digestRig({}, { digest: {} })
    await caught(lazaret)
    await makeDue(lazaret)
    const raw = mailOf(lazaret)
    expect(raw).not.toMatch(/https?:|List-Unsubscribe/)
    const { text, html } = await simpleParser(raw)
    for (const one of [text, String(html).replaceAll('&quot;', '"')])
      expect(one).toContain('(IMAP) you find them in the folder "Caught"')
  })

  test('what the doubtful ones are comes first; 50 rows and the number of the others', async () => {
    const lazaret = digestRig({ language: 'en' })
    for (let i = 0; i < 53; i++) await caught(lazaret, { subject: `number ${i}` })
    const { text, count } = await lazaret.quarantine.as(USER).digest.preview(ME)
    expect(count).toBe(53)
    const rows = Array.from(text.matchAll(/^(\d+)\. number (\d+)/gm), ([, n, which]) => [n, which])
    expect(rows).toHaveLength(50)
    // Alike: the newest first.
    expect(rows[0]).toEqual(['1', '52'])
    expect(text).toContain('And 3 more')
  })

  test('addresses and names in other letters are encoded as they have to be', async () => {
    const lazaret = digestRig({}, { digest: { url: URL, from: 'quarantaene@example.com' } })
    const to = 'jörg@bücher.example'
    await caught(lazaret, { to })
    await makeDue(lazaret)
    const raw = Buffer.from(mailOf(lazaret, 'jörg@xn--bcher-kva.example'), 'latin1').toString()
    expect(raw).toContain('To: jörg@xn--bcher-kva.example')
    expect(raw).toContain('From: Lazaret <quarantaene@example.com>')
  })
})

describe('what strangers wrote is text', () => {
  let lazaret: Lazaret
  beforeAll(() => (lazaret = digestRig()))
  const b64 = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
  test.each<[string, Parameters<typeof caught>[1], RegExp[], RegExp[]]>([
    [
      'HTML',
      {
        subject: '<img src=x onerror=alert(1)></bdi></table>',
        from: '"<b>Bank</b>" <a@b.example>',
      },
      [/&lt;img src=x onerror=alert\(1\)&gt;/, /&lt;b&gt;Bank&lt;\/b&gt;/],
      [/<img/, /<b>/],
    ],
    [
      'direction, hidden letters, controls',
      { subject: b64('safe\u202etxt.exe\u2066\u200b\u0007\u001b[31m\u00ad\u{e0041}x') },
      [/safe txt\.exe \[31m x/],
      [/[\u202e\u2066\u200b\u0007\u001b\u00ad]/u],
    ],
    [
      'line ends, and fields of a header',
      { subject: b64('a\r\nBcc: all@example.com\r\n\r\nb') },
      [/a Bcc: all@example\.com b/],
      [/^Bcc:/m],
    ],
    [
      'links',
      { subject: b64('go to https://evil.example and www.evil.example') },
      [/https\[:\]\/\/evil/, /www\[\.\]evil/],
      [/https:\/\/evil/],
    ],
    ['length', { subject: b64('w'.repeat(5000)) }, [/w{119}…/], [/w{121}/]],
    [
      'marks in a pile',
      { subject: b64(`Z${'\u0301\u0316'.repeat(40)}algo`) },
      [/algo/],
      [/\p{M}{4}/u],
    ],
    [
      'another address in the name',
      { from: '"boss@example.com" <evil@evil.example>' },
      [/The name says boss@example\.com, which is not the sender/],
      [],
    ],
    [
      'letters that look like others',
      { from: `${b64('Pаypal')} <evil@evil.example>` },
      [/mixes letters of several alphabets/],
      [],
    ],
    [
      'a domain that looks like another',
      { from: 'pay@pаypal.example' },
      [/pay@xn--/, /or the address mixes letters/],
      [/pаypal/],
    ],
    ['nothing at all', { subject: '', from: '' }, [/\(no subject\)/, /bad@blocked\.example/], []],
  ])('%s', async (what, wrote, shown, hidden) => {
    const to = `${what.replaceAll(/\W/g, '')}@example.com`.toLowerCase()
    await caught(lazaret, { ...wrote, to })
    await makeDue(lazaret, Date.now() + HOUR)
    const raw = mailOf(lazaret, to)
    const { text = '', html } = await simpleParser(raw)
    for (const one of shown) expect(`${text}\n${String(html)}`).toMatch(one)
    for (const one of hidden) {
      expect(text.replace(/<a@b.example>/, '')).not.toMatch(/^Bcc:/m)
      expect(String(html)).not.toMatch(one)
      expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(one)
    }
  })
})

describe('when it is made', () => {
  test('once a period, whoever asks and however often; then only of what is new', async () => {
    const lazaret = digestRig()
    await caught(lazaret, { subject: 'first' })
    const all = await Promise.all([makeDue(lazaret), makeDue(lazaret), makeDue(lazaret)])
    expect(all.flat()).toHaveLength(1)
    await deliver(lazaret)
    expect(await makeDue(lazaret)).toEqual([])
    // The next hour, and nothing is new.
    expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toEqual([])
    await caught(lazaret, { subject: 'second' })
    expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toMatchObject([{ scope: ME, items: 1 }])
    const { text } = await simpleParser(mailOf(lazaret))
    expect(text).toContain('1. second')
    expect(text).not.toContain('. first')
  })

  test('what was taken care of before is not in it; nothing left: none is made', async () => {
    const lazaret = digestRig()
    const one = await caught(lazaret)
    await lazaret.quarantine.as(USER).items.release(one)
    expect(await makeDue(lazaret)).toEqual([])
    const two = await caught(lazaret)
    await lazaret.quarantine.as(USER).items.delete(two)
    expect(await makeDue(lazaret)).toEqual([])
  })

  test('a plan that is new, or changed, holds from its next hour on', async () => {
    const lazaret = rig({ settings: { time_zone: 'UTC', digest_to: 'mail' } })
    await caught(lazaret)
    const now = Date.now()
    expect(await makeDue(lazaret, now + DAY)).toEqual([])
    await lazaret.quarantine.as(ROOT).settings.set('example.com', 'digest', 'daily')
    // This morning, or yesterday's, is over.
    expect(await makeDue(lazaret, Date.now())).toEqual([])
    expect(await makeDue(lazaret, now + DAY)).toHaveLength(1)
  })

  test('a person who says off gets none, whatever the domain says', async () => {
    const lazaret = digestRig()
    await caught(lazaret)
    await lazaret.quarantine.as(USER).settings.set(ME, 'digest', 'off')
    expect(await makeDue(lazaret, Date.now() + DAY)).toEqual([])
  })

  test('a clock that was a year ahead makes none come late or twice', async () => {
    const lazaret = digestRig()
    await caught(lazaret, { subject: 'first' })
    expect(await makeDue(lazaret, Date.now() + 365 * DAY)).toHaveLength(1)
    await deliver(lazaret)
    expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toEqual([])
    await caught(lazaret, { subject: 'second' })
    expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toMatchObject([{ items: 1 }])
  })

  test('one that could not be delivered is told again with what came since', async () => {
    const lazaret = digestRig()
    await caught(lazaret)
    await makeDue(lazaret)
    const id = getDigest(lazaret.store.views, ME)?.id ?? ''
    await lazaret.quarantine.system.digests.over({ scope: ME, id }, 'failed', '550 no')
    await caught(lazaret)
    expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toMatchObject([{ items: 2 }])
  })

  test('into INBOX of who has an account; by mail as digest_to says', async () => {
    const lazaret = digestRig({ digest_to: 'both' })
    await lazaret.quarantine.as(ROOT).accounts.add(ME, 'address', 'correct horse battery')
    const welcome = uidsIn(lazaret, 'inbox', USER).length
    await caught(lazaret)
    await caught(lazaret, { to: 'x@example.com' })
    const made = await makeDue(lazaret)
    expect(made.map(({ scope, mailed, inbox }) => ({ scope, mailed, inbox }))).toEqual([
      { scope: ME, mailed: true, inbox: true },
      { scope: 'x@example.com', mailed: true, inbox: false },
    ])
    expect(uidsIn(lazaret, 'inbox', USER)).toHaveLength(welcome + 1)
    await lazaret.quarantine.as(ROOT).settings.set(ME, 'digest_to', 'inbox')
    await deliver(lazaret)
    await caught(lazaret)
    expect(await makeDue(lazaret, Date.now() + 3 * HOUR)).toMatchObject([{ mailed: false }])
    expect(getDigest(lazaret.store.views, ME)?.state).toBe('told')
  })
})

describe('on its way', () => {
  test('a worker that died: the queue file decides whether it is sent again', async () => {
    const lazaret = digestRig()
    await caught(lazaret)
    await makeDue(lazaret)
    const { digests } = lazaret.quarantine.system
    const [one] = digests.underway()
    expect(one.state).toBe('claimed')
    await digests.reclaim(one, new Set())
    expect(digests.underway()[0].state).toBe('wanted')
    expect(await digests.claim(one, 'a')).toBe(true)
    expect(await digests.claim(one, 'b')).toBe(false)
    // It was taken up by somebody else after it was looked at.
    await digests.reclaim(one, new Set())
    const [again] = digests.underway()
    expect(again).toMatchObject({ state: 'claimed', worker: 'a' })
    await digests.reclaim(again, new Set([one.id]))
    expect(digests.underway()[0].state).toBe('queued')
    await digests.over(one, 'sent', '250 OK')
    // Of no use any more: a queue file that was left does not go.
    expect(await digests.moved(one, 'sending')).toBe(false)
    expect(digests.underway()).toEqual([])
  })

  test.each([
    ['queued', 'failed', 2],
    ['sending', 'unknown', 1],
  ] as const)(
    '%s, and its file is gone: %s; the next one tells of %i',
    async (state, after, items) => {
      const lazaret = digestRig()
      await caught(lazaret)
      await makeDue(lazaret)
      const { digests } = lazaret.quarantine.system
      const [claimed] = digests.underway()
      await digests.moved(claimed, state)
      // Whoever looked before it was in the queue knows nothing of it.
      await digests.reclaim(claimed, new Set())
      expect(digests.underway()[0].state).toBe(state)
      await digests.reclaim(digests.underway()[0], new Set())
      const { last } = await lazaret.quarantine.as(USER).digest.status(ME)
      expect(last?.state).toBe(after)
      expect(last?.reply).toContain('The outbound queue no longer has it')
      expect(digests.underway()).toEqual([])
      await caught(lazaret)
      expect(await makeDue(lazaret, Date.now() + 2 * HOUR)).toMatchObject([{ items }])
    },
  )

  test('its bytes are gone once it is sent, and the views follow from the journal', async () => {
    const lazaret = digestRig()
    await caught(lazaret)
    await makeDue(lazaret)
    await deliver(lazaret)
    await caught(lazaret)
    await makeDue(lazaret, Date.now() + 2 * HOUR)
    expect(JSON.stringify(Array.from(lazaret.store.events(0)))).not.toContain(`${URL}/digest/`)
    const copy = new Store({ dir: tempDir() })
    await replay(lazaret.store, copy)
    expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
    await copy.close()
  })

  test('it passes this filter once, and no other message does by its mark', async () => {
    const lazaret = digestRig()
    await caught(lazaret)
    await makeDue(lazaret)
    const [one] = lazaret.quarantine.system.digests.underway()
    const job = await lazaret.quarantine.system.digests.job(one)
    const raw = Buffer.concat([job?.front ?? Buffer.alloc(0), job?.bytes ?? Buffer.alloc(0)])
    const { system } = lazaret.quarantine
    const came = envelope({ sender: 'bad@blocked.example' })
    const outcome = async (bytes: Buffer): Promise<string> =>
      (await system.screen(came, bytes))[0].outcome
    const changed = Buffer.from(
      raw.toString('latin1').replace('quarantine', 'Quarantine'),
      'latin1',
    )
    expect(await outcome(changed)).toBe('hold')
    expect(await outcome(raw)).toBe('deliver')
    expect(await outcome(raw)).toBe('hold')
  })
})
