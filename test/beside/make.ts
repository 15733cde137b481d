// Structurally mutated messages, the same for a seed: a sound message of random structure, then a few faults of the
// kinds that mail and spam have.
import type { Mail } from './mail.ts'

/** Whole numbers below `n`, the same for a seed (xorshift32). */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) >>> 0) | 1
  }
  below(n: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return this.#state % n
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }
}

/** `count` messages; number `i` is the same whatever the count. */
export function mutated(count: number, seed = 1): Mail[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(seed * 100_003 + i)
    let text = message(random)
    const faults: string[] = []
    for (let n = random.below(4); n > 0; n--) {
      const name = random.of(Object.keys(FAULTS))
      faults.push(name)
      text = FAULTS[name](text, random)
    }
    const raw = Buffer.from(text.replace(/\r?\n/g, '\r\n').replaceAll('\0', ' '), 'latin1')
    return { name: `mutated ${i}: ${faults.join(', ') || 'sound'}`, raw }
  }).filter(({ raw }) => raw.length > 0)
}

/** Words that SEARCH is asked for. */
export const WORDS = ['zebra', 'lion', 'otter', 'badger', 'heron', 'print', 'plain', 'Wort']

function words(random: Random): string {
  return Array.from({ length: 1 + random.below(6) }, () => random.of(WORDS)).join(' ')
}

const ADDRESSES = [
  'Bob <bob@shop.example>',
  '"Smith, Bob" <bob@shop.example>',
  'bob@shop.example (Bob)',
  'bob@shop.example, Carl <carl@shop.example>',
  'friends: bob@shop.example, carl@shop.example;',
  'undisclosed-recipients:;',
  '=?utf-8?q?B=C3=B6b?= <bob@shop.example>',
  // Broken ones.
  '[Bob] <bob@shop.example>',
  'Bob <bob@shop.example',
  '"Bob <bob@shop.example>',
  'Bob @ Shop <bob@shop.example>',
  'bob@shop.example; carl@shop.example',
  'Bob <mailto:bob@shop.example>',
  'Bob <bob@shop.example.>',
  'Bob',
  '<>',
]

function message(random: Random): string {
  const fields = [
    `From: ${random.of(ADDRESSES)}`,
    `To: ${random.of(ADDRESSES)}`,
    `Subject: ${words(random)}`,
    'Date: Sat, 28 Nov 2026 10:00:00 +0000',
    `Message-ID: <${random.below(1e9)}@shop.example>`,
  ]
  if (random.below(3) === 0) fields.push(`Cc: ${random.of(ADDRESSES)}`)
  return `${fields.join('\n')}\nMIME-Version: 1.0\n${entity(random, 0)}\n`
}

const TYPES = ['mixed', 'mixed', 'alternative', 'related', 'digest', 'report', 'signed', 'x-own']

/** Fields of the content, an empty line and the body; no line end behind it. */
function entity(random: Random, depth: number): string {
  if (depth < 5 && random.below(10) < (depth === 0 ? 8 : 3)) return multipart(random, depth)
  if (depth > 0 && depth < 5 && random.below(7) === 0)
    return `Content-Type: message/rfc822\n\n${message(random).trimEnd()}`
  return random.of(LEAVES)(random)
}

function multipart(random: Random, depth: number): string {
  const boundary = `${random.of(['b', '=_', 'Next', '----=_P'])}${random.of(['', '_', '-'])}${random.below(90)}`
  const parts = Array.from({ length: 1 + random.below(3) }, () => entity(random, depth + 1))
  const preamble = random.below(3) === 0 ? `${words(random)}\n` : ''
  const epilogue = random.below(4) === 0 ? `\n${words(random)}` : ''
  const type = `multipart/${random.of(TYPES)}; boundary="${boundary}"`
  const lines = parts.map((part) => `--${boundary}\n${part}\n`).join('')
  return `Content-Type: ${type}\n\n${preamble}${lines}--${boundary}--${epilogue}`
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

const LEAVES: readonly ((random: Random) => string)[] = [
  (random) => `Content-Type: text/plain; charset=us-ascii\n\n${words(random)}`,
  (random) => `Content-Type: text/plain\n\n${words(random)}\n\n> quoted ${words(random)}\n`,
  (random) => `\n${words(random)}`,
  (random) => `Content-Type: text/html; charset=utf-8\n\n<p>${words(random)}</p>`,
  (random) =>
    `Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n${base64(`<p>${words(random)}`)}`,
  (random) =>
    `Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nW=F6rt ${words(random)}=\n ${words(random)}`,
  (random) =>
    `Content-Type: image/png; name="${words(random)}.png"\nContent-Disposition: attachment;\n filename="${words(random)}"\nContent-Transfer-Encoding: base64\n\n${base64(words(random))}`,
  (random) =>
    `Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nAction: ${words(random)}`,
  (random) => `Content-Type: text/x-log; name*0=a; name*1=b\n\n${words(random)}`,
  (random) =>
    `Content-Type: application/octet-stream\nContent-ID: <a@b>\nContent-Description: ${words(random)}\nContent-Language: en, de\nContent-Location: http://x.example/\nContent-MD5: abc\n\n${words(random)}`,
]

type Fault = (text: string, random: Random) => string

/** Replaces the occurrence of `what` that the dice say; the text as it is where there is none. */
function one(text: string, what: RegExp, random: Random, to: (match: string) => string): string {
  const all = [...text.matchAll(new RegExp(what, 'g'))]
  if (all.length === 0) return text
  const { 0: match, index } = random.of(all)
  return text.slice(0, index) + to(match) + text.slice(index + match.length)
}

const line = (text: string): string[] => text.split('\n')
const BOUNDARY = /boundary="[^"\n]*"/
const DELIMITER = /(?<=\n)--[^\n]+/
const CONTENT = /(?<=\n)Content-[A-Z][^\n]*/

const FAULTS: Readonly<Record<string, Fault>> = {
  'text on the delimiter': (t, r) => one(t, DELIMITER, r, (d) => `${d} ${words(r)}`),
  'white space behind the delimiter': (t, r) => one(t, DELIMITER, r, (d) => `${d} \t`),
  'a delimiter is lost': (t, r) => one(t, /(?<=\n)--[^\n]+\n/, r, () => ''),
  'a delimiter twice': (t, r) => one(t, /(?<=\n)--[^\n]+\n/, r, (d) => d + d),
  'a delimiter closes': (t, r) => one(t, DELIMITER, r, (d) => `${d}--`),
  'closing only': (t, r) =>
    one(t, BOUNDARY, r, () => 'boundary="none"').replace(/\n$/, '\n--none--\n'),
  'another boundary': (t, r) => one(t, BOUNDARY, r, () => 'boundary="zz"'),
  'no boundary': (t, r) => one(t, BOUNDARY, r, () => 'x=y'),
  'two boundaries': (t, r) =>
    one(t, BOUNDARY, r, (b) => (r.below(2) === 0 ? `boundary=zz; ${b}` : `${b}; boundary=zz`)),
  'boundary in another parameter': (t, r) => one(t, BOUNDARY, r, (b) => `x="boundary=zz"; ${b}`),
  'boundary without quotes': (t, r) => one(t, BOUNDARY, r, (b) => b.replaceAll('"', '')),
  'quoted pair': (t, r) => one(t, BOUNDARY, r, (b) => b.replace(/.(?="$)/, '\\$&')),
  'boundary by RFC 2231': (t, r) =>
    one(t, BOUNDARY, r, (b) => b.replace(/boundary="(.)(.*)"/, 'boundary*0="$1"; boundary*1="$2"')),
  'boundary with a charset': (t, r) =>
    one(t, BOUNDARY, r, (b) => b.replace(/boundary="(.*)"/, "boundary*=us-ascii''$1")),
  'long boundary': (t, r) => {
    const [found] = [BOUNDARY.exec(t)?.[0].slice(10, -1) ?? '']
    return found === '' ? t : t.replaceAll(found, found + 'x'.repeat(r.of([40, 75, 100, 200])))
  },
  'all boundaries the same': (t) => t.replace(/(?<=boundary="|\n--)[^"\n-]+[0-9]+/g, 'same'),
  'folded boundary': (t, r) => one(t, BOUNDARY, r, (b) => `\n ${b}`),
  'lost fold': (t, r) => one(t, BOUNDARY, r, (b) => `\n${b}`),
  'no semicolon': (t, r) => one(t, /; ?(?=[a-z*0-9]+=)/, r, () => ' '),
  'comment in a field': (t, r) =>
    one(t, CONTENT, r, (f) => f.replace(/: |; |\//, (m) => `${m}(x (y)) `)),
  'space before the colon': (t, r) => one(t, CONTENT, r, (f) => f.replace(':', ' :')),
  'spaces in the type': (t, r) => one(t, CONTENT, r, (f) => f.replace('/', ' / ')),
  'a type that cannot be read': (t, r) =>
    one(t, CONTENT, r, (f) =>
      f.replace(/: [^;]*/, r.of([': ', ': "text/html"', ': text', ': /', ': text/'])),
    ),
  'a field twice': (t, r) => one(t, CONTENT, r, (f) => `${f}\n${f}`),
  'two types': (t, r) =>
    one(
      t,
      CONTENT,
      r,
      (f) =>
        `${f}\nContent-Type: ${r.of(['text/plain', 'image/png', 'multipart/mixed; boundary=zz'])}`,
    ),
  'two encodings': (t, r) =>
    one(
      t,
      CONTENT,
      r,
      (f) =>
        `${f}\nContent-Transfer-Encoding: ${r.of(['base64', '7bit', 'quoted-printable', 'x-own'])}`,
    ),
  'an encoding with more': (t, r) =>
    one(t, /Encoding: [^\n]*/, r, (e) => e + r.of([';', ' (c)', ' x', '; y=z'])),
  'no empty line': (t, r) => one(t, /\n\n/, r, () => '\n'),
  'a line of white space': (t, r) => one(t, /\n\n/, r, () => '\n \n'),
  'two empty lines': (t, r) => one(t, /\n\n/, r, () => '\n\n\n'),
  'a line that is no field': (t, r) => one(t, CONTENT, r, (f) => `${words(r)}\n${f}`),
  'no MIME-Version': (t) => t.replace(/MIME-Version: 1\.0\n/, ''),
  'cut short': (t, r) => t.slice(0, r.below(t.length) + 1),
  'a line is lost': (t, r) => {
    const lines = line(t)
    lines.splice(r.below(lines.length), 1)
    return lines.join('\n')
  },
  'two lines change places': (t, r) => {
    const lines = line(t)
    const at = r.below(lines.length - 1)
    ;[lines[at], lines[at + 1]] = [lines[at + 1], lines[at]]
    return lines.join('\n')
  },
  'an address': (t, r) =>
    one(
      t,
      /(?<=\n)(?:To|Cc): [^\n]*/,
      r,
      (f) => `${f.slice(0, 4)}${r.of(ADDRESSES)}, ${r.of(ADDRESSES)}`,
    ),
  'a charset': (t, r) =>
    one(t, /charset=[a-z0-9-]+/, r, () =>
      r.of(['charset=utf-8', 'charset=x-none', 'charset=""', 'charset']),
    ),
  'eight bits': (t, r) =>
    one(t, /zebra|lion/, r, () => r.of(['W\xf6rt', 'W\xc3\xb6rt', '\x1b$B%F%9%H\x1b(B'])),
  'a bare CR': (t, r) => one(t, / /, r, () => '\r'),
}
