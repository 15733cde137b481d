// Where a released message goes, what is recorded of it, and that it is not judged again.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePort, PLUGINS } from '../rig/haraka.ts'
import { sendMail, SmtpClient } from '../rig/smtp.ts'
import {
  behindHeaders,
  block,
  drag,
  itemsIn,
  message,
  nextHop,
  released,
  restart,
  ROOT,
  until,
  world,
} from './world.ts'

const SPAM = message(['From: a@spam.example', 'Subject: buy', '', '.buy', 'gr\xfc\xdfe'])
const byText = (a: unknown[], b: unknown[]): number => String(a).localeCompare(String(b))
const mail = { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM }

describe('the way', () => {
  test('is the next hop of today of the recipient’s domain, or the one that a plugin chose', async () => {
    const former = await nextHop()
    const today = await nextHop()
    const forward = (port: number): string =>
      `[main]\nhost=127.0.0.1\nport=9\n[other.example]\nhost=127.0.0.1\nport=${port}\n`
    const chosen = await nextHop()
    const { haraka, hop, lazaret } = await world({
      plugins: ['rcpt_to.in_host_list', 'choose', 'lazaret', 'queue/smtp_forward'],
      sources: {
        choose: `exports.hook_mail = (next, { transaction }, [{ user }]) => {
          if (user === 'vip') transaction.notes.set('queue.next_hop', 'smtp://127.0.0.1:${chosen.port}')
          next()
        }`,
      },
      // The plugin forwards per transaction, by the domain of the first recipient.
      files: { 'smtp_forward.ini': forward(former.port) },
    })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, { ...mail, to: ['a@other.example', 'b@other.example'] })
    await sendMail(haraka.port, { ...mail, from: 'vip@spam.example', to: ['c@other.example'] })
    await haraka.stop()
    writeFileSync(join(haraka.dir, 'config/smtp_forward.ini'), forward(today.port))
    await restart(haraka)
    const [first, , third] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release', [first, third])
    await released(lazaret, first.id)
    await released(lazaret, third.id)
    expect(today.deliveries.map(({ recipients }) => recipients)).toEqual([[first.scope]])
    expect(chosen.deliveries.map(({ recipients }) => recipients)).toEqual([['c@other.example']])
    expect([...former.deliveries, ...hop.deliveries]).toEqual([])
    expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
  })

  test('is [release] of lazaret.ini when that is set', async () => {
    const box = await nextHop()
    const { haraka, hop, lazaret } = await world({
      ini: { release: { host: '127.0.0.1', port: box.port } },
    })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    const [item] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    await released(lazaret, item.id)
    expect(box.deliveries).toHaveLength(1)
    expect(hop.deliveries).toEqual([])
  })

  test('may lead back through the same Haraka: there it is not judged again', async () => {
    const port = await freePort()
    const { haraka, hop, lazaret } = await world({
      port,
      ini: { release: { host: '127.0.0.1', port } },
    })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    const [item] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    const [delivered] = await hop.arrived(1)
    await released(lazaret, item.id)
    expect(itemsIn(lazaret, 'caught')).toEqual([])
    const { front, sha256 } = behindHeaders(delivered.raw, SPAM)
    expect(sha256).toBe(item.blob)
    // The mailbox has no use for the mark.
    expect(front).toMatch(/^Received: [^]*\bid L\d+/m)
    expect(front).not.toContain('X-Lazaret-Release')
  })

  test('may lead back from elsewhere, once; what was not taken in the end does not count', async () => {
    const { haraka, hop, lazaret } = await world()
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    const [item] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    await released(lazaret, item.id)
    const [{ raw }] = hop.deliveries
    const client = await SmtpClient.connect(haraka.port)
    hop.reply = (stage) => (stage === 'rcpt' ? '451 4.3.0 later' : null)
    expect((await client.send({ ...mail, raw })).code).toBe(450)
    hop.reply = () => null
    expect((await client.send({ ...mail, raw })).code).toBe(250)
    expect(hop.deliveries).toHaveLength(2)
    expect((await client.send({ ...mail, raw })).code).toBe(250)
    await client.quit()
    // Somebody who copies the field to another message gains nothing.
    const [mark] = /^X-Lazaret-Release: .*$/m.exec(raw.toString('latin1')) ?? []
    expect(mark).toMatch(/ v=2; /)
    const forged = message([String(mark).trim(), 'From: a@spam.example', 'Subject: other', '', 'x'])
    await sendMail(haraka.port, { ...mail, raw: forged })
    expect(itemsIn(lazaret, 'caught')).toHaveLength(2)
    expect(hop.deliveries).toHaveLength(2)
  })

  test('to a mailbox by LMTP: no mark is left in the message', async () => {
    const hop = await nextHop()
    const { haraka, lazaret } = await world({
      files: {
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\nusing_lmtp=true\n`,
      },
    })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    const [item] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    await released(lazaret, item.id)
    const { front, sha256 } = behindHeaders(hop.deliveries[0].raw, SPAM)
    expect(sha256).toBe(item.blob)
    expect(front).toMatch(/^Received: /)
  })

  test('of outgoing mail is to each of its recipients, and the outcome comes with the last', async () => {
    const hop = await nextHop()
    const { haraka, lazaret } = await world({
      plugins: ['relay', ...PLUGINS, 'sign'],
      sources: {
        // As a DKIM plugin does.
        sign: `exports.hook_pre_send_trans_email = (next, { transaction }) => {
          transaction.add_header('X-Signature', 'v=1;\\r\\n\\tb=' + transaction.header.get('Subject').trim())
          next()
        }`,
      },
      files: {
        'relay.ini': '[relay]\nacl=true\n',
        relay_acl_allow: '127.0.0.1/32\n',
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\nenable_outbound=true\n[example.com]\nhost=127.0.0.1\nport=${hop.port}\n`,
      },
    })
    hop.reply = (stage, { recipients }) =>
      stage === 'rcpt' && recipients.includes('no@away.example') ? '550 5.1.1 unknown' : null
    await block(lazaret, '*@example.com')
    await lazaret.quarantine.as(ROOT).settings.set('', 'hold_outgoing', 'yes')
    const to = ['x@far.example', 'y@far.example', 'no@away.example']
    await sendMail(haraka.port, { from: 'user@example.com', to, raw: SPAM })
    const [item] = itemsIn(lazaret, 'outgoing')
    await drag(lazaret, 'outgoing', 'release')
    await released(lazaret, item.id, 'failed')
    // Two of three, and the bounce of the third to its sender, as for any mail.
    const got = await hop.arrived(3)
    expect(got.map(({ sender, recipients }) => [sender, ...recipients]).sort(byText)).toEqual([
      ['', 'user@example.com'],
      ['user@example.com', 'x@far.example'],
      ['user@example.com', 'y@far.example'],
    ])
    for (const { raw } of got.filter(({ sender }) => sender !== '')) {
      const { front, sha256 } = behindHeaders(raw, SPAM)
      expect(sha256).toBe(item.blob)
      // Signed, and with what every outgoing message gets, in front of its bytes.
      expect(front).toMatch(/^X-Signature: v=1;\r\n\tb=buy\r\n/m)
      expect(front).toMatch(/^Message-Id: </m)
      expect(front).not.toContain('X-Lazaret-Release')
      expect(front).toMatch(/^Date: /m)
    }
  })
})

describe('the outcome', () => {
  test('delivered: the item shows the reply of the receiving server', async () => {
    const { haraka, hop, lazaret } = await world()
    hop.reply = (stage) => (stage === 'dot' ? '250 2.0.0 kept as 4711' : null)
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    const [{ id }] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    const item = await released(lazaret, id)
    expect(item.release?.reply).toContain('kept as 4711')
    expect(itemsIn(lazaret, 'release').map((one) => one.id)).toEqual([id])
  })

  test.each(['rcpt', 'dot'] as const)(
    '5xx at %s: back in Caught, flagged, with a message in INBOX, and no bounce to the sender',
    async (at) => {
      const { haraka, hop, lazaret } = await world()
      hop.reply = (stage) => (stage === at ? '550 5.1.1 no such user' : null)
      await block(lazaret, '*@spam.example')
      await sendMail(haraka.port, mail)
      const [{ id }] = itemsIn(lazaret, 'caught')
      await drag(lazaret, 'caught', 'release')
      const item = await released(lazaret, id, 'failed')
      expect(item.release?.reply).toContain('no such user')
      expect(itemsIn(lazaret, 'caught').map((one) => one.id)).toEqual([id])
      const [notice] = itemsIn(lazaret, 'inbox')
      expect(lazaret.quarantine.as(ROOT).messages.raw(notice.id).toString()).toContain(
        'no such user',
      )
      await haraka.logged(/Not sending bounce/)
      expect(hop.begun).toBe(at === 'dot' ? 1 : 0)

      // It can be released again.
      hop.reply = () => null
      await drag(lazaret, 'caught', 'release')
      await released(lazaret, id)
      expect(hop.deliveries).toHaveLength(1)
    },
  )

  test('dragged back before it was sent: nothing goes out', async () => {
    const { haraka, hop, lazaret } = await world()
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    await haraka.stop()
    await drag(lazaret, 'caught', 'release')
    await drag(lazaret, 'release', 'caught')
    const again = await restart(haraka)
    // Another one, released after it, arrives alone.
    await sendMail(again.port, { ...mail, to: ['other@example.com'] })
    const [first, second] = itemsIn(lazaret, 'caught')
    expect(first.release?.state).toBe('cancelled')
    await drag(lazaret, 'caught', 'release', [second])
    await released(lazaret, second.id)
    expect(hop.deliveries.map(({ recipients }) => recipients)).toEqual([['other@example.com']])
  })
})

test('a split recipient gets the message with headers of its own, once', async () => {
  const { haraka, hop, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'tag')
  await lazaret.quarantine.as(ROOT).settings.set('b@example.com', 'subject_prefix', '[junk]')
  const to = ['a@example.com', 'c@example.com', 'b@example.com']
  await sendMail(haraka.port, { ...mail, to })
  await sendMail(haraka.port, { ...mail, to })
  const got = await hop.arrived(3)
  const subjects = got.map(({ recipients, raw }) => [
    recipients.join(),
    /^Subject: (.*)$/m.exec(raw.toString('latin1'))?.[1],
  ])
  expect(subjects.sort(byText)).toEqual([
    ['a@example.com,c@example.com', '***SPAM*** buy'],
    ['a@example.com,c@example.com', '***SPAM*** buy'],
    ['b@example.com', '[junk] buy'],
  ])
})

test('a split recipient that was refused is released with its own headers once the next hop takes it', async () => {
  const { haraka, hop, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'tag')
  await lazaret.quarantine.as(ROOT).settings.set('b@example.com', 'subject_prefix', '[junk]')
  const isB = ({ recipients }: { recipients: string[] }): boolean =>
    recipients.includes('b@example.com')
  hop.reply = (stage, delivery) => (stage === 'rcpt' && isB(delivery) ? '550 5.1.1 no' : null)
  const to = ['a@example.com', 'c@example.com', 'b@example.com']
  await sendMail(haraka.port, { ...mail, to })
  await until(lazaret, () => itemsIn(lazaret, 'caught').length === 1)
  hop.reply = () => null
  const [item] = itemsIn(lazaret, 'caught')
  await drag(lazaret, 'caught', 'release')
  await released(lazaret, item.id)
  const got = hop.deliveries.filter(isB)
  expect(got).toHaveLength(1)
  expect(got[0].recipients).toEqual(['b@example.com'])
  expect(got[0].raw.toString('latin1')).toMatch(/^Subject: \[junk\] buy\r$/m)
})

describe('a start', () => {
  test('with a release that waits: Haraka does not read what the release has just written, and sends it once', async () => {
    const { haraka, hop, lazaret } = await world({
      plugins: [...PLUGINS, 'linger'],
      sources: {
        // Haraka reads its queue when this hook is done: until something is there, or long enough for it to be.
        linger: `const { readdirSync } = require('node:fs')
        exports.hook_init_master = (next) => {
          if (!process.env.LINGER) return next()
          let looks = 0
          const timer = setInterval(() => {
            const there = readdirSync(process.env.LINGER).some((name) => /^\\d+_/.test(name))
            if (!there && ++looks < 40) return
            clearInterval(timer)
            next()
          }, 50)
        }`,
      },
    })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    await haraka.stop()
    const [item] = itemsIn(lazaret, 'caught')
    await drag(lazaret, 'caught', 'release')
    let open = (): void => {}
    const isRead = new Promise<void>((resolve) => (open = resolve))
    hop.reply = async (stage) => {
      if (stage === 'dot') await isRead
      return null
    }
    const again = await restart(haraka, { env: { LINGER: haraka.queue } })
    await again.logged(/files in my delivery queue/)
    open()
    await released(lazaret, item.id)
    // What is under way comes to its end.
    await again.stop()
    expect([hop.begun, hop.deliveries.length]).toEqual([1, 1])
  })
})
