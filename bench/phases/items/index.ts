// Phase items: what people wait for who work with the mail of a large domain.
import { emptyPhase } from '../../harness/result.ts'
import type { Phase } from '../../harness/phase.ts'
import { listing } from './listing.ts'

export const items: Phase = {
  name: 'items',
  describe:
    'a domain with 100,000 held messages: pages of the list, searches, counts, a batch of releases',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('items')
    await listing(options, result)
    return result
  },
}
