// What Subject and From look like, in the twin.
import { fnv, lower } from './hash.ts'

/** Where they go. */
interface Sink {
  structural(t: bigint, view: number): void
}

/** The view of all of them. */
const A = 0

const SCRIPT = 8
const SHARE = 9
const NAMED = 11

/** First code of each stretch, and its script. */
const STRETCHES: [first: number, script: number][] = [
  [0x00, 14],
  [0xc0, 1],
  [0x250, 13],
  [0x370, 2],
  [0x400, 3],
  [0x530, 13],
  [0x590, 4],
  [0x600, 5],
  [0x780, 13],
  [0xe00, 6],
  [0xe80, 13],
  [0x2000, 14],
  [0x200b, 12],
  [0x2010, 14],
  [0x2060, 12],
  [0x2065, 14],
  [0x2070, 13],
  [0x2600, 11],
  [0x27c0, 13],
  [0x3040, 7],
  [0x3100, 13],
  [0x3400, 8],
  [0xa000, 13],
  [0xac00, 9],
  [0xd7b0, 13],
  [0xfeff, 12],
  [0xff00, 10],
  [0xff61, 13],
  [0x1d400, 10],
  [0x1d800, 13],
  [0x1f000, 11],
  [0x1fb00, 13],
]

const scriptOf = (code: number): number => STRETCHES.findLast(([first]) => first <= code)![1]

interface Domain {
  whole: number
  near: number
}

const NOWHERE: Domain = { whole: 0, near: 0 }

function domainAt(text: string): Domain {
  const name = /^[A-Za-z0-9._\x80-\xff-]*/.exec(text)![0].replace(/\.+$/, '')
  if (name === '') return NOWHERE
  const labels = lower(name).split('.')
  return { whole: fnv(lower(name)), near: fnv(labels.slice(-2).join('.')) }
}

function domainOf(text: string): Domain {
  const at = text.lastIndexOf('@')
  return at < 0 ? NOWHERE : domainAt(text.slice(at + 1))
}

/** 0 none, 1 the same, 2 near, 3 another one. */
function relation(a: Domain, b: Domain): number {
  if (a.whole === 0 || b.whole === 0) return 0
  if (a.whole === b.whole) return 1
  return a.near === b.near ? 2 : 3
}

/** Name and address of a From. */
function authorOf(value: string): { name: string; address: string } {
  const strip = (text: string): string =>
    text.replace(/^[ \t\r\n"'()]+/, '').replace(/[ \t\r\n"'()]+$/, '')
  const open = value.lastIndexOf('<')
  if (open >= 0) {
    const address = value.slice(open + 1).split('>')[0]
    return { name: strip(value.slice(0, open)), address }
  }
  const at = value.indexOf('@')
  if (at < 0) return { name: strip(value), address: '' }
  const from = at - /[^ \t\r\n]*$/.exec(value.slice(0, at))![0].length
  const end = at + /^[^ \t\r\n(]*/.exec(value.slice(at))![0].length
  return {
    name: strip(from > 0 ? value.slice(0, from) : value.slice(end)),
    address: value.slice(from, end),
  }
}

function hasDomain(name: string): boolean {
  let run = 0
  for (let p = 0; p < name.length; p++) {
    if (name[p] !== '.' || run < 2) {
      run = /[A-Za-z0-9]/.test(name[p]) ? run + 1 : 0
      continue
    }
    if (/^[A-Za-z]{2,6}(?![A-Za-z0-9.])/.test(name.slice(p + 1, p + 9))) return true
    run = 0
  }
  return false
}

function namedAs({ name, address }: { name: string; address: string }, domain: Domain): number {
  if (name === '') return 1
  const at = name.lastIndexOf('@')
  if (at > 0 && /^[A-Za-z0-9]@[A-Za-z0-9]$/.test(name.slice(at - 1, at + 2)))
    return 2 + relation(domainAt(name.slice(at + 1)), domain)
  if (hasDomain(name)) return 6
  const local = address.lastIndexOf('@')
  return local >= 0 && lower(address.slice(0, local)) === lower(name) ? 7 : 8
}

export class Looks {
  readonly #features: Sink
  #subject: { tag: number; answers: boolean } | undefined
  #from: { tag: number; domain: Domain } | undefined
  #id: Domain | undefined
  #refers = false

  constructor(features: Sink) {
    this.#features = features
  }

  #emit(tag: number, kind: number, value: number): void {
    this.#features.structural(BigInt(tag) | (BigInt((kind << 8) | value) << 32n), A)
  }

  #scripts(tag: number, value: string): void {
    const found = new Set<number>()
    let high = 0
    let isLatin = false
    for (let p = 0; p < value.length;) {
      const c = value.charCodeAt(p)
      if (c < 0x80) {
        isLatin = /[A-Za-z]/.test(value[p++])
        continue
      }
      const sequence =
        /^(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})/.exec(
          value.slice(p, p + 4),
        )?.[0]
      let code = c & [0, 0, 31, 15, 7][sequence?.length ?? 0]
      for (const next of sequence?.slice(1) ?? '') code = (code << 6) | (next.charCodeAt(0) & 63)
      const script = sequence ? scriptOf(code) : 0
      found.add(script)
      if (isLatin && (script === 2 || script === 3)) found.add(15)
      isLatin = false
      high += sequence?.length ?? 1
      p += sequence?.length ?? 1
    }
    for (const script of [...found].toSorted((a, b) => a - b)) this.#emit(tag, SCRIPT, script)
    this.#emit(tag, SHARE, high === 0 ? 0 : 1 + Math.min(3, Math.floor((4 * high) / value.length)))
  }

  subject(tag: number, value: string, isEncoded: boolean): void {
    if (this.#subject) return
    this.#subject = { tag, answers: /^(?:re|aw|sv|fwd?)[ \t]*:/i.test(value) }
    const marks = value.split('!').length - 1
    const questions = value.split('?').length - 1
    if (/[A-Z]{4}/.test(value) && !/[a-z]/.test(value)) this.#emit(tag, 1, 1)
    this.#emit(tag, 2, Math.min(marks, 3))
    this.#emit(tag, 3, Math.min(questions, 2))
    if (/[$\xa3]/.test(value)) this.#emit(tag, 4, 1)
    if (/[0-9]{4}/.test(value)) this.#emit(tag, 5, 1)
    const words = value.split(/([ \t\r\n]+)/)
    if (words.length > 2 && words.at(-2)!.length > 2) this.#emit(tag, 6, 1)
    if (isEncoded) this.#emit(tag, 7, 1)
    this.#scripts(tag, value)
  }

  from(tag: number, value: string): void {
    if (this.#from) return
    const author = authorOf(value)
    const domain = domainOf(author.address)
    this.#from = { tag, domain }
    this.#emit(tag, NAMED, namedAs(author, domain))
    this.#scripts(tag, value)
  }

  messageId(value: string): void {
    this.#id ??= domainOf(value)
  }

  reference(): void {
    this.#refers = true
  }

  /** What only the whole header tells. */
  together(): void {
    if (this.#from) this.#emit(this.#from.tag, 12, relation(this.#id ?? NOWHERE, this.#from.domain))
    if (this.#subject)
      this.#emit(this.#subject.tag, 10, (this.#subject.answers ? 2 : 0) | (this.#refers ? 1 : 0))
  }
}
