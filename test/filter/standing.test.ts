import { expect, test } from 'vitest'
import { standing } from '../../plugin/filter/standing.ts'

test.each([
  [0, 0, 'nothing', 'nobody has taught it yet: it holds nothing by itself'],
  [0, 50, 'nothing', 'nobody has confirmed good mail yet: it holds nothing by itself'],
  [50, 0, 'nothing', 'nobody has reported spam yet: it holds nothing by itself'],
  [9, 50, 'nothing', 'holds nothing by itself before it has 10 of each: 9 ham, 50 spam so far'],
  [12, 50, 'very sure', 'holds what is very sure: 12 ham, 50 spam so far'],
  [500, 600, 'sure', 'holds what is sure: 500 ham, 600 spam so far'],
])('%d ham and %d spam: %s', (ham, spam, holds, text) => {
  const stands = standing(0.9, { ham, spam, prior: true })
  expect(stands).toMatchObject({ holds, text, ham, spam, enough: 10 })
  expect(stands.from === null).toBe(holds === 'nothing')
  if (stands.from !== null) expect(stands.from).toBeGreaterThanOrEqual(0.9)
})
