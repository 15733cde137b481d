// One queue file that Haraka has read twice.
import { expect, test } from 'vitest'
import { Underway } from '../../../plugin/haraka/release/underway.ts'

test('of two that are at one thing the first goes on, again if it must; behind its end it is the turn of another one', async () => {
  const underway = new Underway()
  const [first, second] = [{}, {}]
  expect([underway.begin(first, 'a'), underway.begin(second, 'a')]).toEqual([true, false])
  expect([underway.begin(first, 'a'), underway.begin(second, 'b')]).toEqual([true, true])
  underway.ended(first)()
  expect([underway.begin(second, 'a'), underway.begin(first, 'a')]).toEqual([true, false])
  // All that it was at.
  underway.ended(second)()
  await underway.end(0)
  expect(underway.begin(first, 'b')).toBe(true)
})
