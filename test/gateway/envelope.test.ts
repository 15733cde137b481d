// What is kept of an envelope, and said again at release: the null sender, international addresses, ESMTP parameters,
// and who handed the message in.
import { describe, expect, test } from 'vitest'
import { PLUGINS } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { behindHeaders, drag, itemsIn, message, released, world, type World } from './world.ts'

const HOLD = {
  plugins: ['rcpt_to.in_host_list', 'hold', ...PLUGINS.slice(1)],
  sources: {
    hold: `exports.hook_data_post = (next, { transaction }) => {
      transaction.notes.quarantine = 'a test'
      next()
    }`,
  },
}
const RAW = message(['From: a@far.example', 'Subject: x', '', 'gr\xfc\xdfe'])

interface Sent {
  from: string
  to?: string
  raw?: Buffer
  mail?: string
  rcpt?: string
}

const start = async (...offers: string[]): Promise<World> => {
  const it = await world(HOLD)
  it.hop.offers = offers
  return it
}

/** A message is held and released; answers its item. */
async function release(it: World, sent: Sent): Promise<number> {
  const { from, to = 'user@example.com', raw = RAW, mail, rcpt } = sent
  const parameters = { mail, rcpt }
  const answer = await sendMail(it.haraka.port, { from, to: [to], raw, parameters })
  expect(answer.code).toBe(250)
  const item = itemsIn(it.lazaret, 'caught').filter((one) => !one.release)
  expect(item).toHaveLength(1)
  await drag(it.lazaret, 'caught', 'release', item)
  return item[0].id
}

test('the null sender stays one, and who handed the message in stands in a trace field', async () => {
  const it = await start()
  const id = await release(it, { from: '' })
  await released(it.lazaret, id)
  const [{ commands, raw }] = it.hop.deliveries
  expect(commands).toEqual(['MAIL FROM:<>', 'RCPT TO:<user@example.com>'])
  const { front } = behindHeaders(raw, RAW)
  const field = front.slice(front.indexOf('Received:')).replaceAll('\r\n\t', ' ')
  // Between: what the DNS calls this machine.
  expect(field).toMatch(/^Received: from client\.example \((?:[\w.-]+ )?\[127\.0\.0\.1\]\) by /)
  expect(field).toContain(
    ` by mx.example.com (Lazaret) with ESMTP id L${id} for <user@example.com>; `,
  )
  expect(field).toMatch(/; \w{3}, \d{2} \w{3} \d{4} [\d:]{8} \+0000\r\n$/)
})

test('parameters are said again to a next hop that offers them, and to no other', async () => {
  const it = await start('8BITMIME', 'DSN')
  const asked = {
    from: 'a@far.example',
    mail: ' BODY=8BITMIME RET=HDRS ENVID=QQ+2B314159',
    rcpt: ' NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;user+2Bx@example.com',
  }
  await released(it.lazaret, await release(it, asked))
  it.hop.offers = ['8BITMIME']
  await released(it.lazaret, await release(it, asked))
  it.hop.offers = ['DSN']
  const senseless = { ...asked, mail: ' RET=ALL', rcpt: ' NOTIFY=NEVER,SUCCESS' }
  const { asked: kept } = await released(it.lazaret, await release(it, senseless))
  expect(kept).toBeUndefined()
  expect(it.hop.deliveries.map(({ commands }) => commands)).toEqual([
    [`MAIL FROM:<a@far.example>${asked.mail}`, `RCPT TO:<user@example.com>${asked.rcpt}`],
    ['MAIL FROM:<a@far.example> BODY=8BITMIME', 'RCPT TO:<user@example.com>'],
    ['MAIL FROM:<a@far.example>', 'RCPT TO:<user@example.com>'],
  ])
})

describe('international mail', () => {
  const to = 'jörg@example.com'
  const raw = Buffer.from('From: grüße@far.example\r\nSubject: grüße\r\n\r\nx\r\n')
  const international: Sent[] = [
    { from: 'grüße@far.example', to, mail: ' SMTPUTF8' },
    { from: 'a@far.example', to, mail: ' SMTPUTF8' },
    { from: 'b@far.example', raw, mail: ' SMTPUTF8' },
  ]

  test('goes to a next hop that offers SMTPUTF8', async () => {
    const it = await start('8BITMIME', 'SMTPUTF8')
    for (const sent of international) await released(it.lazaret, await release(it, sent))
    for (const [i, { commands }] of it.hop.deliveries.entries()) {
      expect(commands[0]).toMatch(
        new RegExp(`^MAIL FROM:<${international[i].from}>(?=.* SMTPUTF8)(?!.*SMTPUTF8.*SMTPUTF8)`),
      )
      expect(commands[1]).toBe(`RCPT TO:<${international[i].to ?? 'user@example.com'}>`)
    }
  })

  test('is not sent to another, and comes back with the reason', async () => {
    const it = await start('8BITMIME')
    let commands = 0
    it.hop.reply = (stage) => (['mail', 'rcpt', 'data'].includes(stage) && commands++, null)
    for (const sent of international) {
      const id = await release(it, sent)
      const item = await released(it.lazaret, id, 'failed')
      expect(item.release?.reply).toMatch(/127\.0\.0\.1:\d+: it does not offer SMTPUTF8/)
      expect(itemsIn(it.lazaret, 'caught').map((one) => one.id)).toContain(id)
    }
    expect([commands, it.hop.begun]).toEqual([0, 0])
  })

  test('needs no SMTPUTF8 for a domain, nor where nobody declared it', async () => {
    const it = await start('8BITMIME')
    await released(
      it.lazaret,
      await release(it, {
        from: 'a@grüße.example',
        raw: message(['Subject: x', '', 'x']),
        mail: ' SMTPUTF8',
      }),
    )
    await released(it.lazaret, await release(it, { from: 'a@far.example', raw }))
    expect(it.hop.deliveries.map(({ commands }) => commands[0])).toEqual([
      'MAIL FROM:<a@xn--gre-6ka8l.example>',
      'MAIL FROM:<a@far.example> BODY=8BITMIME',
    ])
  })
})
