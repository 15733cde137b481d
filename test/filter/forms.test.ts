// Spam in every form in which some client shows it is as much spam as in the plain one (docs/structure.md).
import { describe, expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { corpus } from '../twin/corpus.ts'
import {
  CHARSETS,
  FORMS,
  HEAD,
  PLACES,
  type Change,
  ascii,
  write as form,
} from '../twin/forms/index.ts'

/** Spams whose text is HTML that is not encoded, with CRLF. */
function htmlOf(raw: Uint8Array): Buffer | undefined {
  const text = Buffer.from(raw).toString('latin1').replace(/\r?\n/g, '\r\n')
  const end = text.indexOf('\r\n\r\n')
  const head = text.slice(0, end)
  if (!/^content-type:\s*text\/html/im.test(head)) return undefined
  if (/^content-transfer-encoding:\s*(?![78]bit)/im.test(head)) return undefined
  const html = Buffer.from(text.slice(end + 4), 'latin1')
  const isHtml = /<(?:html|body)/i.test(html.toString('latin1', 0, 400))
  return isHtml && html.length > 500 && html.length < 16_000 ? html : undefined
}

const samples = corpus()
const candidates = samples
  .filter(({ label }) => label === 'spam')
  .flatMap(({ name, raw }) => {
    const html = htmlOf(raw)
    return html ? [{ name, html }] : []
  })
  .filter((_, i) => i % 4 === 0)
const names = new Set(candidates.map(({ name }) => name))

/** Of a good message: with these fields a text is called spam for itself, or not at all. */
const ham = samples.find(({ name }) => name.startsWith('easy-ham-2/00721.'))!
const lines = Buffer.from(ham.raw).toString('latin1').replace(/\r?\n/g, '\r\n')
const head = `${lines
  .slice(0, lines.indexOf('\r\n\r\n') + 2)
  .replace(/^From .*\r\n/, '')
  .replace(/^(?:content|mime)-.*\r\n(?:[ \t].*\r\n)*/gim, '')}MIME-Version: 1.0\r\n`
const write = (html: Buffer, ...changes: Change[]): Buffer => form(html, { head }, ...changes)

const kernel = new Kernel()
for (const { name, raw, label } of samples)
  if (!names.has(name) && name !== ham.name) kernel.learn(raw, label)

const SPAM = 0.9
const spams = candidates.filter(({ html }) => kernel.score(write(html)).p >= SPAM).slice(0, 40)
const textOf = (raw: Buffer): Set<number> => new Set(kernel.features(raw)[2])

/** Shares of the plain form's text features that are missing, and that are added. */
function differing(raw: Buffer, plain: Set<number>): { missing: number; added: number } {
  const found = textOf(raw)
  const missing = [...plain].filter((slot) => !found.has(slot)).length
  const added = [...found].filter((slot) => !plain.has(slot)).length
  return { missing: missing / plain.size, added: added / plain.size }
}

/** Forms of which some clients show more: the line of a delimiter, the source of a multipart without parts. */
const MORE = new Set(['that is missing', 'that is empty', 'that never comes', 'much text behind'])

/** Share of the text features that differ from those of the plain form. */
function change(names: readonly string[], raw: Buffer, plain: Set<number>): number {
  const { missing, added } = differing(raw, plain)
  return names.some((name) => MORE.has(name)) ? missing : missing + added
}

test('forty spams are called spam in the plain form', () => {
  expect(spams).toHaveLength(40)
  const innocent = Buffer.from('<html><body>Hello Bob, see you at lunch then</body></html>')
  expect(kernel.score(write(innocent)).p).toBeLessThan(0.5)
})

describe('of forty spams as many are called spam, by the same text', () => {
  test.each(FORMS)('$kind: $name', ({ kind, name, change: changes }) => {
    const all = spams.map(({ html }) => {
      // What a charset of two octets holds is told apart by letters of ASCII.
      const text = kind === 'charset' ? ascii(html) : html
      const raw = write(text, changes)
      return { p: kernel.score(raw).p, differs: change([name], raw, textOf(write(text))) }
    })
    expect(all.filter(({ p }) => p >= SPAM).length).toBeGreaterThanOrEqual(38)
    expect(Math.max(...all.map(({ differs }) => differs))).toBeLessThanOrEqual(0.02)
  })

  test.each(Object.entries(PLACES))('%s', (_, place) => {
    const all = spams.map(({ html }) => {
      const raw = Buffer.from(
        place(html.toString('latin1')).replace(HEAD, () => head),
        'latin1',
      )
      return { p: kernel.score(raw).p, ...differing(raw, textOf(write(html))) }
    })
    expect(all.filter(({ p }) => p >= SPAM).length).toBeGreaterThanOrEqual(38)
    // Where the text is cut in two, a tag or a word may be.
    expect(Math.max(...all.map(({ missing }) => missing))).toBeLessThanOrEqual(0.04)
  })
})

test('what is nested deeper than all bounds is text', () => {
  const open = Array.from(
    { length: 130 },
    (_, i) => `Content-Type: multipart/mixed; boundary="b${i}x"\r\n\r\n--b${i}x\r\n`,
  )
  const text = 'Buy cheap pills online today, friend: http://pills.example/now'
  const raw = Buffer.from(`${open.join('')}Content-Type: text/plain\r\n\r\n${text}\r\n`)
  const { missing } = differing(raw, textOf(Buffer.from(`\r\n${text}`)))
  expect(missing).toBe(0)
})

/** Pairs of changes of two kinds that touch different things. */
const pairs = FORMS.flatMap((a, i) =>
  FORMS.slice(i + 1)
    .filter((b) => b.kind !== a.kind)
    .filter((b) => !Object.keys(a.change).some((key) => key in b.change))
    .map((b) => ({
      names: [a.name, b.name],
      kinds: [a.kind, b.kind],
      name: `${a.kind}: ${a.name}; ${b.kind}: ${b.name}`,
      changes: [a.change, b.change],
    })),
)

test('two changes at once', () => {
  const wrong: string[] = []
  for (const { html } of spams.filter((_, i) => i % 20 === 3)) {
    const text = ascii(html)
    const plain = textOf(write(text))
    for (const { name, names, changes } of pairs) {
      const differs = change(names, write(text, ...changes), plain)
      if (differs > Math.max(0.02, 4 / plain.size)) wrong.push(`${name}: ${differs}`)
    }
  }
  expect(pairs.length).toBeGreaterThan(7000)
  expect(wrong).toEqual([])
})

test('three changes at once, in any way', () => {
  const wrong: string[] = []
  const text = ascii(spams[7].html)
  const plain = textOf(write(text))
  for (let i = 0; i < 4000; i++) {
    const { name, names, kinds, changes } = pairs[(i * 7919) % pairs.length]
    const third = FORMS[(i * 104_729) % FORMS.length]
    const touched = changes.flatMap((one: Change) => Object.keys(one))
    if (kinds.includes(third.kind)) continue
    if (Object.keys(third.change).some((key) => touched.includes(key))) continue
    const raw = write(text, ...changes, third.change)
    const differs = change([...names, third.name], raw, plain)
    if (differs > Math.max(0.02, 4 / plain.size))
      wrong.push(`${name}; ${third.kind}: ${third.name}: ${differs}`)
  }
  expect(wrong).toEqual([])
})

test('charsets that hide ASCII in headers of the part alone are not enough to hide it in plain text', () => {
  const text = 'Subject words do not matter. Buy cheap pills online today, friend.'
  const plain = textOf(Buffer.from(`Content-Type: text/plain\r\n\r\n${text}`))
  for (const change of Object.values(CHARSETS)) {
    const { parameters, bytes } = change.charset!(Buffer.from(text))
    const head = `Content-Type: text/plain${parameters}\r\nContent-Transfer-Encoding: base64\r\n\r\n`
    const raw = Buffer.from(head + bytes.toString('base64'))
    expect(textOf(raw)).toEqual(plain)
  }
})
