// The data file as LMDB lays it out, read without LMDB: a page that LMDB cannot follow can end the process (it maps the
// file and trusts it), and a process that has ended tells nobody why. Layout of liblmdb's mdb.c with MDB_DATA_VERSION 2
// on 64-bit little-endian machines.
import { endianness } from 'node:os'

/** Octets that are read to find out the size of a page. */
export const META_SIZE = 168
/** Octets before the content of a page. */
export const HEAD = 24

const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const FLAG_BRANCH = 1
const FLAG_LEAF = 2
const FLAG_OVERFLOW = 4
const FLAG_META = 8
const NODE_BIG = 1
const NODE_TREE = 2
/** As a root: an empty tree. */
const NO_PAGE = 2 ** 64

/** Whether this machine's LMDB writes the layout that is read here. */
export const KNOWN_LAYOUT = endianness() === 'LE' && /^(?:x64|arm64|riscv64)$/.test(process.arch)

/** A tree of pages, as its record says. */
export interface Tree {
  depth: number
  entries: number
  /** Null: it is empty. */
  root: number | null
}

/** One of the two first pages. */
export interface Meta {
  pageSize: number
  lastPage: number
  txn: number
  free: Tree
  main: Tree
}

export type MetaRead = { meta: Meta } | { wrong: 'layout' | 'version' }

/** `bytes`: META_SIZE of them at the begin of a page. */
export function readMeta(bytes: Buffer): MetaRead {
  if (!(bytes.readUInt16LE(18) & FLAG_META) || bytes.readUInt32LE(24) !== MAGIC)
    return { wrong: 'layout' }
  if ((bytes.readUInt32LE(28) & 0xffff) !== DATA_VERSION) return { wrong: 'version' }
  const pageSize = bytes.readUInt32LE(48)
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    return { wrong: 'layout' }
  const meta = {
    pageSize,
    lastPage: big(bytes, 144),
    txn: big(bytes, 152),
    free: readTree(bytes, 48),
    main: readTree(bytes, 96),
  }
  return { meta }
}

function readTree(bytes: Buffer, at: number): Tree {
  const root = big(bytes, at + 40)
  return {
    depth: bytes.readUInt16LE(at + 6),
    entries: big(bytes, at + 32),
    root: root >= NO_PAGE ? null : root,
  }
}

function big(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32
}

/** A value that has pages of its own. */
export interface Run {
  page: number
  pages: number
  txn: number
}

/** What a page leads to. */
export interface Page {
  entries: number
  /** Of a branch page. */
  children: number[]
  /** Of a leaf page: trees and large values in it. */
  trees: Tree[]
  runs: Run[]
}

/** Null where this is not page `number` of a tree that was written by transaction `txn` or before. */
export function readPage(
  bytes: Buffer,
  { number, txn, leaf }: { number: number; txn: number; leaf: boolean },
): Page | null {
  if (big(bytes, 0) !== number || big(bytes, 8) > txn) return null
  if ((bytes.readUInt16LE(18) & 0x7f) !== (leaf ? FLAG_LEAF : FLAG_BRANCH)) return null
  const lower = bytes.readUInt16LE(20)
  const upper = bytes.readUInt16LE(22)
  const room = bytes.length - HEAD
  const entries = lower >> 1
  if (lower & 1 || lower > upper || upper > room || entries === 0) return null
  const page: Page = { entries, children: [], trees: [], runs: [] }
  for (let i = 0; i < entries; i++) {
    const at = bytes.readUInt16LE(HEAD + 2 * i)
    if (at < upper || at + NODE > room) return null
    const read = leaf ? readLeaf(bytes, HEAD + at, page) : readBranch(bytes, HEAD + at, page)
    if (!read) return null
  }
  return page
}

/** Octets of a node before its key. */
const NODE = 8

function readBranch(bytes: Buffer, at: number, page: Page): boolean {
  if (at + NODE + bytes.readUInt16LE(at + 6) > bytes.length) return false
  page.children.push(bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 2 ** 32)
  return true
}

function readLeaf(bytes: Buffer, at: number, page: Page): boolean {
  const size = bytes.readUInt32LE(at)
  const flags = bytes.readUInt16LE(at + 4)
  const data = at + NODE + bytes.readUInt16LE(at + 6)
  if (data + (flags & NODE_BIG ? 24 : size) > bytes.length) return false
  if (flags & NODE_BIG) {
    const run = { page: big(bytes, data), pages: big(bytes, data + 16), txn: big(bytes, data + 8) }
    if (run.pages !== Math.floor((HEAD - 1 + size) / bytes.length) + 1) return false
    page.runs.push(run)
  } else if (flags & NODE_TREE) {
    if (size !== 48) return false
    page.trees.push(readTree(bytes, data))
  }
  return true
}

/** Whether these octets are the head of the first page of `run`. */
export function isRun(head: Buffer, { page, pages, txn }: Run): boolean {
  return (
    big(head, 0) === page &&
    big(head, 8) === txn &&
    (head.readUInt16LE(18) & FLAG_OVERFLOW) !== 0 &&
    head.readUInt32LE(20) === pages
  )
}
