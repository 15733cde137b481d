// Stores on temporary directories, and items to put into them.
import { afterAll } from 'vitest'
import type { Views } from '../../plugin/store/env.ts'
import type { NewItem } from '../../plugin/store/events/index.ts'
import { Store } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'

const stores: Store[] = []
afterAll(async () => {
  for (const store of stores) await store.close()
})

export function newStore(dir = tempDir(), sync = true): Store {
  const store = new Store({ dir, sync })
  stores.push(store)
  return store
}

/** How many of the keys of a table are plain: items, or blobs, without what stands beside them. */
export function plain(table: Views['items']): number {
  return [...table.keys({})].filter((key) => !Array.isArray(key)).length
}

export const item = (over: Partial<NewItem> = {}): NewItem => ({
  kind: 'held',
  blob: '',
  size: 5,
  at: 1000,
  direction: 'in',
  sender: 'a@b.example',
  recipients: ['user@example.com'],
  scope: 'user@example.com',
  home: 'caught',
  route: null,
  verdict: null,
  signals: [],
  edit: null,
  identity: 'same',
  ...over,
})

export async function deposit(
  store: Store,
  raw: string,
  over: Partial<NewItem> = {},
): Promise<number> {
  return await store.write({ actor: 'test', at: 2000 }, (tx) =>
    tx.append({
      type: 'deposit',
      item: item({ ...over, blob: tx.blob(Buffer.from(raw)), size: raw.length }),
      folder: 'caught',
      flags: { system: 1, keywords: [] },
    }),
  )
}
