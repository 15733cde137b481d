// Masks of all scopes in one index in WebAssembly memory (assembly/masks/), in an instance of its
// own. Always synchronous. The cost of a look-up grows with the length of the address, not with the
// number of masks; what is found does not depend on the order in which masks came.

import { randomBytes } from 'node:crypto'
import { Refused } from '../errors.ts'
import type { ListKind } from '../mail.ts'
import { kernelModule } from './kernel.ts'
import { ADDRESS_MAX, domainOf } from '../address.ts'
import { canonicalScope } from '../scope.ts'
import { isTree, lookupForms, parseMask } from './mask.ts'

/** One entry of a list. Scope: an address, a domain, or '' for everything. */
export type MaskEntry = { scope: string; list: ListKind; mask: string }

/** Entries a look-up leaves out; `covering`: allow entries that are more than one address (`isPattern`). */
export type Without = { block?: boolean; allow?: boolean; covering?: boolean }

type Exports = {
  memory: WebAssembly.Memory
  maskInit(seedLow: number, seedHigh: number): void
  maskInput(): number
  maskInputSize(): number
  maskOutput(): number
  maskOutputPairs(): number
  maskTextsAt(): number
  maskAddresses(): number
  maskCount(): number
  maskApply(size: number, remove: boolean): number
  maskLookup(scopes: number, size: number, rules: number): number
  maskTexts(first: number, count: number): number
}

/** Octets of a scope's name: an address at its longest, RFC 5321 §4.5.3.1. */
const SCOPE_MAX = 320
/** Scopes of one look-up: LEVELS of assembly/masks/probe.ts. */
const LEVELS = 8
/** Lines of scopes that are remembered. */
const LEVELS_KEPT = 2000
/** Rules of a search: every match, not the deciding one only; addresses as typed. */
const [ALL, TYPED] = [8, 16]
/** In place of a record: an address that the kernel does not take as typed. */
const ODD = 1
/** Stands for a scope that cannot have masks. */
const NOWHERE = '\x02'
/** Octets of the lines of one address at most: its two forms in UTF-8. */
const LINES_MAX = 8 * ADDRESS_MAX

export class MaskIndex {
  readonly #wasm: Exports
  readonly #input: number
  /** Where the last address may begin. */
  readonly #inputEnd: number
  #bytes: Buffer = Buffer.alloc(0)
  #output: Uint32Array = new Uint32Array(0)
  /** Lines of scopes that were asked for, by the scopes: the same recipients get mail again. */
  readonly #levels = new Map<string, string>()

  constructor() {
    this.#wasm = new WebAssembly.Instance<Exports>(kernelModule(), {}).exports
    const seed = randomBytes(8)
    this.#wasm.maskInit(seed.readUInt32LE(0), seed.readUInt32LE(4))
    this.#input = this.#wasm.maskInput()
    this.#inputEnd = this.#input + this.#wasm.maskInputSize() - LINES_MAX
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

  /** `lookup` for many addresses, a thousand in one crossing into the kernel. */
  lookupMany(
    addresses: readonly string[],
    scopes: readonly string[],
    without: Without = {},
  ): (MaskEntry | null)[] {
    const rules = (without.block ? 1 : 0) | (without.allow ? 2 : 0) | (without.covering ? 4 : 0)
    const most = this.#wasm.maskAddresses()
    const results: (MaskEntry | null)[] = []
    /** Those that the kernel does not take as typed. */
    const odd: number[] = []
    for (let first = 0; first < addresses.length; first += most) {
      const chunk = addresses.length > most ? addresses.slice(first, first + most) : addresses
      const text = `${chunk.join('\n')}\n`
      const start = this.#writeLevels(scopes)
      let pairs = 0
      if (start + text.length * 3 <= this.#inputEnd) {
        const end = start + this.#bytes.write(text, start)
        pairs = this.#wasm.maskLookup(scopes.length, end - this.#input, rules | TYPED)
      }
      const whole = pairs === chunk.length // else an address holds a line end, or they are too long
      const masks = whole ? this.#texts(0, pairs) : []
      for (let i = 0, mask = 0; i < chunk.length; i++) {
        const record = whole ? this.#output[i * 2] : ODD
        if (record === ODD) odd.push(first + i)
        results.push(record > ODD ? this.#entry(i, masks[mask++], scopes) : null)
      }
    }
    if (odd.length > 0) this.#lookupForms(addresses, odd, scopes, rules, results)
    return results
  }

  /** Looks up the normal forms of some addresses. */
  #lookupForms(
    addresses: readonly string[],
    which: readonly number[],
    scopes: readonly string[],
    rules: number,
    results: (MaskEntry | null)[],
  ): void {
    const most = this.#wasm.maskAddresses()
    for (let next = 0; next < which.length;) {
      // Whose a line is; an address has a second line when its domain has U-labels.
      const owners: number[] = []
      let at = this.#writeLevels(scopes)
      for (; next < which.length && owners.length + 2 <= most && at < this.#inputEnd; next++) {
        for (const form of lookupForms(addresses[which[next]])) {
          at += this.#bytes.write(`${form}\n`, at)
          owners.push(which[next])
        }
      }
      const pairs = this.#wasm.maskLookup(scopes.length, at - this.#input, rules)
      const masks = this.#texts(0, pairs)
      for (let i = 0, mask = 0; i < pairs; i++) {
        if (this.#output[i * 2] <= ODD) continue
        const entry = this.#entry(i, masks[mask++], scopes)
        const before = results[owners[i]]
        results[owners[i]] = before ? better(before, entry, scopes) : entry
      }
    }
  }

  /** Every entry that matches an address, in no order; 8192 at most. */
  matches(address: string, scopes: readonly string[]): MaskEntry[] {
    const found = new Map<string, MaskEntry>()
    for (const form of lookupForms(address)) {
      const start = this.#writeLevels(scopes)
      const end = start + this.#bytes.write(`${form}\n`, start)
      const pairs = this.#wasm.maskLookup(scopes.length, end - this.#input, ALL)
      for (let first = 0; first < pairs; first += this.#wasm.maskAddresses()) {
        for (const [i, mask] of this.#texts(first, pairs - first).entries()) {
          const entry = this.#entry(first + i, mask, scopes)
          found.set(JSON.stringify(entry), entry)
        }
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
      if (this.#input + lines.length * 3 > this.#inputEnd) {
        changed += this.#apply(lines, remove)
        lines = ''
      }
    }
    return lines === '' ? changed : changed + this.#apply(lines, remove)
  }

  #apply(lines: string, remove: boolean): number {
    this.#view()
    return this.#wasm.maskApply(this.#bytes.write(lines, this.#input), remove)
  }

  /** Writes scopes as lines; returns where the next line goes. */
  #writeLevels(scopes: readonly string[]): number {
    this.#view()
    const key = scopes.join('\n')
    let lines = this.#levels.get(key)
    if (lines === undefined) {
      lines = levelLines(scopes)
      if (this.#levels.size >= LEVELS_KEPT) this.#levels.clear()
      this.#levels.set(key, lines)
    }
    return this.#input + this.#bytes.write(lines, this.#input)
  }

  /** The masks of pairs of the output, of those that have one. */
  #texts(first: number, pairs: number): string[] {
    const size = this.#wasm.maskTexts(first, pairs)
    if (size < 2) return []
    // One text for all is much faster than one call for each.
    const [start, end] = [this.#wasm.maskTextsAt(), this.#wasm.maskTextsAt() + (size >> 1)]
    return this.#bytes.toString(size & 1 ? 'utf8' : 'latin1', start, end - 1).split('\n')
  }

  /** The entry of pair `i` of the output. */
  #entry(i: number, mask: string, scopes: readonly string[]): MaskEntry {
    const place = this.#output[i * 2 + 1]
    return { scope: scopes[place >> 1], list: place & 1 ? 'block' : 'allow', mask }
  }

  /** The memory moves when it grows. */
  #view(): void {
    const memory = this.#wasm.memory.buffer
    if (this.#bytes.buffer === memory) return
    this.#bytes = Buffer.from(memory)
    const pairs = this.#wasm.maskOutputPairs()
    this.#output = new Uint32Array(memory, this.#wasm.maskOutput(), pairs * 2)
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
  // The least of its length: `*@example.net` is more than `.example.net`.
  if (isTree(mask)) return [Buffer.byteLength(mask) - 1, Buffer.byteLength(mask) - 1, -4]
  const stars = Number(mask.startsWith('*')) + 2 * Number(mask.endsWith('*'))
  // As the kernel counts: what is before and behind the `@`.
  const literal = Buffer.byteLength(mask) - 1 - (stars === 3 ? 2 : Math.min(stars, 1))
  return [literal, Buffer.byteLength(domainOf(mask)) - (stars >> 1), -stars]
}

function better(a: MaskEntry, b: MaskEntry, scopes: readonly string[]): MaskEntry {
  if (a.scope !== b.scope) return scopes.indexOf(a.scope) < scopes.indexOf(b.scope) ? a : b
  if (a.list !== b.list) return a.list === 'allow' ? a : b
  return moreSpecific(b.mask, a.mask) ? b : a
}

function levelName(scope: string): string | null {
  const name = canonicalScope(scope)
  return name === null || Buffer.byteLength(name) > SCOPE_MAX ? null : name
}

function levelLines(scopes: readonly string[]): string {
  if (scopes.length > LEVELS) throw new RangeError(`at most ${LEVELS} scopes in a look-up`)
  return scopes.map((scope) => `${levelName(scope) ?? NOWHERE}\n`).join('')
}

function header(scope: string, list: ListKind): string {
  const name = levelName(scope)
  if (name === null) throw new Refused('invalid', 'A scope is empty, a domain, or an address.')
  return `\x01${list === 'allow' ? 'a' : 'b'}${name}\n`
}
