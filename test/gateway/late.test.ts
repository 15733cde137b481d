// Plugins that ask for the quarantine behind our verdict are heard; what a sender is told does not tell.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT as PACKAGE } from '../rig/build.ts'
import { SmtpClient, sendMail } from '../rig/smtp.ts'
import { block, itemsIn, message, ROOT, until, world } from './world.ts'

const raw = message(['From: a@far.example', 'Subject: x', '', 'x'])
const mail = { from: 'a@far.example', to: ['user@example.com'], raw }

/** A plugin that asks in the hook that the subject names. */
const ASKS = `
const ask = (hook) => (next, { transaction }) => {
  const [where, how] = transaction.header.get('Subject').trim().split(' ')
  if (where === hook && how === 'note') transaction.notes.quarantine = 'a late thought'
  if (where === hook && how === 'wants') transaction.notes.set('queue.wants', 'quarantine')
  next()
}
exports.register = function () {
  this.register_hook('data_post', 'late', 99)
  this.register_hook('queue', 'queue')
}
exports.late = ask('data_post')
exports.queue = ask('NAME')
`

/** A plugin, called as haraka-plugin-prometheus, that logs what was counted so far, and noted for it, when a connection ends. */
const COUNTS = `
const { measures } = require('${join(PACKAGE, 'dist/plugin/haraka/receive/meter.js')}')
exports.hook_disconnect = function (next, { notes }) {
  for (const { type, name, value } of notes.prometheus_metrics ?? []) this.lognotice([type, name, value].join(' '))
  measures().then((all) => {
    const { values } = all.find(({ name }) => name === 'lazaret_messages_total')
    const of = (action) => values.reduce((sum, { labels, value }) => sum + (labels.action === action ? value : 0), 0)
    this.lognotice('counted ' + of('deliver') + ' delivered, ' + of('hold') + ' held')
    next()
  })
}
`

describe('a late wish for the quarantine', () => {
  test('is heard in data_post behind ours and in queue hooks, wherever they stand', async () => {
    const { haraka, hop, lazaret } = await world({
      plugins: [
        'rcpt_to.in_host_list',
        'before',
        'lazaret',
        'between',
        'prometheus',
        'queue/smtp_forward',
      ],
      sources: {
        prometheus: COUNTS,
        before: ASKS.replace('NAME', 'before'),
        between: ASKS.replace('NAME', 'between'),
      },
    })
    const wishes = [
      'data_post note',
      'data_post wants',
      'before note',
      'between note',
      'between wants',
    ]
    for (const wish of wishes) {
      const asked = message([`Subject: ${wish}`, '', 'x'])
      expect((await sendMail(haraka.port, { ...mail, raw: asked })).code).toBe(250)
    }
    const items = itemsIn(lazaret, 'caught')
    expect(items).toHaveLength(wishes.length)
    const reasons = items.map(({ verdict }) => verdict?.evidence.at(-1)?.text)
    expect(reasons[0]).toBe('Held for a late thought')
    expect(reasons[1]).toBe('Held for another plugin')
    // Whoever asks for nothing is not held up.
    await sendMail(haraka.port, mail)
    expect((await hop.arrived(1)).map(({ sender }) => sender)).toEqual(['a@far.example'])
    expect(hop.deliveries).toHaveLength(1)
    // Each message once, as what became of it.
    await haraka.logged(/counted 1 delivered, 5 held/)
    await haraka.logged(/\[prometheus\] counter lazaret_messages_\w+_hold_total 1$/m)
    await haraka.logged(/\[prometheus\] counter lazaret_messages_\w+_deliver_total 1$/m)
  })

  test('takes back what was on its way to a recipient with headers of its own', async () => {
    const { haraka, hop, lazaret } = await world({
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'between', 'queue/smtp_forward'],
      sources: { between: ASKS.replace('NAME', 'between') },
      ini: { settings: { release_delay: 0 } },
    })
    hop.reply = (stage) => (stage === 'rcpt' ? '451 4.7.1 later' : null)
    await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const to = ['user@example.com', 'off@example.com', 'more@example.com']
    const asked = message(['Subject: between note', '', 'x'])
    expect((await sendMail(haraka.port, { ...mail, to, raw: asked })).code).toBe(250)
    const scopes = itemsIn(lazaret, 'caught').map(({ scope }) => scope)
    expect(scopes.toSorted()).toEqual(to.toSorted())
    await until(lazaret, () => lazaret.quarantine.system.openReleases().length === 0)
    expect(hop.deliveries).toEqual([])
  })
})

test('the whole dialogue of a held message is that of a delivered one', async () => {
  const { haraka, hop, lazaret } = await world()
  hop.reply = (stage) => (stage === 'dot' ? '250 2.0.0 kept as 4711' : null)
  await block(lazaret, '*@spam.example')
  const dialogue = async (from: string, to: string[]): Promise<string[]> => {
    const client = await SmtpClient.connect(haraka.port)
    const said: string[] = []
    for (const line of [`MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`), 'DATA']) {
      const { code, text } = await client.command(line)
      said.push(`${code} ${text.replaceAll(from, 'SENDER')}`)
    }
    const { code, text } = await client.command(`${raw.toString('latin1')}.`)
    said.push(`${code} ${text.replace(/[0-9A-F-]{36}(?:\.\d+)?/, 'ID')}`)
    await client.quit()
    return said
  }
  const two = ['user@example.com', 'b@example.com']
  const delivered = await dialogue('a@far.example', two)
  expect(await dialogue('a@spam.example', two)).toEqual(delivered)
  // One of two, and with headers of its own.
  await lazaret.quarantine
    .as(ROOT)
    .lists.change('b@example.com', 'block', { add: ['*@far.example'] })
  expect(await dialogue('a@far.example', two)).toEqual(delivered)
  await lazaret.quarantine.as(ROOT).settings.set('user@example.com', 'enabled', 'no')
  expect(await dialogue('c@far.example', [...two])).toEqual(delivered)
  expect(delivered.at(-1)).toBe('250 Message Queued (ID)')
})

test('lazaret twice in config/plugins is said, and works as once', async () => {
  const { haraka, hop, lazaret } = await world({
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret', 'queue/smtp_forward'],
  })
  await haraka.logged(/config\/plugins names lazaret twice/)
  await block(lazaret, '*@spam.example')
  expect((await sendMail(haraka.port, { ...mail, from: 'a@spam.example' })).code).toBe(250)
  expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
  expect((await sendMail(haraka.port, mail)).code).toBe(250)
  expect(await hop.arrived(1)).toHaveLength(1)
  await haraka.stop()
})

test('a verdict is one line of the log, in which no stranger writes another', async () => {
  const { haraka, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  const from = '"x/class=ham,rip=192.0.2.1"@spam.example'
  expect((await sendMail(haraka.port, { ...mail, from })).code).toBe(250)
  const line = await haraka.logged(/verdict sender=/)
  const [{ id }] = itemsIn(lazaret, 'caught')
  expect(line).toMatch(/^\[NOTICE\] \[[0-9A-F-]+\.1\] \[lazaret\] verdict sender="/)
  expect(line).toContain(
    ` recipient="user@example.com" class=spam score=1.0000 outcome=hold item=${id} reason="`,
  )
  expect(line).toContain(' sender="\\u0022x/class=ham,rip=192.0.2.1\\u0022@spam.example" ')
})
