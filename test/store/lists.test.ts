// The view of the lists: masks that count, and those of imports that are under way, in any order and overlap.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countingMasks, hasMask } from '../../plugin/store/lists.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import { newStore } from './rig.ts'

const MASKS = ['a', 'b', 'c', 'd', 'e']
const masks = fc.subarray(MASKS, { minLength: 1 })
const act = fc.oneof(
  fc.record({ does: fc.constant('draft' as const), masks }),
  fc.record({ does: fc.constant('change' as const), add: masks, remove: masks }),
  // One or several of the drafts that wait, and perhaps some that do no more.
  fc.record({
    does: fc.constant('end' as const),
    keep: fc.boolean(),
    from: fc.nat(4),
    to: fc.nat(4),
  }),
)

test('a mask counts if and only if something brought it that counts, and nothing else is left of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const store = newStore(undefined, false)
      const counting = new Set<string>()
      const drafts: number[] = []
      const waiting = new Map<number, string[]>()
      const of = { scope: 'example.com', list: 'block' as const }
      for (const one of acts) {
        // oxlint-disable-next-line no-await-in-loop -- each builds on those before
        await store.write({ actor: 'test' }, (tx) => {
          if (one.does === 'draft') {
            const seq = tx.append({ type: 'draft', ...of, add: one.masks })
            drafts.push(seq)
            waiting.set(seq, one.masks)
          } else if (one.does === 'change') {
            tx.append({ type: 'masks', ...of, add: one.add, remove: one.remove })
            for (const mask of one.remove) counting.delete(mask)
            for (const mask of one.add) counting.add(mask)
          } else {
            const ended = drafts.slice(-1 - one.from).slice(0, 1 + one.to)
            tx.append({ type: 'import', drafts: ended, keep: one.keep })
            for (const seq of ended) {
              if (one.keep) for (const mask of waiting.get(seq) ?? []) counting.add(mask)
              waiting.delete(seq)
            }
          }
        })
        const { views } = store
        expect([...countingMasks(views, {})].map(([, , mask]) => mask)).toEqual(
          [...counting].sort(),
        )
        for (const mask of MASKS)
          expect(hasMask(views, of.scope, of.list, mask)).toBe(counting.has(mask))
        const known = new Set([...counting, ...[...waiting.values()].flat()])
        expect(views.masks.count()).toBe(known.size)
      }
      const copy = newStore(undefined, false)
      await replay(store, copy)
      expect(compareViews(store.views, copy.views)).toBeNull()
      await Promise.all([store.close(), copy.close()])
    }),
    { numRuns: 25 },
  )
})

test('what is read at length is the list of its beginning', async () => {
  const store = newStore(undefined, false)
  const of = { scope: '', list: 'allow' as const }
  const actor = { actor: 'test' }
  await store.write(actor, (tx) => tx.append({ type: 'masks', ...of, add: ['a'], remove: [] }))
  const early = await store.write(actor, (tx) =>
    tx.append({ type: 'draft', ...of, add: ['a', 'k', 'z'] }),
  )
  const reading = countingMasks(store.views, {})
  const first = reading.next().value
  const late = await store.write(actor, (tx) =>
    tx.append({ type: 'draft', ...of, add: ['l', 'y'] }),
  )
  await store.write(actor, (tx) => tx.append({ type: 'import', drafts: [early, late], keep: true }))
  expect([first, ...reading].map((key) => key?.[2])).toEqual(['a'])
  expect([...countingMasks(store.views, {})].map(([, , mask]) => mask)).toEqual([
    'a',
    'k',
    'l',
    'y',
    'z',
  ])
})
