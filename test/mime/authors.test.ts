// From as lists read it: what any reader finds is looked up, and whom all of them find is the author.
import fc from 'fast-check'
import { simpleParser, type AddressObject } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { decideLists, type ListQuery } from '../../plugin/filter/lists.ts'
import { MaskIndex } from '../../plugin/filter/mask-index.ts'
import { canonicalAddress, domainOf } from '../../plugin/address.ts'
import { parseMask } from '../../plugin/filter/mask.ts'
import { UNPROVEN } from '../../plugin/filter/proofs.ts'
import { parseAddresses } from '../../plugin/mime/address.ts'
import type { Authors } from '../../plugin/mail.ts'
import { authorsOf } from '../../plugin/mime/authors.ts'
import { parseEnvelope } from '../../plugin/mime/envelope.ts'
import { findAll, parseHeader } from '../../plugin/mime/headers.ts'
import { corpus } from '../quarantine/rig.ts'

/** The same values each time: what another reader makes of random ones may be an accident of its own. SEED=n: others. */
const SEED = Number(process.env.SEED ?? 1)

const read = (from: string | Buffer): Authors =>
  authorsOf(parseHeader(Buffer.concat([Buffer.from('From: '), Buffer.from(from)])))

const index = new MaskIndex()

/** Whether block lists hold a message for an address that somebody found in it. */
function isBlocked(authors: Authors, address: string): boolean {
  const form = canonicalAddress(address)
  // Nothing in quotes is nobody; U+FFFD stands for what ENVELOPE cannot say.
  if (form === null || /^"*@|\ufffd/.test(form)) return true
  const mask = maskOf(form)
  if (mask === null) return true
  index.add('', 'block', mask)
  const query: ListQuery = {
    from: authors,
    sender: '',
    recipient: 'user@elsewhere.test',
    proofs: UNPROVEN,
    allowNeedsAuth: false,
    organizationIsOwn: true,
    scope: 'user@elsewhere.test',
  }
  const decision = decideLists(index, query)
  index.remove('', 'block', mask)
  return decision !== null
}

/**
 * The narrowest mask of an address; the domain's where no reader agrees with another on the quotes of the local
 * part, or no mask can say it; null where no mask can say the domain.
 */
function maskOf(form: string): string | null {
  const domain = `*@${domainOf(form)}`
  for (const mask of form.includes('"') ? [domain] : [form, domain]) {
    try {
      return parseMask(mask)
    } catch {
      // not that one
    }
  }
  return null
}

const latin1ToText = (text: string | null): string =>
  Buffer.from(text ?? '', 'latin1').toString('utf8')

/** What three readers find: mailparser, our ENVELOPE, and what people call a regular expression for addresses. */
async function found(raw: Buffer): Promise<string[]> {
  const header = parseHeader(raw)
  const parsed = await simpleParser(raw)
  const value = (one: AddressObject | undefined): string[] =>
    (one?.value ?? []).flatMap(({ address, group = [] }) => [
      ...(address ? [address] : []),
      ...group.flatMap((member) => (member.address ? [member.address] : [])),
    ])
  const enveloped = parseEnvelope(header).from.flatMap(({ mailbox, host }) =>
    mailbox !== null && host !== null && !isBroken(mailbox, host)
      ? [`${latin1ToText(mailbox)}@${latin1ToText(host)}`]
      : [],
  )
  const texts = findAll(header, 'from').map(latin1ToText)
  // To mailparser's regular expressions a letter with an accent is no letter: an address may begin or end inside of a word.
  const inWord = (address: string): boolean =>
    texts.some((text) => text.includes(address) && !isWord(text, address))
  const naive = texts.flatMap((text) => text.match(/[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}/gi) ?? [])
  const lenient = [...value(parsed.from), ...enveloped]
  return [...lenient.filter((one) => IS_ONE.test(one) && !inWord(one)), ...naive]
}

/** Both hand over what they cannot take apart: an address has a name in front, and a domain of labels. */
const IS_ONE = /^[\p{L}\p{N}][^\s\p{C}<>,;@?=]*@(?:[\p{L}\p{M}\p{N}_-]+\.)+[\p{L}\p{M}\p{N}_-]+$/u

function isWord(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1))
    if (
      !/[\w%+.\x80-\u{10ffff}]$/u.test(text.slice(0, at)) &&
      !/^[A-Za-z0-9\x80-\u{10ffff}]/u.test(text.slice(at + address.length))
    )
      return true
  return false
}

/** Stand-ins of ENVELOPE for what it cannot read, and encoded words, which it leaves as they are. */
const isBroken = (mailbox: string, host: string): boolean =>
  mailbox.includes('=?') ||
  mailbox === 'MISSING_MAILBOX' ||
  host === 'MISSING_DOMAIN' ||
  host === 'SYNTAX_ERROR'

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a@b.example', 'x.y@c.test', 'Ann', 'müller', 'x@bücher.test'),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom('<', '>', '"', '(', ')', ',', ';', ':', '@', '.', '\\', "'"),
  },
  { weight: 3, arbitrary: fc.constantFrom(' ', '\t', '\r\n ', '[', ']', '%', '!', '=', '|', '/') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '=?utf-8?Q?a=40b.example?=',
      '=?utf-8?B?PGFAYi5leGFtcGxlPg==?=',
      '=?utf-8?Q?_Ann?=',
      '=?utf-8?Q?',
      '?=',
      '\u200b',
      '＠',
      '。',
      '<a@b.example>',
      '"Ann" <x@c.test>',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)
const value = fc.array(piece, { minLength: 1, maxLength: 9 }).map((all) => all.join(''))

describe('block: whatever a reader finds is looked up', () => {
  test('in any From', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        // A line of its own would be another field, or the end of the header.
        const from = text.replaceAll(/[\r\n]+(?! )/g, '')
        const raw = Buffer.from(`From: ${from}\r\n\r\n`)
        const authors = authorsOf(parseHeader(raw))
        for (const address of await found(raw))
          expect({ address, blocked: isBlocked(authors, address) }).toEqual({
            address,
            blocked: true,
          })
      }),
      { numRuns: 2000, seed: SEED },
    )
  })

  test('in every From of the corpus', async () => {
    for (const folder of ['easy-ham-1', 'hard-ham-1', 'spam-1', 'spam-2'] as const)
      for (const raw of corpus(folder, 500)) {
        const authors = authorsOf(parseHeader(raw))
        for (const address of await found(raw.subarray(0, parseHeader(raw).end)))
          expect({ address, blocked: isBlocked(authors, address) }).toEqual({
            address,
            blocked: true,
          })
      }
  })
})

describe('allow: the one author', () => {
  test('is the only address that ENVELOPE finds', () => {
    fc.assert(
      fc.property(value, (text) => {
        const from = text.replaceAll(/[\r\n]+(?! )/g, '')
        const { author, shown } = read(`${from}\r\n\r\n`)
        // To ENVELOPE the words of `News @ Shop <news@shop.example>` are an address.
        if (author === null || /[\s)]@|@[\s(]/.test(from)) return
        expect(shown).toContain(author)
        const [only, ...rest] = parseAddresses(Buffer.from(from).toString('latin1')).filter(
          ({ mailbox, host }) => mailbox !== null && host !== null && !isBroken(mailbox, host),
        )
        expect(rest).toEqual([])
        if (only)
          expect(canonicalAddress(`${latin1ToText(only.mailbox)}@${latin1ToText(only.host)}`)).toBe(
            canonicalAddress(author),
          )
      }),
      { numRuns: 5000, seed: SEED },
    )
  })

  test('nearly all mail has one', () => {
    const all = [...corpus('easy-ham-1', 500), ...corpus('easy-ham-2', 500)]
    const without = all.filter((raw) => authorsOf(parseHeader(raw)).author === null)
    expect(without.length).toBeLessThan(all.length / 50)
  })
})

describe('bounded', () => {
  test.each([
    ['many addresses', 'a@b.example, '.repeat(100_000)],
    ['many different ones', Array.from({ length: 50_000 }, (_, i) => `a${i}@b${i}.example`).join()],
    ['many signs', '@'.repeat(1_000_000)],
    ['many brackets', '<'.repeat(1_000_000)],
    ['many quotes', '"@'.repeat(500_000)],
    ['many comments', '('.repeat(500_000) + ')'.repeat(500_000)],
    ['many words', '=?utf-8?Q?a=40b?= '.repeat(50_000)],
    ['words that do not end', '=?utf-8?Q?'.repeat(100_000)],
    ['spaces', `${' '.repeat(1_000_000)}@${' '.repeat(1_000_000)}x`],
    ['one long local part', `${'a'.repeat(1_000_000)}@b.example`],
    ['one long domain', `a@${'b.'.repeat(500_000)}example`],
    ['dots', `a@${'.'.repeat(1_000_000)}`],
    ['full-width', '＠'.repeat(300_000)],
  ])('%s', (_, text) => {
    const { shown } = read(text)
    expect(shown.length).toBeLessThanOrEqual(2000)
    for (const address of shown) expect(address.length).toBeLessThan(2000)
  })

  test('the first and the last of very many are looked up', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `a${i}@b.example`)
    const { shown } = read(`first@x.example, ${many.join(', ')}, last@x.example`)
    expect(shown).toEqual(expect.arrayContaining(['first@x.example', 'last@x.example']))
  })
})
