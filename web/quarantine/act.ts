// What the buttons and the keys do: many items in one operation, a result for each, and the way back.
import { signal } from '@preact/signals'
import { get, login, post } from '../api.ts'
import { translated } from '../sentences.ts'
import { tell, tellBad } from '../told.tsx'
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
  try {
    const done: number[] = []
    const refused = new Map<number, string>()
    for (let at = 0; at < ids.length; at += BATCH) {
      const operation = await ended(
        await post('items:batch', { action, items: ids.slice(at, at + BATCH) }),
      )
      for (const { item, done: isDone, reason = '' } of operation.results)
        if (isDone) done.push(item)
        else refused.set(item, translated(reason))
    }
    report(action, done, refused)
    marked.value = new Set([...marked.value].filter((id) => refused.has(id)))
    await refresh(action === 'markSeen' || action === 'markUnseen' ? [] : done)
  } catch (error) {
    tellBad(error)
  } finally {
    underWay.value = new Set([...underWay.value].filter((id) => !ids.includes(id)))
  }
}

function report(action: Action, done: number[], refused: Map<number, string>): void {
  const others = [...refusals.value].filter(([id]) => !done.includes(id))
  refusals.value = new Map([...others, ...refused])
  if (action === 'markSeen' || action === 'markUnseen') return
  const parts: string[] = []
  if (done.length > 0) parts.push(t(`done.${action}`, { n: done.length }))
  const [reason] = refused.values()
  if (refused.size === 1) parts.push(reason ?? t('failed'))
  else if (refused.size > 1) parts.push(t('refused', { n: refused.size, reason: reason ?? '' }))
  tell(
    parts.join(' '),
    action === 'undo' || done.length === 0 ? null : () => act({ action: 'undo', ids: done }),
  )
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function ended(operation: Operation): Promise<Operation> {
  let now = operation
  while (now.state === 'running') {
    await wait(500)
    now = await get<Operation>(`operations/${now.id}`)
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
