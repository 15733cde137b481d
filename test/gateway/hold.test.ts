// One verdict per recipient, carried out on the SMTP transaction.
import { describe, expect, test } from 'vitest'
import { FLAG } from '../../plugin/mail.ts'
import { sendMail, SmtpClient } from '../rig/smtp.ts'
import { PLUGINS } from '../rig/haraka.ts'
import {
  behindHeaders,
  block,
  folderOf,
  itemsIn,
  message,
  nextHop,
  ROOT,
  sha256,
  world,
  type World,
} from './world.ts'

const SPAM = message([
  'From: a@spam.example',
  'To: user@example.com',
  'Subject: buy',
  'Message-ID: <1@spam.example>',
  '',
  'buy',
])
const mail = { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM }

async function set(
  { lazaret }: World,
  scope: string,
  values: Record<string, string>,
): Promise<void> {
  for (const [key, value] of Object.entries(values))
    await lazaret.quarantine.as(ROOT).settings.set(scope, key, value)
}

/** The header fields of a delivered message, whole and in order. */
function fields(raw: Buffer): string[] {
  const [head] = raw.toString('latin1').split('\r\n\r\n')
  return head.split(/\r\n(?![ \t])/)
}

const named = (raw: Buffer, name: string): string[] =>
  fields(raw)
    .filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((field) => field.slice(name.length + 1).trim())

describe('hold', () => {
  test('what is spam lies in Caught before the sender sees 250, and goes nowhere', async () => {
    const { haraka, hop, lazaret } = await world()
    await block(lazaret, '*@spam.example')
    const answer = await sendMail(haraka.port, mail)
    expect(answer.code).toBe(250)
    const [item, ...others] = itemsIn(lazaret, 'caught')
    expect(others).toEqual([])
    expect(item).toMatchObject({
      kind: 'held',
      blob: sha256(SPAM),
      sender: 'a@spam.example',
      recipients: ['user@example.com'],
      scope: 'user@example.com',
      direction: 'in',
      route: { nextHop: `smtp://127.0.0.1:${hop.port}`, wants: null },
      verdict: { class: 'spam' },
    })
    expect(Buffer.compare(lazaret.quarantine.as(ROOT).messages.raw(item.id), SPAM)).toBe(0)
    expect(
      lazaret.quarantine.as(ROOT).messages.itemAt(folderOf(lazaret, 'caught'), item.places[0][0])
        ?.place.flags,
    ).toBe(FLAG.seen)
    // The next message comes through: nothing was delivered before it.
    await sendMail(haraka.port, {
      ...mail,
      from: 'b@friend.example',
      raw: message(['Subject: hi', '', 'x']),
    })
    const [delivered] = await hop.arrived(1)
    expect(delivered.sender).toBe('b@friend.example')
  })

  test('a retried message is the same item', async () => {
    const { haraka, lazaret } = await world()
    await block(lazaret, '*@spam.example')
    for (let i = 0; i < 3; i++) expect((await sendMail(haraka.port, mail)).code).toBe(250)
    expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
    await sendMail(haraka.port, { ...mail, to: ['other@example.com'] })
    expect(itemsIn(lazaret, 'caught')).toHaveLength(2)
  })

  test('a listed, an unlisted and a disabled recipient of one transaction are treated three ways', async () => {
    const it = await world()
    const { haraka, hop, lazaret } = it
    await lazaret.quarantine.as(ROOT).lists.change('listed@example.com', 'block', {
      add: ['*@spam.example'],
    })
    await set(it, 'disabled@example.com', { enabled: 'no' })
    const to = ['listed@example.com', 'unlisted@example.com', 'disabled@example.com']
    expect((await sendMail(haraka.port, { ...mail, to })).code).toBe(250)
    expect(itemsIn(lazaret, 'caught').map(({ scope }) => scope)).toEqual(['listed@example.com'])
    const got = await hop.arrived(2)
    const headers = new Map(
      got.map(({ recipients, raw }) => [recipients.join(), named(raw, 'X-Spam-Flag')]),
    )
    expect(headers).toEqual(
      new Map([
        ['unlisted@example.com', ['NO']],
        ['disabled@example.com', []],
      ]),
    )
  })

  test('another plugin can ask for it by its notes', async () => {
    const { haraka, lazaret, hop } = await world({
      plugins: ['rcpt_to.in_host_list', 'wants', 'lazaret', 'queue/smtp_forward'],
      sources: {
        wants: `exports.hook_data_post = (next, { transaction }) => {
          if (transaction.header.get('X-Note')) transaction.notes.quarantine = 'a virus'
          if (transaction.header.get('X-Wants')) transaction.notes.set('queue.wants', 'quarantine')
          next()
        }`,
      },
    })
    for (const name of ['X-Note', 'X-Wants'])
      expect(
        (await sendMail(haraka.port, { ...mail, raw: message([`${name}: 1`, '', 'x']) })).code,
      ).toBe(250)
    const [note, wants] = itemsIn(lazaret, 'caught')
    expect(note.verdict?.evidence.map(({ text }) => text)).toContain('Held for a virus')
    expect(wants.route?.nextHop).toBe(`smtp://127.0.0.1:${hop.port}`)
    expect(hop.deliveries).toEqual([])
  })

  test('outgoing mail judged spam is held where the sender wants it so', async () => {
    const it = await world({
      plugins: ['relay', ...PLUGINS],
      files: { 'relay.ini': '[relay]\nacl=true\n', relay_acl_allow: '127.0.0.1/32\n' },
    })
    const { haraka, lazaret } = it
    await block(lazaret, '*@example.com')
    await set(it, '', { hold_outgoing: 'yes' })
    const to = ['x@far.example', 'y@away.example']
    expect((await sendMail(haraka.port, { from: 'user@example.com', to, raw: SPAM })).code).toBe(
      250,
    )
    expect(itemsIn(lazaret, 'outgoing')).toMatchObject([
      { direction: 'out', scope: 'user@example.com', recipients: to },
    ])
    expect(itemsIn(lazaret, 'caught')).toEqual([])
  })

  test('outgoing mail is of who logged in, whatever it calls its sender', async () => {
    const users = ['boss@example.com', 'clerk'].map((user) => `${user}=secret\n`).join('')
    const it = await world({
      plugins: ['auth/flat_file', ...PLUGINS],
      files: {
        'auth_flat_file.ini': `[core]\nmethods=PLAIN\nconstrain_sender=false\n[users]\n${users}`,
      },
    })
    const { haraka, lazaret } = it
    await set(it, '', { hold_outgoing: 'yes' })
    // The lists and settings are those of the login, too.
    await lazaret.quarantine
      .as(ROOT)
      .lists.change('boss@example.com', 'block', { add: ['*@spam.example'] })
    await lazaret.quarantine
      .as(ROOT)
      .lists.change('clerk@example.com', 'block', { add: ['*@spam.example'] })
    const held = async (user: string, from: string): Promise<string[]> => {
      const client = await SmtpClient.connect(haraka.port)
      const before = itemsIn(lazaret, 'outgoing').length
      await client.command(`AUTH PLAIN ${Buffer.from(`\0${user}\0secret`).toString('base64')}`)
      await client.send({ from, to: [`${user.length}@far.example`], raw: SPAM })
      await client.quit()
      return itemsIn(lazaret, 'outgoing')
        .slice(before)
        .map(({ scope, sender }) => `${scope} ${sender}`)
    }
    expect(await held('boss@example.com', 'user@example.com')).toEqual([
      'boss@example.com user@example.com',
    ])
    expect(await held('clerk', 'clerk@example.com')).toEqual([
      'clerk@example.com clerk@example.com',
    ])
  })
})

describe('reject', () => {
  test('550 with an id, and the copy is kept', async () => {
    const it = await world()
    const { haraka, hop, lazaret } = it
    await block(lazaret, '*@spam.example')
    await set(it, 'example.com', { action: 'reject' })
    const answer = await sendMail(haraka.port, mail)
    const [item] = itemsIn(lazaret, 'caught')
    expect(answer).toEqual({ code: 550, text: `5.7.1 Message refused as spam; id ${item.id}` })
    expect(hop.deliveries).toEqual([])
  })

  test('a message that somebody else is to get is not refused: the copy is held', async () => {
    const it = await world()
    const { haraka, hop, lazaret } = it
    await lazaret.quarantine.as(ROOT).lists.change('user@example.com', 'block', {
      add: ['*@spam.example'],
    })
    await set(it, 'user@example.com', { action: 'reject' })
    const answer = await sendMail(haraka.port, {
      ...mail,
      to: ['user@example.com', 'b@example.com'],
    })
    expect(answer.code).toBe(250)
    const [delivered] = await hop.arrived(1)
    expect(delivered.recipients).toEqual(['b@example.com'])
    expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
  })
})

describe('tag', () => {
  const tagged = async (...heads: string[][]): Promise<Buffer[]> => {
    const it = await world()
    await block(it.lazaret, '*@spam.example')
    await set(it, '', { action: 'tag' })
    for (const head of heads)
      expect(
        (await sendMail(it.haraka.port, { ...mail, raw: message([...head, '', 'x']) })).code,
      ).toBe(250)
    return (await it.hop.arrived(heads.length)).map(({ raw }) => raw)
  }

  test('the prefix stands before plain, encoded, 8-bit and missing subjects, once', async () => {
    const encoded = '=?utf-8?Q?gr=C3=BC=C3=9Fe?='
    const got = await tagged(
      ['Subject: buy'],
      [`Subject: ${encoded}`],
      ['From: a@spam.example'],
      ['Subject: ***SPAM*** again'],
      ['Subject: two', 'Subject: subjects'],
    )
    expect(got.map((raw) => named(raw, 'Subject'))).toEqual([
      ['***SPAM*** buy'],
      [`***SPAM*** ${encoded}`],
      ['***SPAM***'],
      ['***SPAM*** again'],
      ['***SPAM*** two'],
    ])
    for (const raw of got) expect(named(raw, 'X-Spam-Flag')).toEqual(['YES'])
  })
})

describe('headers of delivered mail', () => {
  test('ours are there, and forged ones are gone, however they are written', async () => {
    const { haraka, hop } = await world()
    const raw = message([
      'X-Spam-Flag: NO',
      'x-spam-STATUS: No, score=-100',
      '\tfolded away',
      'X-Spam-Score : -100',
      'X-Lazaret-Release: v=1; i=1; h=00',
      'X-Spam-Other: stays',
      'Subject: hi',
      '',
      'X-Spam-Flag: in the body',
    ])
    expect((await sendMail(haraka.port, { ...mail, raw })).code).toBe(250)
    const [delivered] = await hop.arrived(1)
    expect(named(delivered.raw, 'X-Spam-Flag')).toEqual(['NO'])
    expect(named(delivered.raw, 'X-Spam-Status')).toHaveLength(1)
    expect(named(delivered.raw, 'X-Spam-Status')[0]).toMatch(
      /^No, score=0\.\d{4} required=0\.\d{4}\r\n\tclass=/,
    )
    expect(named(delivered.raw, 'X-Spam-Score')).toHaveLength(1)
    expect(delivered.raw.toString('latin1')).not.toMatch(/-100|X-Lazaret-Release|folded away/)
    expect(delivered.raw.toString('latin1')).toMatch(
      /X-Spam-Other: stays.*X-Spam-Flag: in the body\r\n$/s,
    )
  })
  test('strangers’ marks of other filters go, those of a filter of this server stay', async () => {
    const { haraka, hop } = await world({
      plugins: ['rcpt_to.in_host_list', 'other', 'lazaret', 'queue/smtp_forward'],
      sources: {
        other: `exports.hook_data_post = (next, { transaction }) => {
          transaction.add_header('X-Spam-Level', '**')
          next()
        }`,
      },
    })
    const strange = [
      'X-Spam: Yes',
      'X-Spam-Level: *****',
      'X-Spam-Report: no spam',
      'X-Spamd-Bar: -',
    ]
    const raw = message([...strange, 'Subject: hi', '', 'x'])
    expect((await sendMail(haraka.port, { ...mail, raw })).code).toBe(250)
    const [delivered] = await hop.arrived(1)
    expect(named(delivered.raw, 'X-Spam-Level')).toEqual(['**'])
    for (const name of ['X-Spam', 'X-Spam-Report', 'X-Spamd-Bar'])
      expect(named(delivered.raw, name)).toEqual([])
  })

  test('the reasons name neither whose list it was nor its masks', async () => {
    const it = await world()
    await block(it.lazaret, '*@spam.example')
    await it.lazaret.quarantine.as(ROOT).lists.change('other@example.com', 'allow', {
      add: ['a@spam*'],
    })
    await set(it, '', { action: 'tag' })
    const to = ['user@example.com', 'other@example.com']
    await sendMail(it.haraka.port, { ...mail, to })
    const got = await it.hop.arrived(2)
    const reasons = got.flatMap(({ raw }) => named(raw, 'X-Spam-Status'))
    expect(reasons.join()).toMatch(
      /on a block list.*on an allow list|on an allow list.*on a block/s,
    )
    expect(reasons.join()).not.toMatch(/everybody|example|\*@|a@spam/)
  })

  test('outgoing mail is left alone, whatever its verdict and its marks', async () => {
    const hop = await nextHop()
    const { haraka, lazaret } = await world({
      plugins: ['relay', ...PLUGINS],
      files: {
        'relay.ini': '[relay]\nacl=true\n',
        relay_acl_allow: '127.0.0.1/32\n',
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\nenable_outbound=true\n`,
      },
    })
    await block(lazaret, '*@example.com')
    await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'tag')
    const raw = message(['From: user@example.com', 'X-Spam-Flag: NO', 'Subject: hi', '', 'x'])
    await sendMail(haraka.port, { from: 'user@example.com', to: ['x@far.example'], raw })
    const [delivered] = await hop.arrived(1)
    const { front, sha256: rest } = behindHeaders(delivered.raw, raw)
    expect(rest).toBe(sha256(raw))
    // Haraka's own trace field.
    expect(front).toMatch(/^Received: (?:.+\r\n)(?:\t.+\r\n)+$/)
  })
})
