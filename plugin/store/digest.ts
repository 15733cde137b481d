// Whether two machines have the same, without one of them showing the other what it has.
import { createHash } from 'node:crypto'
import type { Turn } from '../turns.ts'
import { VIEW_NAMES, type Key, type Views } from './env.ts'

interface Rows {
  range(options: { start?: Key }): Iterable<{ key: Key; value: Buffer }>
}

/**
 * What each view comes to, by its name: equal where they are. Messages count by their names, which follow from their octets. In turns with
 * others: whoever asks sees to it that nothing is folded meanwhile, or looks whether something was.
 */
export async function digestsOf(views: Views, turn: Turn): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const name of VIEW_NAMES) {
    const hash = createHash('sha256')
    // Keys of each table are of one kind, whichever.
    const table = views[name] as unknown as Rows
    let last: string | null = null
    for (let from: Key | null = []; from !== null;) {
      let next: Key | null = null
      // Nothing may be awaited between two of them.
      const options: { start?: Key } = last === null ? {} : { start: from }
      for (const { key, value } of table.range(options)) {
        const text: string = JSON.stringify(key)
        if (text === last) continue
        hash.update(`${text.length} ${text}`)
        if (name !== 'blobs') hash.update(`${value.length} `).update(value)
        last = text
        if (!turn.over) continue
        next = key
        break
      }
      from = next
      await turn.give()
    }
    digests[name] = hash.digest('hex')
  }
  return digests
}
