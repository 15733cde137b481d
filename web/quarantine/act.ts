// What the buttons and the keys do: many items in one operation, a result for each, and the way back.
import { signal } from '@preact/signals'
import { get, login, post, Problem, UNREACHED, wait } from '../api.ts'
import { translated } from '../sentences.ts'
import { sentence, tell } from '../told.tsx'
import { t } from '../words.ts'
import { items, marked, refresh, refusals } from './list.ts'
import type { Action, Item } from './item.ts'

/** More than these are asked about first. */
export const ASK_OVER = 20
/** Items of one batch. */
const BATCH = 500

export interface Plan {
  action: Action
  ids: number[]
}

/** What waits for a yes. */
export const planned = signal<Plan | null>(null)
/** Items that something is being done with. */
export const underWay = signal<ReadonlySet<number>>(new Set())

/** The marked ones, or else this one. */
export const targets = (current: number | null): number[] =>
  marked.value.size > 0 ? [...marked.value] : current === null ? [] : [current]

export function want(action: Action, ids: number[]): void {
  if (ids.length === 0) return
  if (ids.length > ASK_OVER) planned.value = { action, ids }
  else void act({ action, ids })
}

interface Operation {
  id: string
  state: 'running' | 'done' | 'interrupted'
  results: { item: number; done: boolean; reason?: string }[]
}

export async function act({ action, ids }: Plan): Promise<void> {
  planned.value = null
  underWay.value = new Set([...underWay.value, ...ids])
  const became: Became = { done: new Set(), refused: new Map(), why: null }
  try {
    for (let at = 0; at < ids.length; at += BATCH)
      await one(action, ids.slice(at, at + BATCH), became)
  } catch (error) {
    became.why = sentence(error)
  }
  try {
    report(action, ids.length, became)
    marked.value = new Set([...marked.value].filter((id) => !became.done.has(id)))
    await refresh(action === 'markSeen' || action === 'markUnseen' ? [] : [...became.done])
  } finally {
    underWay.value = new Set([...underWay.value].filter((id) => !ids.includes(id)))
  }
}

interface Became {
  done: Set<number>
  refused: Map<number, string>
  /** Why it is not known of the others. */
  why: string | null
}

async function one(action: Action, items: number[], { done, refused }: Became): Promise<void> {
  const { results } = await ended(await post('items:batch', { action, items }))
  for (const { item, done: isDone, reason = '' } of results)
    if (isDone) done.add(item)
    else refused.set(item, translated(reason))
}

function report(action: Action, wanted: number, { done, refused, why }: Became): void {
  const others = [...refusals.value].filter(([id]) => !done.has(id))
  refusals.value = new Map([...others, ...refused])
  const unknown = wanted - done.size - refused.size
  const isMark = action === 'markSeen' || action === 'markUnseen'
  if (isMark && unknown === 0) return
  const parts: string[] = []
  if (done.size > 0 && !isMark) parts.push(t(`done.${action}`, { n: done.size }))
  const [reason] = refused.values()
  if (refused.size === 1) parts.push(reason ?? t('failed'))
  else if (refused.size > 1) parts.push(t('refused', { n: refused.size, reason: reason ?? '' }))
  if (why !== null) parts.push(why)
  if (unknown > 0 && wanted > 1) parts.push(t('unknown', { n: unknown }))
  const undo =
    isMark || action === 'undo' || done.size === 0
      ? null
      : () => act({ action: 'undo', ids: [...done] })
  tell(parts.join(' '), undo, unknown > 0)
}

/** ms between two looks at what goes on; and looks that find nobody before it is given up. */
const LOOK_MS = 500
const LOOKS = 20

/** Goes on at the server whether it is looked at or not: who is cut off for a moment asks again. */
async function ended(operation: Operation): Promise<Operation> {
  let now = operation
  for (let missed = 0; now.state === 'running';) {
    await wait(LOOK_MS)
    try {
      now = await get<Operation>(`operations/${now.id}`)
      missed = 0
    } catch (error) {
      const isAway = error instanceof Problem && error.kind === UNREACHED
      if (!isAway || ++missed === LOOKS) throw error
    }
  }
  return now
}

/** Who an entry of a list would be about, and for whom. */
export interface Entry {
  list: 'allow' | 'block'
  items: Item[]
}
export const wanted = signal<Entry | null>(null)

export function wantEntry(list: 'allow' | 'block', ids: number[]): void {
  const some = items.value.filter(
    ({ id, from, sender }) => ids.includes(id) && (from.address || sender),
  )
  if (some.length > 0) wanted.value = { list, items: some }
}

/** Whose lists the login may choose among for an item, most special first. */
export function scopesFor(item: Item): string[] {
  const tier = login.value?.tier ?? 'address'
  const domain = item.scope.split('@').at(-1) ?? ''
  const all = item.scope.includes('@') ? [item.scope, domain, 'global'] : [item.scope, 'global']
  const least = { address: 1, domain: all.length - 1, 'super-admin': all.length }[tier]
  return [...new Set(all.slice(0, least))]
}

export const isAdministrator = (): boolean => login.value?.tier !== 'address'
