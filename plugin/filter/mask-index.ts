// Masks of all scopes in one index in WebAssembly memory (assembly/masks.ts), in an instance of its
// own. Always synchronous. The cost of a look-up grows with the length of the address, not with the
// number of masks; what is found does not depend on the order in which masks came.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refused } from '../errors.ts'
import type { ListKind } from '../mail.ts'
import { canonicalAddress, canonicalScope, domainOf, parseMask, unicodeDomain } from './mask.ts'

/** One entry of a list. Scope: an address, a domain, or '' for everything. */
export type MaskEntry = { scope: string; list: ListKind; mask: string }

/** Entries a look-up leaves out; `covering`: allow entries that cover the domain by `*`. */
export type Without = { block?: boolean; allow?: boolean; covering?: boolean }

type Exports = {
  memory: WebAssembly.Memory
  maskInit(seedLow: number, seedHigh: number): number
  maskInputSize(): number
  maskOutput(): number
  maskOutputPairs(): number
  maskCount(): number
  maskApply(size: number, remove: boolean): number
  maskLookup(scopes: number, size: number, rules: number): number
  maskMatches(scopes: number, size: number): number
}

/** Octets of a scope's name: an address at its longest, RFC 5321 §4.5.3.1. */
const SCOPE_MAX = 320
/** Scopes of one look-up: LEVELS of assembly/masks.ts. */
const LEVELS = 8
/** Stands for a scope that cannot have masks. */
const NOWHERE = '\x02'
/** Bits of a record's kind: assembly/masks-record.ts. */
const [FIRST, LAST, WIDE] = [1, 2, 32]
const HEAD = 7

let compiled: WebAssembly.Module | undefined

function kernel(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(join(__dirname, 'kernel.wasm')))
  return compiled
}

export class MaskIndex {
  readonly #wasm: Exports
  readonly #input: number
  readonly #inputSize: number
  readonly #pairs: number
  #bytes: Buffer
  #output: Uint32Array

  constructor() {
    this.#wasm = new WebAssembly.Instance<Exports>(kernel(), {}).exports
    const seed = randomBytes(8)
    this.#input = this.#wasm.maskInit(seed.readUInt32LE(0), seed.readUInt32LE(4))
    this.#inputSize = this.#wasm.maskInputSize()
    this.#pairs = this.#wasm.maskOutputPairs()
    this.#bytes = Buffer.alloc(0)
    this.#output = new Uint32Array(0)
  }

  /** Entries of all lists. */
  get size(): number {
    return this.#wasm.maskCount()
  }

  /** Bytes of memory the index has taken. */
  get bytes(): number {
    return this.#wasm.memory.buffer.byteLength
  }

  /** Puts a mask on a list; false when it is there already.
   *  @throws Refused when it is no mask or the scope is neither '', a domain nor an address. */
  add(scope: string, list: ListKind, mask: string): boolean {
    return this.#apply(header(scope, list) + parseMask(mask), false) > 0
  }

  /** Takes a mask off a list; false when it is not there. */
  remove(scope: string, list: ListKind, mask: string): boolean {
    return this.#apply(header(scope, list) + parseMask(mask), true) > 0
  }

  /** Adds many; fastest when entries of one scope and list follow each other.
   *  @returns how many were new.
   *  @throws Refused as `add`; entries before the bad one may be in. */
  addMany(entries: Iterable<MaskEntry>): number {
    return this.#applyMany(entries, false)
  }

  /** Removes many. @returns how many were there. */
  removeMany(entries: Iterable<MaskEntry>): number {
    return this.#applyMany(entries, true)
  }

  /** The entry that decides on an address: the first scope with a match, most specific scope first;
   *  there allow before block; then the longest mask. Null when nothing matches. */
  lookup(address: string, scopes: readonly string[], without: Without = {}): MaskEntry | null {
    return this.lookupMany([address], scopes, without)[0]
  }

  /** `lookup` for many addresses, thousands in one crossing into the kernel. */
  lookupMany(
    addresses: readonly string[],
    scopes: readonly string[],
    without: Without = {},
  ): (MaskEntry | null)[] {
    const rules = Number(without.block ?? 0) | (without.allow ? 2 : 0) | (without.covering ? 4 : 0)
    const results: (MaskEntry | null)[] = []
    const head = levelLines(scopes)
    // A line for each address, and one more with the U-labels of its domain where it has any.
    let lines = head
    let owners: number[] = []
    const flush = (): void => {
      const count = this.#wasm.maskLookup(scopes.length, this.#write(lines), rules)
      this.#view()
      for (let i = 0; i < count; i++) {
        const entry = this.#pair(i, scopes)
        if (entry) results[owners[i]] = better(results[owners[i]], entry, scopes)
      }
      lines = head
      owners = []
    }
    for (const [i, address] of addresses.entries()) {
      results.push(null)
      const forms = lookupForms(address)
      if ((lines.length + forms.length) * 3 > this.#inputSize || owners.length + 2 > this.#pairs) {
        flush()
      }
      if (forms === '') continue
      lines += forms
      owners.push(i)
      if (forms.indexOf('\n') < forms.length - 1) owners.push(i)
    }
    if (owners.length > 0) flush()
    return results
  }

  /** Every entry that matches an address, in no order; 8192 at most. */
  matches(address: string, scopes: readonly string[]): MaskEntry[] {
    const found = new Map<string, MaskEntry>()
    for (const form of lookupForms(address).split('\n').slice(0, -1)) {
      const count = this.#wasm.maskMatches(
        scopes.length,
        this.#write(`${levelLines(scopes)}${form}\n`),
      )
      this.#view()
      for (let i = 0; i < count; i++) {
        const entry = this.#pair(i, scopes)
        if (entry) found.set(JSON.stringify(entry), entry)
      }
    }
    return [...found.values()]
  }

  #applyMany(entries: Iterable<MaskEntry>, remove: boolean): number {
    let changed = 0
    let lines = ''
    let scope: string | undefined
    let list: ListKind | undefined
    for (const entry of entries) {
      if (entry.scope !== scope || entry.list !== list || lines === '') {
        ;({ scope, list } = entry)
        lines += header(scope, list)
      }
      lines += `${parseMask(entry.mask)}\n`
      if (lines.length * 3 > this.#inputSize / 2) {
        changed += this.#apply(lines, remove)
        lines = ''
      }
    }
    return lines === '' ? changed : changed + this.#apply(lines, remove)
  }

  #apply(lines: string, remove: boolean): number {
    return this.#wasm.maskApply(this.#write(lines), remove)
  }

  /** Writes to the input buffer; returns the octets written. */
  #write(text: string): number {
    this.#view()
    return this.#bytes.write(text, this.#input, this.#inputSize, 'utf8')
  }

  /** The memory moves when it grows. */
  #view(): void {
    const memory = this.#wasm.memory.buffer
    if (this.#bytes.buffer === memory) return
    this.#bytes = Buffer.from(memory)
    this.#output = new Uint32Array(memory, this.#wasm.maskOutput(), this.#pairs * 2)
  }

  /** Pair `i` of the output buffer. */
  #pair(i: number, scopes: readonly string[]): MaskEntry | null {
    const record = this.#output[i * 2]
    if (record === 0) return null
    const place = this.#output[i * 2 + 1]
    const kind = this.#bytes[record + 4]
    const end = record + HEAD + this.#bytes[record + 5] + 1 + this.#bytes[record + 6]
    const text = this.#bytes.toString(kind & WIDE ? 'utf8' : 'latin1', record + HEAD, end)
    const mask = `${kind & FIRST ? '*' : ''}${text}${kind & LAST ? '*' : ''}`
    return { scope: scopes[place >> 1], list: place & 1 ? 'block' : 'allow', mask }
  }
}

/** Whether `a` is the more specific of two matching masks of one list: more literal octets, of
 *  equals more of the domain, of these fewer stars. */
export function moreSpecific(a: string, b: string): boolean {
  const [x, y] = [ranks(a), ranks(b)]
  const differ = x.findIndex((rank, i) => rank !== y[i])
  return differ >= 0 && x[differ] > y[differ]
}

function ranks(mask: string): number[] {
  const stars = Number(mask.startsWith('*')) + 2 * Number(mask.endsWith('*'))
  const literal = Buffer.byteLength(mask) - (stars === 3 ? 2 : Math.min(stars, 1))
  return [literal, Buffer.byteLength(domainOf(mask)) - (stars >> 1), -stars]
}

function better(a: MaskEntry | null, b: MaskEntry, scopes: readonly string[]): MaskEntry {
  if (a === null) return b
  if (a.scope !== b.scope) return scopes.indexOf(a.scope) < scopes.indexOf(b.scope) ? a : b
  if (a.list !== b.list) return a.list === 'allow' ? a : b
  return moreSpecific(b.mask, a.mask) ? b : a
}

/** The lines under which an address is looked up; '' when it cannot match. */
function lookupForms(address: string): string {
  const form = canonicalAddress(address)
  if (form === null) return ''
  const domain = form.includes('xn--') ? unicodeDomain(domainOf(form)) : null
  if (domain === null) return `${form}\n`
  return `${form}\n${form.slice(0, form.lastIndexOf('@') + 1)}${domain}\n`
}

function scopeName(scope: string): string | null {
  const name = canonicalScope(scope)
  return name === null || Buffer.byteLength(name) > SCOPE_MAX ? null : name
}

function levelLines(scopes: readonly string[]): string {
  if (scopes.length > LEVELS) throw new RangeError(`at most ${LEVELS} scopes in a look-up`)
  return scopes.map((scope) => `${scopeName(scope) ?? NOWHERE}\n`).join('')
}

function header(scope: string, list: ListKind): string {
  const name = scopeName(scope)
  if (name === null) throw new Refused('CANNOT', 'A scope is empty, a domain, or an address.')
  return `\x01${list === 'allow' ? 'a' : 'b'}${name}\n`
}
