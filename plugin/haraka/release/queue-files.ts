// The files of Haraka's outbound queue: which of them carry a release of ours, and the mark that says that
// a message was sent in full. A file is a 4-octet length, a JSON header ("todo"), and the message.
import { open, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HMail } from '../types.ts'
import type { Wanted } from './parameters.ts'

/** What a queue file's notes say of the release in it. */
export interface ReleaseNote {
  item: number
  token: string
  recipient: string
  /** A hop that another plugin chose when the message came; null: as it goes today. */
  nextHop: string | null
  /** A person released it: never sent again when it may have been delivered. */
  once: boolean
  /** Mail of our own people to the world: its sender is told of a failure. */
  outgoing: boolean
  /** What its commands say beside the addresses. */
  wanted?: Wanted
}

/** A todo is some hundred octets; one of many recipients may be longer. */
const TODO_MAX = 16 * 1024 * 1024

/** Listings of a queue that changes all the time; two are enough for one that rests. */
const LISTINGS_MAX = 6

/** The releases that have a file in the queue, by file name. */
export async function queuedReleases(dir: string): Promise<Map<string, ReleaseNote>> {
  return await queuedNotes(dir, noteIn)
}

type Notes = Record<string, unknown> | undefined

/** What `of` finds in the notes of the files in the queue, by file name. */
export async function queuedNotes<T>(
  dir: string,
  of: (notes: Notes) => T | null,
): Promise<Map<string, T>> {
  // Haraka renames files while they wait (each attempt, each restart): a listing made meanwhile can miss one, and a
  // name can be gone when it is read. So it is listed until nothing new comes up; each file is read once.
  const found = new Map<string, { name: string; note: T | null }>()
  for (let listing = 0, fresh = true; fresh && listing < LISTINGS_MAX; listing++) {
    fresh = false
    for (const name of await queueNames(dir)) {
      const key = stableKey(name)
      const known = found.get(key)
      if (known) known.name = name
      else {
        fresh = true
        const note = await readNote(join(dir, name), of)
        // Renamed meanwhile: the next listing has it.
        if (note !== GONE) found.set(key, { name, note })
      }
    }
  }
  const releases = new Map<string, T>()
  for (const { name, note } of found.values()) if (note) releases.set(name, note)
  return releases
}

/** What stays in a name: time of arrival, and the unique part without our mark. */
function stableKey(name: string): string {
  const parts = name.split('_')
  return `${parts[0]}_${parts[4].replace(MARK, '')}`
}

/** Pids of the processes that have files in the queue, or had them when they ended. */
export async function queuePids(dir: string): Promise<Set<number>> {
  return new Set((await queueNames(dir)).map((name) => Number(name.split('_')[3])))
}

async function queueNames(dir: string): Promise<string[]> {
  try {
    // arrival_nextattempt_attempts_pid_uid_counter_host; temporary files begin with `__tmp__.`
    return (await readdir(dir)).filter((name) => /^\d+_\d+_\d+_\d+_[^_]+_\d+_/.test(name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const GONE = Symbol('gone')

async function readNote<T>(
  path: string,
  of: (notes: Notes) => T | null,
): Promise<T | null | typeof GONE> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return GONE
    throw error
  }
  try {
    const head = Buffer.alloc(4)
    if ((await file.read(head, 0, 4, 0)).bytesRead < 4) return null
    const size = head.readUInt32BE(0)
    if (size > TODO_MAX) return null
    const json = Buffer.alloc(size)
    if ((await file.read(json, 0, size, 4)).bytesRead < size) return null
    const todo = JSON.parse(json.toString('utf8')) as { notes?: Record<string, unknown> }
    return of(todo.notes)
  } catch (error) {
    // Somebody's broken file is not ours to judge.
    if (error instanceof SyntaxError) return null
    throw error
  } finally {
    await file.close()
  }
}

/** The release that these notes speak of, or null. */
export function noteIn(notes: Notes): ReleaseNote | null {
  const note = notes?.lazaret as Partial<ReleaseNote> | undefined
  return typeof note?.token === 'string' && typeof note.item === 'number'
    ? (note as ReleaseNote)
    : null
}

/** Stands behind the unique part of a file's name. */
const MARK = '-sent'

export function isMarked({ filename }: HMail): boolean {
  return filename.split('_')[4]?.endsWith(MARK) ?? false
}

/**
 * Marks that the whole message has been given to the next hop, before the end of it is: from here to the
 * record of the outcome a crash leaves it open whether it was taken. A rename, because it is atomic and
 * stays with the file wherever Haraka moves it.
 */
export async function mark(hmail: HMail): Promise<void> {
  if (isMarked(hmail)) return
  const dir = dirname(hmail.path)
  const parts = hmail.filename.split('_')
  parts[4] += MARK
  const name = parts.join('_')
  await rename(hmail.path, join(dir, name))
  hmail.path = join(dir, name)
  hmail.filename = name
  await syncDir(dir)
}

/** The outcome is known to be none: Haraka's next rename of the file takes the mark away. */
export function unmark(hmail: HMail): void {
  const parts = hmail.filename.split('_')
  parts[4] = parts[4].replace(MARK, '')
  hmail.filename = parts.join('_')
}

/** A new name in a folder is on disk only when the folder is. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
