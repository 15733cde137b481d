// Every page of the data file that LMDB can come to, looked at once: each has to be where it says it is, of the moment
// that the file is of, and used once. What a copy made of a running server looks like is found so, and so are pages that
// are zero, garbage or missing.
import { readSync } from 'node:fs'
import { HEAD, isRun, readPage, type Meta, type Page, type Run, type Tree } from './pages.ts'

/** What is wrong, as the end of a sentence; null: nothing. */
export type Fault = string | null

/** Octets that are read at once, where pages lie near each other. */
const CHUNK = 1024 * 1024
/** Pages between two that are rather read than skipped. */
const GAP = 16

export interface Walked {
  fault: Fault
  /** Pages that were looked at. */
  pages: number
}

/**
 * Follows both trees of `meta`, and all that stand in them. `size`: octets of the file; `heads`: large values are looked
 * at, too (LMDB takes them as they are, and what is a message has a hash).
 */
export function walk(fd: number, size: number, meta: Meta, heads: boolean): Walked {
  const walker = new Walker(fd, size, meta, heads)
  const fault = walker.tree(meta.free) ?? walker.tree(meta.main)
  return { fault, pages: walker.pages }
}

class Walker {
  pages = 0
  readonly #fd: number
  readonly #meta: Meta
  readonly #heads: boolean
  /** Pages that are in the file. */
  readonly #there: number
  /** A bit for each page: it is used. */
  readonly #used: Uint8Array
  readonly #buffer: Buffer

  constructor(fd: number, size: number, meta: Meta, heads: boolean) {
    this.#fd = fd
    this.#meta = meta
    this.#heads = heads
    this.#there = Math.min(meta.lastPage + 1, Math.floor(size / meta.pageSize))
    this.#used = new Uint8Array((this.#there >>> 3) + 1)
    this.#buffer = Buffer.allocUnsafe(Math.max(CHUNK, meta.pageSize))
  }

  tree({ root, depth, entries }: Tree): Fault {
    if (root === null) return entries === 0 ? null : 'a table has lost its entries'
    const trees: Tree[] = []
    let level = [root]
    for (let left = depth; left > 0; left--) {
      const leaf = left === 1
      const next: number[] = []
      let count = 0
      const fault = this.#level(level, leaf, (page) => {
        count += page.entries
        for (const child of page.children) next.push(child)
        trees.push(...page.trees)
        return this.#runs(page.runs)
      })
      if (fault !== null) return fault
      if (leaf && count !== entries) return `a table has ${count} entries instead of ${entries}`
      level = next
    }
    if (level.length > 0 || depth === 0) return 'a table is of another depth than it says'
    for (const tree of trees) {
      const fault = this.tree(tree)
      if (fault !== null) return fault
    }
    return null
  }

  /** Reads the pages of one level in the order in which they lie. */
  #level(pages: readonly number[], leaf: boolean, visit: (page: Page) => Fault): Fault {
    const numbers = Float64Array.from(pages).sort()
    const { pageSize, txn } = this.#meta
    const most = this.#buffer.length / pageSize
    for (let i = 0; i < numbers.length;) {
      const first = numbers[i]
      let end = i + 1
      while (
        end < numbers.length &&
        numbers[end] - numbers[end - 1] <= GAP &&
        numbers[end] - first < most
      )
        end++
      const count = numbers[end - 1] - first + 1
      if (numbers[end - 1] >= this.#there || first < 2) return missing(numbers[end - 1])
      readSync(this.#fd, this.#buffer, 0, count * pageSize, first * pageSize)
      for (; i < end; i++) {
        const number = numbers[i]
        if (!this.#use(number)) return `page ${number} is used twice`
        const at = (number - first) * pageSize
        const page = readPage(this.#buffer.subarray(at, at + pageSize), { number, txn, leaf })
        if (!page) return `page ${number} is not what it should be`
        const fault = visit(page)
        if (fault !== null) return fault
      }
    }
    return null
  }

  #runs(runs: readonly Run[]): Fault {
    const head = Buffer.allocUnsafe(HEAD)
    for (const run of runs) {
      const { page, pages, txn } = run
      if (page < 2 || page + pages > this.#there) return missing(page + pages - 1)
      for (let i = 0; i < pages; i++)
        if (!this.#use(page + i)) return `page ${page + i} is used twice`
      if (!this.#heads) continue
      readSync(this.#fd, head, 0, HEAD, page * this.#meta.pageSize)
      if (!isRun(head, run) || txn > this.#meta.txn) return `page ${page} is not what it should be`
    }
    return null
  }

  #use(page: number): boolean {
    const bit = 1 << (page & 7)
    if (this.#used[page >>> 3] & bit) return false
    this.#used[page >>> 3] |= bit
    this.pages++
    return true
  }
}

const missing = (page: number): string => `page ${page} is not in the file, which is shorter`
