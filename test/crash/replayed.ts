// Whatever was cut off, the views are what the journal says.
import { rmSync } from 'node:fs'
import { expect } from 'vitest'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'

export async function replayed(store: Store): Promise<void> {
  const dir = tempDir()
  const copy = new Store({ dir })
  try {
    store.refresh()
    await replay(store, copy)
    expect(compareViews(store.views, copy.views)).toBeNull()
  } finally {
    await copy.close()
    rmSync(dir, { recursive: true })
  }
}
