// Is all as it should be? Everything is looked at, nothing is changed.
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unlessDamaged } from '../errors.ts'
import { queuedReleases } from '../haraka/release/queue-files.ts'
import type { Lazaret } from '../open.ts'
import { blobInPlace } from '../store/blobs.ts'
import { inspectFile } from '../store/file/settle.ts'
import { FORMAT } from '../store/format.ts'
import { getItem, itemIds } from '../store/items.ts'
import { getPlace } from '../store/places.ts'
import { compareViews, replay } from '../store/replay.ts'
import { Store } from '../store/store.ts'

export interface Finding {
  about: 'file' | 'format' | 'messages' | 'items' | 'journal' | 'views' | 'space' | 'queue'
  ok: boolean
  /** What was found, and where it is wrong what to do. */
  text: string
}

const NAMED = 10

/** Checks the data, one thing after the other. `queueDir`: of Haraka's outbound; null: unknown. */
export async function* check(lazaret: Lazaret, queueDir: string | null): AsyncGenerator<Finding> {
  const { store } = lazaret
  const { fault, pages } = inspectFile(store.dir, { heads: true })
  yield fault === null
    ? good('file', `${pages} pages are whole`)
    : bad('file', `${fault}. Stop Haraka and restore a backup (lazaret restore)`)
  yield good('format', `format ${FORMAT}, as of this version`)
  store.refresh()
  const read = messages(lazaret)
  yield read
  yield items(lazaret)
  yield journal(lazaret)
  // A replay puts each message under the hash of its bytes.
  yield read.ok ? await views(lazaret) : good('views', 'not compared, since messages are damaged')
  yield space(lazaret)
  if (queueDir !== null) yield await queue(lazaret, queueDir)
}

function messages({ store: { views } }: Lazaret): Finding {
  let count = 0
  const damaged: string[] = []
  for (const key of views.blobs.keys({})) {
    if (typeof key !== 'string') continue
    count++
    if (!unlessDamaged(() => blobInPlace(views, key))) damaged.push(`${key} ${usersOf(views, key)}`)
  }
  if (damaged.length === 0)
    return good('messages', `${count} messages have the hash of their arrival`)
  return bad(
    'messages',
    `${damaged.length} of ${count} are damaged, and are neither shown nor sent: ${list(damaged)}. ` +
      'Look after the disk and the memory of this machine; restore a backup where they matter, or delete them',
  )
}

function usersOf(views: Lazaret['store']['views'], blob: string): string {
  const ids: number[] = []
  let model = false
  for (const key of views.blobs.keys({ start: [blob, ''], end: [blob, '\uffff'] })) {
    const [, as, id] = key as [string, string, number]
    if (as === 'model') model = true
    else ids.push(id)
  }
  return model ? '(what the filter has learned)' : `(item ${list(ids.map(String))})`
}

function items({ store: { views } }: Lazaret): Finding {
  let count = 0
  const wrong: string[] = []
  for (const id of itemIds(views)) {
    count++
    const item = getItem(views, id)
    if (!item) continue
    if (!views.blobs.has(item.blob)) wrong.push(`item ${id} has lost its message`)
    for (const key of item.places)
      if (getPlace(views, key)?.item !== id)
        wrong.push(`item ${id} does not lie at UID ${key.join(' of ')}`)
  }
  return wrong.length === 0
    ? good('items', `${count} items have their message and lie where they say`)
    : bad('items', `${list(wrong)}. Restore a backup, and report this as a bug`)
}

function journal({ store }: Lazaret): Finding {
  let next = store.floor + 1
  let count = 0
  for (const { seq, events } of store.entries(store.floor)) {
    if (seq > next)
      return bad('journal', `entries ${next} to ${seq - 1} are missing. Restore a backup`)
    next = seq + events.length
    count++
  }
  if (next !== store.seq + 1 && store.seq > store.floor)
    return bad('journal', `it ends at ${next - 1} instead of ${store.seq}. Restore a backup`)
  const since =
    store.floor > 0 ? `since ${store.floor}, up to which it was trimmed` : 'from the start'
  return good('journal', `${count} entries, ${since}`)
}

/** The views are what the journal makes of an empty folder. */
async function views({ store }: Lazaret): Promise<Finding> {
  if (store.floor > 0)
    return good(
      'views',
      'not compared: the journal no longer reaches back to the start (main.journal_days)',
    )
  const dir = mkdtempSync(join(dirname(store.dir), '.lazaret-check-'))
  const { seq } = store
  try {
    const again = new Store({ dir, sync: false })
    try {
      await replay(store, again)
      const difference = compareViews(store.views, again.views)
      store.refresh()
      if (store.seq !== seq)
        return good(
          'views',
          'not compared, since there were changes meanwhile: check a backup (--data BACKUP)',
        )
      return difference === null
        ? good('views', 'they are what the journal says')
        : bad(
            'views',
            `they are not what the journal says: ${difference}. Restore a backup, and report this as a bug`,
          )
    } finally {
      await again.close()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function space({ store }: Lazaret): Finding {
  const { level, used, bound, file, disk } = store.space.state
  const text = `${mb(used)} MB of ${mb(bound)} (main.map_size_gb) are used, the file has ${mb(file)}, the disk ${mb(disk)} free`
  if (level === 'ok') return good('space', text)
  return bad(
    'space',
    `${text}: raise main.map_size_gb, free the disk, or delete what is not needed`,
  )
}

async function queue({ quarantine }: Lazaret, dir: string): Promise<Finding> {
  const files = new Set([...(await queuedReleases(dir)).values()].map(({ token }) => token))
  const open = quarantine.system.openReleases()
  const lost = open.filter(
    ({ state, token }) => !['wanted', 'claimed'].includes(state) && !files.has(token),
  )
  const left = [...files].filter((token) => !open.some((one) => one.token === token)).length
  const rest = left > 0 ? `; ${left} files of releases that are over are taken away by Haraka` : ''
  if (lost.length === 0) return good('queue', `${open.length} releases are under way${rest}`)
  return bad(
    'queue',
    `${lost.length} releases have lost their file in ${dir} (item ${list(lost.map(({ item }) => String(item)))}): ` +
      `Haraka brings them back to Caught within an hour, or at its start${rest}`,
  )
}

const mb = (octets: number): number => Math.round(octets / 2 ** 20)
const good = (about: Finding['about'], text: string): Finding => ({ about, ok: true, text })
const bad = (about: Finding['about'], text: string): Finding => ({ about, ok: false, text })
const list = (all: readonly string[]): string =>
  all.slice(0, NAMED).join(', ') + (all.length > NAMED ? `, and ${all.length - NAMED} more` : '')
