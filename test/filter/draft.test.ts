import { expect, test } from 'vitest'
import { Draft } from '../../plugin/filter/draft.ts'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { corpus } from '../quarantine/rig.ts'

const HAM = corpus('easy-ham-1', 12)
const SPAM = corpus('spam-1', 12)

test('a draft gives the lessons that the kernel would give, and leaves it as it was', () => {
  const kernel = new Kernel({ bits: 16 })
  for (const raw of HAM.slice(0, 6)) kernel.learn(raw, 'ham')
  const before = Buffer.from(kernel.snapshot())
  const real = new Kernel({ bits: 16 })
  real.load(before)
  const draft = new Draft(kernel)
  const given: Uint8Array[] = []
  for (const [i, raw] of [...SPAM, ...HAM].entries()) {
    const label = i % 3 ? 'spam' : 'ham'
    const lesson = draft.lesson(raw, label, ['spf=pass'])
    expect(lesson).toEqual(real.lesson(raw, label, ['spf=pass']))
    // What was read before says the same, whatever was read since.
    const read = kernel.features(raw, ['spf=pass'])
    kernel.score(HAM[0])
    expect(draft.lessonOf(read, label)).toEqual(lesson)
    draft.apply(lesson, 1)
    real.apply(lesson, 1)
    given.push(lesson)
  }
  for (const lesson of given.slice(4, 9)) {
    draft.apply(lesson, -1)
    real.apply(lesson, -1)
  }
  expect(Buffer.from(kernel.snapshot())).toEqual(Buffer.from(real.snapshot()))
  draft.undo()
  expect(Buffer.from(kernel.snapshot())).toEqual(before)
})

test('a lesson that does not fit changes nothing, also of those before it', () => {
  const kernel = new Kernel({ bits: 16 })
  const before = Buffer.from(kernel.snapshot())
  const draft = new Draft(kernel)
  draft.apply(draft.lesson(HAM[0], 'ham', []), 1)
  const other = new Kernel({ bits: 18 }).lesson(SPAM[0], 'spam')
  expect(() => draft.apply(other, 1)).toThrow('2^18 slots')
  expect(() => draft.apply(other.subarray(0, 5), 1)).toThrow('cut short')
  expect(() => draft.apply(other.subarray(0, 40), 1)).toThrow()
  draft.undo()
  expect(Buffer.from(kernel.snapshot())).toEqual(before)
})
