// Lists and proofs through a real Haraka: some forms of From, and what the plugins spf and dkim found.
import { expect, test } from 'vitest'
import { FORMS, messageOf } from '../quarantine/lists/from-forms.ts'
import { PLUGINS } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, itemsIn, message, ROOT, world, type World } from './world.ts'

/** Lines as they travel. */
const crlf = (raw: Buffer): Buffer =>
  Buffer.from(raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')

const form = (name: string): Buffer => {
  const found = FORMS.find((one) => one.name === name)
  if (!found) throw new Error(`no form ${name}`)
  return crlf(messageOf(found))
}

async function send({ haraka }: World, from: string, raw: Buffer): Promise<void> {
  const { code } = await sendMail(haraka.port, { from, to: ['user@example.com'], raw })
  expect(code).toBe(250)
}

test('a block entry holds the forms, an allow entry lets the author pass', async () => {
  const one = await world()
  await block(one.lazaret, 'attacker@evil.example', '*@müller.example')
  const held = [
    'another address as name',
    'square brackets with a hash',
    'bracket that does not end',
    'encoded as a whole',
    'full-width at sign',
    'zero-width space',
    'field behind a bare CR',
    'raw UTF-8 domain',
    'stray byte beside a UTF-8 domain',
  ]
  for (const name of held) await send(one, 'other@neutral.example', form(name))
  expect(itemsIn(one.lazaret, 'caught')).toHaveLength(held.length)

  await one.lazaret.quarantine
    .as(ROOT)
    .lists.change('example.com', 'allow', { add: ['attacker@evil.example'] })
  await send(one, 'other@neutral.example', form('at sign in the name'))
  const [delivered] = await one.hop.arrived(1)
  expect(delivered.raw.toString('latin1')).toContain('reason="the sender is on an allow list"')
  await send(one, 'other@neutral.example', form('group'))
  expect(itemsIn(one.lazaret, 'caught')).toHaveLength(held.length + 1)
})

/** Plugins that find what a header of the message tells them to. */
const SPF = `
exports.register = function () { this.register_hook('data_post', 'find', -50) }
exports.find = function (next, connection) {
  const { transaction } = connection
  const domain = transaction.header.get('X-Test-SPF').trim()
  if (domain) transaction.results.add(this, { scope: 'mfrom', result: 'Pass', domain })
  next()
}`
const DKIM = `
exports.register = function () { this.register_hook('data_post', 'find', -50) }
exports.find = function (next, connection) {
  const { transaction } = connection
  const domain = transaction.header.get('X-Test-DKIM').trim()
  transaction.results.add(this, domain ? { domain, pass: domain } : { skip: 'no/bad signature' })
  next()
}`

const letter = (from: string, spf: string, dkim: string): Buffer =>
  message([
    `From: ${from}`,
    'To: user@example.com',
    `X-Test-SPF: ${spf}`,
    `X-Test-DKIM: ${dkim}`,
    `Message-ID: <${Math.random()}@x.example>`,
    '',
    'Hello.',
  ])

const PROVEN: [from: string, sender: string, spf: string, dkim: string, delivered: boolean][] = [
  // From, envelope sender, SPF passed for, DKIM passed for; delivered by the allow entry boss@partner.example
  ['boss@partner.example', 'x@evil.example', '', 'mail.partner.example', true],
  ['boss@partner.example', 'b@bounce.partner.example', 'bounce.partner.example', '', true],
  ['x@evil.example', 'boss@partner.example', 'partner.example', '', true],
  ['boss@partner.example', 'x@evil.example', 'evil.example', 'evil.example', false],
  ['x@evil.example', 'boss@partner.example', 'evil.example', 'evil.example', false],
  ['x@evil.example', 'boss@partner.example', '', 'partner.example', false],
  ['boss@partner.example', 'boss@partner.example', '', '', false],
  ['chief@example.com', 'boss@partner.example', 'partner.example', '', false],
]

test('with spf and dkim loaded, the address that an allow entry matches must be proven', async () => {
  const one = await world({
    plugins: ['spf', 'dkim', ...PLUGINS],
    sources: { spf: SPF, dkim: DKIM },
  })
  const { lists } = one.lazaret.quarantine.as(ROOT)
  await lists.change('user@example.com', 'allow', { add: ['boss@partner.example'] })
  await block(one.lazaret, '*@evil.example', '*@partner.example')
  for (const [from, sender, spf, dkim, delivered] of PROVEN) {
    const before = itemsIn(one.lazaret, 'caught').length
    await send(one, sender, letter(from, spf, dkim))
    const said = lists.check({
      from: { value: from },
      sender,
      recipient: 'user@example.com',
      proofs: {
        dkim: dkim === '' ? [] : [dkim],
        spf: spf === '' ? null : { scope: 'mfrom', domain: spf },
        checked: true,
      },
      direction: 'in',
    })
    expect({
      row: [from, sender, spf, dkim],
      held: itemsIn(one.lazaret, 'caught').length - before,
      checked: said.decision?.list,
    }).toEqual({
      row: [from, sender, spf, dkim],
      held: delivered ? 0 : 1,
      checked: delivered ? 'allow' : 'block',
    })
  }
})
