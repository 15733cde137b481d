// The LMDB environment: the only file that knows `lmdb`. One environment, many databases, one commit.
// oxlint-disable-next-line import/no-unassigned-import -- it sets the environment that the next ones read
import './plain-msgpack.ts'
import { mkdirSync } from 'node:fs'
import { open, type Database, type RootDatabase } from 'lmdb'
import { settleFile } from './file/settle.ts'
import { tightenFiles, tightenFolder } from './private.ts'
import { asOwnerOf } from '../whose.ts'
import { begins, ends, mark } from './file/uses.ts'
import { Writer, type Turn } from './writer.ts'
import { BlobFiles } from './files.ts'

export type Key = (string | number)[] | string | number | Uint8Array
/** A database of binary values under ordered keys. Reads see the open write transaction, if any. */
export interface ReadTable<K extends Key> {
  get(key: K): Buffer | undefined
  /** The value without memory of its own: valid until the next access to any table. */
  inPlace(key: K): Buffer | undefined
  has(key: K): boolean
  /** Keys from `start` (inclusive) to `end` (exclusive) in order; valid until the next turn. */
  range(options: RangeOptions<K>): Iterable<{ key: K; value: Buffer }>
  keys(options: RangeOptions<K>): Iterable<K>
  count(): number
}

/** The same to be written, inside a write transaction. */
export interface Table<K extends Key> extends ReadTable<K> {
  put(key: K, value: Uint8Array): void
  remove(key: K): void
}

export interface RangeOptions<K> {
  start?: K
  end?: K
  reverse?: boolean
  limit?: number
}

export interface EnvOptions {
  dir: string
  /** Upper bound of the file in bytes; the file itself grows as needed. */
  mapSize?: number
  /** False for bulk work that may be repeated after a power failure (imports, benchmarks). */
  sync?: boolean
}

/** Folded from the journal, and by nothing else: a replay makes them equal. */
const VIEWS = {
  meta: 'ordered',
  /** Under its id an item, under UID and folder a place. */
  items: 'ordered',
  /** Under scope and folder its counters, with a number behind them its rows. */
  rows: 'ordered',
  keywords: 'ordered',
  /** Under its name a blob, with more behind it who needs it. */
  blobs: 'ordered',
  identities: 'ordered',
  due: 'ordered',
  accounts: 'ordered',
  /** Under an alias its owner; under both, owner first, nothing. */
  aliases: 'ordered',
  settings: 'ordered',
  masks: 'ordered',
  /** Under some of the masks, who added them, when, and why. */
  notes: 'ordered',
  drafts: 'uint32',
  /** Under message and scope what is said of it. */
  lessons: 'ordered',
  /** Under scope and seq the message of a lesson. */
  taught: 'ordered',
  /** Under scope, part and level a run of a layer, and what is counted of it (layers.ts). */
  layers: 'ordered',
  /** Under kind and place a remembered lesson, under its message where; the course of lessons (rehearsed.ts). */
  rehearsed: 'ordered',
  model: 'ordered',
  outbox: 'uint32',
  /** Under target and item, what central systems are to be told. */
  reports: 'ordered',
  /** Under 1 and an address its last digest; under 0 and an address nothing, while that is on its way (digests.ts). */
  digests: 'ordered',
  folders: 'ordered',
  subscriptions: 'ordered',
  /** Under its id a token of the Software API, under its account and id nothing. */
  tokens: 'ordered',
} as const

/** The journal, and what finds its way in it. */
const JOURNAL = {
  journal: 'uint32',
  /** By topic and seq, the entries of the events that processes follow (Kind.followed). */
  followed: 'ordered',
} as const

/** Neither history nor a view of it, never compared or replicated: beside.ts alone knows them. */
const BESIDE = {
  /** Failed logins: kept only to slow guessing down in every worker. */
  guard: 'ordered',
  /** UIDs that no session was told of (RFC 3501 \Recent): sessions move it. */
  recent: 'ordered',
  /** Pass marks that were used, by item and recipient, and when they are dead. */
  passes: 'ordered',
  /** What lists show of an item's message: follows from its blob, made again where it is missing. */
  summaries: 'uint32',
  /** By the upper bits of their ids, what searches and orders need of many items at once: follows from their summaries. */
  gists: 'uint32',
  /** Up to which seq the journal was trimmed. */
  trimmed: 'ordered',
  /** A sample of delivered mail: see delivered.ts. */
  delivered: 'ordered',
  /** How many messages, by day and scope: see tallies.ts. */
  tallies: 'ordered',
  /** How central systems answer: when the next try is due. */
  targets: 'ordered',
  /** What is known of the time: see clock.ts. */
  clock: 'ordered',
  /** What is kept until it is over: see kept.ts. */
  kept: 'ordered',
  /** Of several machines: where this one is in their log (replicated/position.ts). */
  log: 'ordered',
} as const

const TABLES = { ...VIEWS, ...JOURNAL, ...BESIDE }

/**
 * Names on disk of tables that an older format had in another form: a migration (migrate.ts) reads the one
 * while it writes the other. A number is that of the format from which on the form is what it is.
 */
const NAMES: Partial<Record<keyof typeof TABLES, string>> = {
  meta: 'meta.3',
  items: 'items.4',
  rows: 'rows.3',
  identities: 'identities.3',
  due: 'due.4',
  accounts: 'accounts.4',
  lessons: 'lessons.4',
  journal: 'journal.4',
  followed: 'followed.3',
}
/** Its name and its keys are the same in every format. */
const HEAD = 'meta'
/**
 * How many free pages lmdb-js takes into its list, and keeps there (src/env.cpp; its types do not know them).
 * With its 50,000 a message that needs pages in a row has all of them looked through and written back, commit by
 * commit: at a million items that was most of the cost of a hold. Beyond these the file grows first.
 */
const FREE_PAGES = { maxFreeSpaceToLoad: 2000, maxFreeSpaceToRetain: 4000 }
const CHECK_MS = 600_000
/** Tables of older formats that may be there for a while. */
const OLD_MAX = 16

type TableKey<Kind> = Kind extends 'uint32' ? number : string | number | (string | number)[]
type Writable<Names> = { readonly [N in keyof Names]: Table<TableKey<Names[N]>> }

/** The views as the fold sees them. Nobody outside of store/ is given them. */
export type Tables = Writable<typeof VIEWS> & { readonly files: BlobFiles }
export type JournalTables = Writable<typeof JOURNAL>
export type BesideTables = Writable<typeof BESIDE>

/** The views as everybody else sees them: to be read. */
export type Views = {
  readonly [N in keyof typeof VIEWS]: ReadTable<TableKey<(typeof VIEWS)[N]>>
} & {
  /** What the blobs among them say that lies in files. */
  readonly files: Pick<BlobFiles, 'path' | 'has' | 'read' | 'pieces' | 'isWhole' | 'check'>
}

export const VIEW_NAMES = Object.keys(VIEWS) as (keyof typeof VIEWS)[]

export class Env {
  readonly tables: Tables
  readonly files: BlobFiles
  readonly views: Views
  readonly journal: JournalTables
  readonly beside: BesideTables
  readonly dir: string
  /** Read before all else: see format.ts. */
  readonly head: Table<string>
  readonly #root: RootDatabase<Buffer, Key>
  readonly #writer: Writer
  #written = 0
  /** When it was last looked for readers whose process is gone: no page that one of them read is used again. */
  #checked = Date.now()
  readonly #old: Database<Buffer, Key>[] = []
  /** All that are there. */
  readonly #all: Database<Buffer, Key>[] = []
  /** Upper bound of the data in octets. LMDB itself has none: this one makes its map larger as the file grows. */
  readonly bound: number

  /** What was done about the rights of the folder, in a sentence. */
  readonly tightened: string | null

  constructor({ dir, mapSize = 1024 ** 4, sync = true }: EnvOptions) {
    this.dir = dir
    this.bound = mapSize
    // 0700: whoever may read the data may read people's mail.
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    this.tightened = tightenFolder(dir)
    settleFile(dir)
    begins(dir)
    try {
      this.#root = asOwnerOf(dir, () => this.#map(dir, mapSize, sync))
    } catch (error) {
      ends(dir)
      throw error
    }
    tightenFiles(dir)
    mark(dir)
    // Not lmdb-js's own queue of writes: that takes LMDB's lock in a thread and keeps it until the event loop comes by.
    this.#writer = new Writer(this)
    this.head = this.old(HEAD, 'ordered')
    this.files = asOwnerOf(dir, () => new BlobFiles(dir))
    const tables = this.#open(VIEWS)
    this.tables = { ...tables, files: this.files }
    this.views = { ...readOnly(tables), files: this.files }
    this.journal = this.#open(JOURNAL)
    this.beside = this.#open(BESIDE)
  }

  #map(dir: string, mapSize: number, sync: boolean): RootDatabase<Buffer, Key> {
    return open<Buffer, Key>({
      ...FREE_PAGES,
      path: dir,
      noSubdir: false,
      maxDbs: Object.keys(TABLES).length + OLD_MAX,
      maxReaders: 512,
      mapSize,
      encoding: 'binary',
      noSync: !sync,
      // LMDB's own way: a commit that has returned is on disk. With syncs that overlap, each hold would wait
      // for one thread more.
      overlappingSync: false,
    })
  }

  #open<Names extends Record<string, string>>(names: Names): Writable<Names> {
    const opened = Object.entries(names).map(([name, keys]) => {
      const db = this.#openOne(NAMES[name as keyof typeof TABLES] ?? name, keys)
      return [name, this.#table(db, LARGE.has(name))]
    })
    return Object.fromEntries(opened) as Writable<Names>
  }

  #openOne(name: string, keys: string): Database<Buffer, Key> {
    const options = keys === 'uint32' ? { keyEncoding: 'uint32' as const } : {}
    const db = this.#root.openDB<Buffer, Key>({ name, encoding: 'binary', ...options })
    this.#all.push(db)
    return db
  }

  /** Octets of all pages that are used; what is free in the file is not counted. */
  get used(): number {
    const { free, root } = this.#root.getStats() as { free: Pages; root: Pages }
    const tables = this.#all.map((db) => db.getStats() as Pages)
    return [free, root, ...tables].reduce((sum, one) => sum + octetsOf(one), 0)
  }

  /** Makes a copy of the data as they are now in `dir`, which must have none, while others write. */
  async copy(dir: string): Promise<void> {
    await this.#root.backup(dir, false)
  }

  #table(db: Database<Buffer, Key>, large: boolean): Table<Key> {
    return {
      get: large ? (key) => db.get(key) : (key) => copyOf(db.getBinaryFast(key)),
      inPlace: (key) => placeOf(db.getBinaryFast(key)),
      has: (key) => db.doesExist(key),
      put: (key, value) => {
        this.#written++
        db.putSync(key, value as Buffer)
      },
      remove: (key) => {
        this.#written++
        db.removeSync(key)
      },
      range: (options) => db.getRange(options),
      keys: (options) => db.getKeys(options),
      count: () => (db.getStats() as { entryCount: number }).entryCount,
    }
  }

  /** A table as an older format left it, by its name on disk. */
  old<K extends Key>(name: string, keys: 'uint32' | 'ordered'): Table<K> {
    const db = this.#openOne(name, keys)
    if (name !== HEAD) this.#old.push(db)
    return this.#table(db, true) as unknown as Table<K>
  }

  /** Inside a write transaction: does away with what old() opened. */
  dropOld(): void {
    for (const db of this.#old.splice(0)) {
      // LMDB does not forgive a look at a table that is gone.
      this.#all.splice(this.#all.indexOf(db), 1)
      db.dropSync()
    }
  }

  /**
   * Runs `fn` inside one write transaction and commits; throws what `fn` throws, having changed nothing.
   * `fn` is synchronous by type: an async one would let other writers in between.
   * Resolves once the commit is on disk.
   */
  write<T>(fn: () => T, turn?: Turn): Promise<T> {
    return this.#writer.write(fn, turn)
  }

  /** The same at once, blocking: for start-up, before anything is served. */
  writeSync<T>(fn: () => T): T {
    return this.transaction(fn)
  }

  /** For the writer alone. */
  transaction<T>(fn: () => T): T {
    const now = Date.now()
    if (now - this.#checked > CHECK_MS) {
      this.#checked = now
      this.#root.readerCheck()
    }
    return this.#root.transactionSync(fn)
  }

  get written(): number {
    return this.#written
  }

  /** Begins a new read snapshot now instead of at the next turn of the event loop. */
  refresh(): void {
    this.#root.resetReadTxn()
  }

  /** Inside a write transaction: runs `fn` and takes back all that it wrote. */
  rolledBack<T>(fn: () => T): T {
    let outcome: { result: T } | null = null
    try {
      this.transaction(() => {
        outcome = { result: fn() }
        throw ROLLED_BACK
      })
    } catch (error) {
      if (error !== ROLLED_BACK) throw error
    }
    return (outcome as unknown as { result: T }).result
  }

  async close(): Promise<void> {
    this.#writer.close()
    await this.#root.close()
    ends(this.dir)
  }
}

/** Of a tree, as lmdb-js tells it. */
interface Pages {
  pageSize: number
  treeBranchPageCount: number
  treeLeafPageCount: number
  overflowPages: number
}

function octetsOf(tree: Pages): number {
  return (tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages) * tree.pageSize
}

const ROLLED_BACK = new Error('rolled back')

/** Tables whose values may be large: each is read into memory of its own. */
const LARGE: ReadonlySet<string> = new Set<keyof typeof TABLES>([
  'journal',
  'blobs',
  'lessons',
  'layers',
  'model',
  'gists',
])

/** Copies into Node's pool, at half the cost: lmdb's own copy makes an ArrayBuffer for each value. */
function copyOf(bytes: Buffer | undefined): Buffer | undefined {
  if (bytes === undefined) return undefined
  const copy = Buffer.allocUnsafe(bytes.length)
  // lmdb reads into one long buffer whose `length` it sets to that of the value.
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  return copy
}

/** lmdb-js reads into one long buffer that it uses again; from 16 MiB on it shows the map of the file. */
function placeOf(bytes: Buffer | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Without the means to write, not only by type. */
function readOnly(tables: Writable<typeof VIEWS>): Omit<Views, 'files'> {
  const views = Object.entries(tables).map(([name, all]: [string, Table<Key>]) => {
    const view: ReadTable<Key> = {
      get: (key) => all.get(key),
      inPlace: (key) => all.inPlace(key),
      has: (key) => all.has(key),
      range: (options) => all.range(options),
      keys: (options) => all.keys(options),
      count: () => all.count(),
    }
    return [name, view]
  })
  return Object.fromEntries(views) as Omit<Views, 'files'>
}
