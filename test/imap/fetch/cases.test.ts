// Small messages that were once shown wrong, each with the right answer; and what holds for all of them: a part that
// BODYSTRUCTURE names can be fetched and is what it says, and no other part can be.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { SEARCH } from '../../../plugin/imap/commands/search.ts'
import { namedParts } from '../../beside/ask.ts'
import { client, mailbox, type Client } from './client.ts'
import { fetched, type Value } from './response.ts'

const DIR = join(__dirname, '../../corpus/mime/cases')
const FILES = readdirSync(DIR).filter((name) => name.endsWith('.eml'))

let run: Client['run']
beforeAll(async () => {
  const messages = FILES.map((name) => readFileSync(join(DIR, name)))
  ;({ run } = client(await mailbox(messages), { FETCH, SEARCH }))
})

const numberOf = (name: string) => FILES.indexOf(name) + 1
async function get(name: string, ...items: string[]): Promise<(Value | undefined)[]> {
  const [found] = fetched(await run(`FETCH ${numberOf(name)} (${items.join(' ')})`))
  return items.map((item) => found.get(item.replace('.PEEK', '')))
}
async function found(keys: string): Promise<string[]> {
  const numbers = /\* SEARCH(.*)\r\n/.exec(await run(`SEARCH ${keys}`))?.[1] ?? ''
  return numbers
    .split(' ')
    .filter(Boolean)
    .map((number) => FILES[Number(number) - 1])
}

const textOf = (value: Value | undefined) => (typeof value === 'string' ? value : 'no string')

/** Part numbers that nobody should be able to fetch besides those that are named. */
const NEAR = [1, 2, 3, 4].flatMap((a) => [
  `${a}`,
  ...[1, 2, 3].flatMap((b) => [`${a}.${b}`, `${a}.${b}.1`]),
])

test.each(FILES)('%s: BODYSTRUCTURE and BODY[n] agree', async (name) => {
  const [structure] = await get(name, 'BODYSTRUCTURE')
  const parts = namedParts(structure ?? null)
  for (const { path, octets, lines } of parts) {
    const [body, mime] = await get(name, `BODY.PEEK[${path}]`, `BODY.PEEK[${path}.MIME]`)
    expect([path, typeof body, typeof mime]).toEqual([path, 'string', 'string'])
    if (octets !== null) expect([path, textOf(body).length]).toEqual([path, octets])
    if (lines !== null) expect([path, textOf(body).split('\n').length - 1]).toEqual([path, lines])
  }
  const named = new Set(parts.map(({ path }) => path))
  for (const path of NEAR) {
    // As Dovecot: part 1 of a leaf is the leaf. Some clients ask for it.
    if (named.has(path) || named.has(path.replace(/\.1$/, ''))) continue
    const [body, mime] = await get(name, `BODY.PEEK[${path}]`, `BODY.PEEK[${path}.MIME]`)
    expect([path, body, mime]).toEqual([path, null, null])
  }
})

const SPAM = /^(?:Dear friend, buy cheap viagra|Zebraword buy cheap viagra now)/

// One reading, that of Dovecot: the first Content-Type, the first transfer encoding, the first boundary. What is then
// no text to read is shown as it stands.
const AS_IT_STANDS: Record<string, RegExp> = {
  'part-09-two-Content-Type--first-multipart-other-boundary.eml': /^--b1 Content-Type: text\/html/,
  'part-21-two-CTE-first-7bit-second-base64.eml': /^PGh0bWw\+/,
  'part-33-application-octet-stream-inline-html.eml': /^$/,
  'part-37-bare-CR-line-ends-in-header.eml': /^$/,
  'part-45-empty-type-then-boundary.eml': /^--b1 Content-Type: text\/html/,
}
test.each(FILES.filter((name) => /^(?:part|structure)-/.test(name)))(
  '%s: PREVIEW',
  async (name) => {
    const [text] = await get(name, 'PREVIEW')
    expect(text).toMatch(AS_IT_STANDS[name] ?? SPAM)
  },
)

test('SEARCH finds in the body what PREVIEW shows', async () => {
  const shown = FILES.filter((name) => /^(?:part|structure)-/.test(name) && !(name in AS_IT_STANDS))
  const words = [...(await found('BODY "buy cheap viagra"'))]
  expect(words).toEqual(shown)
  expect(await found('TEXT "buy cheap viagra"')).toEqual(shown)
})

describe('reports from other products', () => {
  test('addresses as clients show them', async () => {
    const from = async (name: string) => ((await get(name, 'ENVELOPE'))[0] as Value[])[2]
    expect(await from('report-MimeKit532.eml')).toEqual([
      ['[Invalid Sender]', null, 'sender', 'tk2.example'],
    ])
    expect(await from('report-MimeKit55_missing_bracket.eml')).toEqual([
      ['=?UTF-8?Q?r_f=C3=BCr_At?=', null, 'Info-Mail', 'bbrelay.abc.de'],
    ])
  })

  test('SEARCH BODY knows delivery-status, not the MIME headers of parts', async () => {
    for (const key of ['zebrarecipient', 'zebradiag', 'zebraorig']) {
      expect(await found(`BODY ${key}`)).toEqual(['report-dsn_search.eml'])
      expect(await found(`TEXT ${key}`)).toEqual(['report-dsn_search.eml'])
    }
    expect(await found('BODY zebraname')).toEqual([])
    expect(await found('BODY zebraimage')).toEqual([])
    expect(await found('BODY notice')).toEqual([
      'report-dsn_search.eml',
      'report-mime_header_search.eml',
    ])
  })

  test('undeclared ISO-2022-JP', async () => {
    const [text] = await get('report-zammad6144.eml', 'PREVIEW')
    expect(Buffer.from(textOf(text), 'latin1').toString()).toBe('これはテストメールです。田中')
    const key = Buffer.from('テストメール')
    const keys = `CHARSET UTF-8 BODY {${key.length}+}\r\n${key.toString('latin1')}`
    expect(await found(keys)).toEqual(['report-zammad6144.eml'])
  })

  test('multiparts that nobody closes', async () => {
    const [text, structure] = await get('report-mailparser263.eml', 'PREVIEW', 'BODYSTRUCTURE')
    expect(text).toBe('Test')
    expect(namedParts(structure ?? null).map(({ path, type }) => `${path} ${type}`)).toEqual([
      '1 multipart',
      '1.1 text',
      '1.2 multipart',
      '1.2.1 text',
      '1.2.2 text',
      '1.3 text',
      '2 message/rfc822',
      '2.1 text',
      '3 text',
    ])
  })

  test('a multipart in a message that has no parts', async () => {
    const [structure, part] = await get('report-MailKit1841.eml', 'BODYSTRUCTURE', 'BODY[2.1]')
    expect(namedParts(structure ?? null).at(-1)).toMatchObject({ path: '2.1', octets: 0 })
    expect(part).toBe('')
  })
})

test('nothing is `""`, never the literal {0} for whose rest iOS waits', async () => {
  const items = [
    'BODY.PEEK[]<999999.10>',
    'BODY.PEEK[1]<999999.10>',
    'BODY.PEEK[TEXT]<999999.1>',
    'BODY.PEEK[HEADER]<999999.1>',
    'BODY.PEEK[1.MIME]<999999.1>',
    'BODY.PEEK[HEADER.FIELDS (X)]<2.10>',
    'BINARY.PEEK[1]<999999.10>',
  ]
  const text = await run(`FETCH 1:* (${items.join(' ')})`)
  expect(text).not.toMatch(/\{0\+?\}/)
  const [first] = fetched(text)
  expect([...first.values()]).toEqual(items.map(() => ''))
})
