// The tree and the union (docs/structure.md): what IMAP finds of text in a message, the kernel reads. All messages
// there are, and broken ones; what is missing has a reason here, or there is none.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { decodeEncodedMessage, decodeLenient } from '../../plugin/mime/decode.ts'
import { param, parseStructure, preview, type Part } from '../../plugin/mime/index.ts'
import { isMessageLeaf } from '../../plugin/mime/text.ts'
import { looksBase64 } from '../twin/decode.ts'
import { fromSeven, fromWide, widthOf } from '../twin/charset.ts'
import { corpus } from '../twin/corpus.ts'
import { C, Features } from '../twin/features.ts'
import { FORMS, PLACES, write } from '../twin/forms/index.ts'
import { hostile } from '../twin/hostile.ts'
import { html } from '../twin/html.ts'
import { message } from '../twin/mime.ts'
import { tempDir } from '../tmp.ts'

const TEXT_MAX = 8000
const RANGE_MAX = 65_536
const INPUT_MAX = 1 << 20

const kernel = new Kernel()

/** The encodings that the tree decodes: of a name that is none it leaves the text as it stands. */
const DECODED: ReadonlySet<string | null> = new Set(['quoted-printable', 'base64'])

interface Text {
  /** As decoded, and in UTF-8 where its charset hides ASCII. */
  raw: string
  bytes: string
  /** By its type or its first bytes. */
  isHtml: boolean
  /** Quoted-printable that the tree leaves as it is. */
  isQuoted: boolean
  /** No base64 though it says so: nobody reads what comes of it. */
  isNoise: boolean
  isUuencode: boolean
}

/** Of charsets that hide ASCII the kernel reads UTF-8, of all others bytes; this is about structure, not charsets. */
function inUtf8(part: Part, bytes: string): string {
  const charset = param(part.content.contentType?.params ?? [], 'charset') ?? ''
  const width = widthOf(bytes, /^(?:utf-?(?:16|32)|ucs-|unicode$)/i.test(charset))
  if (width !== 0) return fromWide(bytes, width, RANGE_MAX)
  return /^(?:unicode-1-1-)?utf-?7/i.test(charset) ? fromSeven(bytes, RANGE_MAX) : bytes
}

/** What a person reads of a text: no base64 that a tree leaves as it is, no delimiter lines and headers of parts. */
const legible = (text: string): string[] =>
  text
    .split(/^--[^\n]*\n(?=content-)|^--[^\n]*--[ \t\r]*$|^(?:content|mime)-[^\n]*(?:\n[ \t].*)*/im)
    .flatMap((piece) =>
      piece.split(/(?:[A-Za-z0-9+/]{40,}={0,2}[ \t\r\n]*)+(?:[A-Za-z0-9+/]+={0,2}(?![^ \t\r\n]))?/),
    )

const bodyOf = ({ raw, bodyStart, bodyEnd }: Part): string =>
  raw.toString('latin1', bodyStart, bodyEnd)

/** The texts of the tree, in order: those that SEARCH BODY looks into (plugin/mime/search.ts), but headers. */
function* texts(part: Part, decode = true): Generator<Text> {
  if (part.kind === 'text' || isMessageLeaf(part)) {
    const body = bodyOf(part)
    const encoding = part.content.encoding?.toLowerCase() ?? null
    const raw = decodeLenient(part).toString('latin1')
    const bytes = inUtf8(part, raw)
    yield {
      raw,
      bytes,
      isHtml: /html/i.test(part.subtype) || /<(?:html|body)/i.test(bytes.slice(0, 500)),
      isQuoted: !DECODED.has(encoding) && /=(?:[0-9A-F]{2}|\r?\n)/i.test(body),
      isNoise: encoding === 'base64' && !looksBase64(body),
      isUuencode: /uu/.test(encoding ?? ''),
    }
  }
  const encoded = decode && part.kind === 'message' ? decodeEncodedMessage(part) : null
  const isBase64 = part.content.encoding?.toLowerCase() === 'base64'
  if (encoded !== null && isBase64 && !looksBase64(bodyOf(part))) {
    yield { raw: '', bytes: '', isHtml: false, isQuoted: false, isNoise: true, isUuencode: false }
    return
  }
  if (encoded !== null) yield* texts(parseStructure(encoded), false)
  else for (const child of part.children) yield* texts(child, decode)
}

/** Gathers the bytes of text that the union takes. */
class Taken extends Features {
  size = 0

  override words(text: string, tag: number, view: number): void {
    if (view === C && tag === 0) this.size += text.length
    super.words(text, tag, view)
  }
}

type Reason = 'budget' | 'uuencode' | 'quoted' | 'markup' | 'cut' | 'none'

/** Features that a cut through a line may cost: the words at the cut, and their pairs. */
const CUT = 16

interface Found {
  /** Share of the features of the tree's text, up to the budget, that the kernel does not have. */
  missing: number
  reason: Reason
  /** Words of PREVIEW that are not in that text. */
  unseen: string[]
}

/** Characters that HTML has and nobody sees: PREVIEW leaves them out, to the kernel they part words. */
const INVISIBLE = /&(?:shy|zwnj|zwj);|&#(?:173|820[3-7]|8288|x0*(?:ad|200[b-f]|2060));/gi

const small = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

interface Shown {
  /** Texts in order, as far as a budget of their own goes. */
  text: string[]
  /** All that PREVIEW can be made of: letters of ASCII are small. */
  all: string
  uuencode: boolean
  quoted: boolean
  /** Text that begins as HTML behind its first bytes, where the union may begin to read. */
  markup: boolean
  noise: boolean
}

function shown(root: Part): Shown {
  const found: Shown = {
    text: [],
    all: '',
    uuencode: false,
    quoted: false,
    markup: false,
    noise: false,
  }
  let room = TEXT_MAX
  for (const { raw, bytes, isHtml, isQuoted, isNoise, isUuencode } of texts(root)) {
    found.noise ||= isNoise
    if (isNoise) continue
    found.quoted ||= isQuoted
    found.markup ||= !isHtml && /<(?:html|body)/i.test(bytes)
    found.uuencode ||= isUuencode || /^begin [0-7]{3,4} /m.test(bytes)
    // PREVIEW leaves some entities as they stand, and HTML of another type.
    const whole = isHtml ? html(bytes.replace(INVISIBLE, ''), RANGE_MAX, () => {}) : ''
    found.all += small(`${whole} ${bytes} ${raw} `)
    if (room <= 0) continue
    const piece = isHtml ? html(bytes.slice(0, RANGE_MAX), room, () => {}) : bytes.slice(0, room)
    room -= piece.length
    found.text.push(piece)
  }
  return found
}

function compare(raw: Buffer): Found {
  const root = parseStructure(raw)
  const { text, all, uuencode, quoted, markup, noise } = shown(root)
  const expected = new Features(20)
  for (const piece of text.flatMap(legible)) expected.words(piece, 0, C)
  const slots = [...expected.views[C]]
  const got = new Set(kernel.features(raw)[2])
  const lost = slots.filter((slot) => !got.has(slot)).length
  const missing = lost / Math.max(slots.length, 1)
  let reason: Reason = 'none'
  if (missing > 0 && uuencode) reason = 'uuencode'
  else if (missing > 0 && quoted) reason = 'quoted'
  else if (missing > 0 && markup) reason = 'markup'
  else if (lost > 0 && lost <= CUT && (missing < 0.1 || slots.length < 40)) reason = 'cut'
  else if (missing > 0) {
    const taken = new Taken(20)
    message(taken, raw, [])
    if (taken.size >= TEXT_MAX || raw.length > INPUT_MAX) reason = 'budget'
  }
  const words = noise ? [] : (preview(root).match(/[A-Za-z0-9]+/g) ?? [])
  const unseen = words.map(small).filter((word) => !all.includes(word))
  return { missing, reason, unseen }
}

/** Differences that have no reason, and how many have which. */
function differences(messages: Iterable<{ name: string; raw: Buffer }>): {
  wrong: string[]
  reasons: Record<Reason, number>
  count: number
} {
  const wrong: string[] = []
  const reasons = { budget: 0, uuencode: 0, quoted: 0, markup: 0, cut: 0, none: 0 }
  let count = 0
  for (const { name, raw } of messages) {
    count++
    const { missing, reason, unseen } = compare(raw)
    if (missing > 0) reasons[reason]++
    if (missing > 0 && reason === 'none') wrong.push(`${name}: ${missing} of the text is missing`)
    if (unseen.length > 0) wrong.push(`${name}: PREVIEW has ${unseen.join(' ')}`)
  }
  return { wrong, reasons, count }
}

const samples = corpus().map(({ name, raw }) => ({ name, raw: Buffer.from(raw) }))

test('the SpamAssassin corpus', () => {
  const { wrong, reasons, count } = differences(samples)
  console.log(`${count} messages: ${JSON.stringify(reasons)}`)
  expect(wrong).toEqual([])
})

const CORPUS = join(__dirname, '../corpus')

test('small messages that broke something', () => {
  const files = ['kernel', 'mime', 'mime/cases'].flatMap((folder) =>
    readdirSync(join(CORPUS, folder))
      .filter((file) => file.endsWith('.eml'))
      .map((file) => ({
        name: `${folder}/${file}`,
        raw: readFileSync(join(CORPUS, folder, file)),
      })),
  )
  expect(files.length).toBeGreaterThan(70)
  expect(differences(files).wrong).toEqual([])
})

test('every form of a text, and every place', () => {
  const page = '<html><body><p>Buy cheap pills online today, dear friend</p></body></html>'
  const forms = FORMS.map(({ kind, name, change }) => ({
    name: `${kind}: ${name}`,
    raw: write(Buffer.from(page), change),
  }))
  const places = Object.entries(PLACES).map(([name, place]) => ({
    name,
    raw: Buffer.from(place(page), 'latin1'),
  }))
  expect(differences([...forms, ...places]).wrong).toEqual([])
})

function* mutated(count: number): Generator<{ name: string; raw: Buffer }> {
  for (let seed = 1; seed <= count; seed++) {
    const start = seed % 5 === 0 ? undefined : samples[(seed * 101) % samples.length].raw
    yield { name: `seed ${seed}`, raw: Buffer.from(hostile(seed, start)) }
  }
}

test('mutated messages', () => {
  expect(differences(mutated(1500)).wrong).toEqual([])
})

const MODERN = join(__dirname, '../../../shared/modern.tar.xz')

test.skipIf(!existsSync(MODERN))('mail of 2019 to 2026', () => {
  const folder = tempDir()
  const { status } = spawnSync('tar', ['xJf', MODERN, '-C', folder])
  expect(status).toBe(0)
  const files = ['ham', 'spam'].flatMap((kind) =>
    readdirSync(join(folder, kind)).map((file) => ({
      name: `${kind}/${file}`,
      raw: readFileSync(join(folder, kind, file)),
    })),
  )
  const { wrong, reasons, count } = differences(files)
  console.log(`${count} messages: ${JSON.stringify(reasons)}`)
  expect(count).toBeGreaterThan(1500)
  expect(wrong).toEqual([])
})
