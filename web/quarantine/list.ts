// The list that is shown: pages of items behind a cursor, how many each class has, what is marked.
import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { get, login } from '../api.ts'
import { listen } from './listen.ts'
import { route } from '../route.ts'
import { CHIPS, ORDERS, type Chip, type Item, type Order } from './item.ts'

const PAGE = 50
/** Further ones, where somebody scrolls on and on. */
const PAGE_ON = 200
/** Items that are asked for again as one page when something changed. */
const AGAIN_MAX = 500

export const items = signal<Item[]>([])
export const ids = computed(() => items.value.map(({ id }) => id))
export const next = signal<string | null>(null)
export const counts = signal<Partial<Record<Chip, number>>>({})
export const marked = signal<ReadonlySet<number>>(new Set())
export const isLoading = signal(false)
export const problem = signal<unknown>(null)
/** Why something was not done with an item. */
export const refusals = signal<ReadonlyMap<number, string>>(new Map())
/** More came than is shown. */
export const isStale = signal(false)

/** What is looked at, as the address says it. */
export const asked = computed(() => {
  const { words } = route.value
  return {
    chip: CHIPS.find((one) => one === words.get('show')) ?? 'caught',
    order: ORDERS.find((one): one is Order => one === words.get('order')) ?? 'wanted',
    search: words.get('q') ?? '',
    scope: words.get('scope') ?? '',
  }
})
const askedText = computed(() => JSON.stringify(asked.value))

interface Page {
  items: Item[]
  next: string | null
}

let running: AbortController | null = null

/** @param cursor null: from the first page on */
async function load(cursor: string | null, limit: number): Promise<void> {
  running?.abort()
  const mine = (running = new AbortController())
  const { chip, order, search, scope } = asked.value
  const query = new URLSearchParams({ filter: chip, order, limit: String(limit) })
  if (search !== '') query.set('q', search)
  if (scope !== '') query.set('scope', scope)
  if (cursor !== null) query.set('cursor', cursor)
  isLoading.value = true
  try {
    const page = await get<Page>(`items?${query.toString()}`, mine.signal)
    batch(() => {
      const before = cursor === null ? [] : items.value
      const known = new Set(before.map(({ id }) => id))
      items.value = [...before, ...page.items.filter(({ id }) => !known.has(id))]
      next.value = page.next
      problem.value = null
      if (cursor === null) keepMarks()
    })
  } catch (error) {
    if (mine.signal.aborted) return
    problem.value = error
  } finally {
    if (running === mine) {
      running = null
      isLoading.value = false
    }
  }
}

export async function more(): Promise<void> {
  if (next.value !== null && !isLoading.value)
    await load(next.value, items.value.length > PAGE ? PAGE_ON : PAGE)
}

/**
 * What is shown is asked for again, without leaving the place. `gone`: items that were put elsewhere, which a long list only
 * leaves out.
 */
export async function refresh(gone: readonly number[] = []): Promise<void> {
  void recount()
  if (items.value.length > AGAIN_MAX) {
    const out = new Set(gone)
    if (out.size > 0 && asked.value.chip !== 'all')
      items.value = items.value.filter(({ id }) => !out.has(id))
    else isStale.value = true
    return
  }
  isStale.value = false
  await load(null, Math.min(Math.max(items.value.length, PAGE), AGAIN_MAX))
}

/** What failed, once more. */
export async function again(): Promise<void> {
  if (items.value.length === 0) await reload()
  else if (items.value.length > AGAIN_MAX) await more()
  else await refresh()
}

export async function reload(): Promise<void> {
  batch(() => {
    items.value = []
    next.value = null
    problem.value = null
    isStale.value = false
  })
  void recount()
  await load(null, PAGE)
}

async function recount(): Promise<void> {
  const { scope } = asked.value
  try {
    counts.value = await get(
      `items:counts${scope === '' ? '' : `?scope=${encodeURIComponent(scope)}`}`,
    )
  } catch {
    // The list tells what is wrong.
  }
}

function keepMarks(): void {
  const there = new Set(items.value.map(({ id }) => id))
  const kept = [...marked.value].filter((id) => there.has(id))
  if (kept.length < marked.value.size) marked.value = new Set(kept)
}

export function mark(id: number, isMarked = !marked.value.has(id)): void {
  const all = new Set(marked.value)
  if (isMarked) all.add(id)
  else all.delete(id)
  marked.value = all
}

/** From the item that was marked last to this one. */
export function markTo(from: number, to: number): void {
  const ids = items.value.map(({ id }) => id)
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)]
  if (a < 0 || b < 0) return
  marked.value = new Set([...marked.value, ...ids.slice(Math.min(a, b), Math.max(a, b) + 1)])
}

export function markAll(isMarked: boolean): void {
  marked.value = new Set(isMarked ? items.value.map(({ id }) => id) : [])
}

/** Another item in place of one that changed. */
export function replace(item: Item): void {
  items.value = items.value.map((one) => (one.id === item.id ? item : one))
}

/** Follows the address and what the server tells, while the list is shown; answers how to stop. */
export function follow(events: string): () => void {
  const stop = effect(() => {
    void askedText.value
    if (!login.value) return
    // What these look at is no reason to begin anew: an open message is in the address as well.
    untracked(() => {
      marked.value = new Set()
      refusals.value = new Map()
      void reload()
    })
  })
  const unfollow = listen(events, () => {
    if (!isLoading.value) void refresh()
  })
  return () => {
    stop()
    unfollow()
  }
}
