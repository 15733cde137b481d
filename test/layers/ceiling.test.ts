import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  abroad,
  CEILING,
  clip,
  DOMAIN_WORTH,
  heardSum,
  ownShare,
  said,
} from '../../plugin/layers/ceiling.ts'

const weight = fc.integer({ min: -3000, max: 3000 })

test('a voice says the strongest of what was said, and saying it again adds nothing', () => {
  expect([said(0, 40), said(40, 30), said(40, 90)]).toEqual([40, 40, 90])
  expect([said(-40, -30), said(-40, -90), said(-40, 0)]).toEqual([-40, -90, -40])
  // The opposite is taken from it.
  expect([said(40, -90), said(-40, 10)]).toEqual([-50, -30])
  fc.assert(
    fc.property(weight, weight, (voice, move) => {
      const once = said(voice, move)
      if (voice * move >= 0) expect(said(once, move)).toBe(once)
      expect(Math.abs(once)).toBeLessThanOrEqual(Math.max(Math.abs(voice), Math.abs(move)))
    }),
  )
})

test('nobody is heard above the ceiling, and no domain above that of three', () => {
  fc.assert(
    fc.property(
      weight,
      fc.array(weight),
      fc.constantFrom(...Object.values(CEILING)),
      (own, all, c) => {
        const peers = all.reduce((sum, one) => sum + clip(one, c), 0)
        expect(Math.abs(abroad(own, peers, c))).toBeLessThanOrEqual(DOMAIN_WORTH * c)
      },
    ),
  )
})

test('what is heard of a sum grows with it up to a bound', () => {
  expect([heardSum(0), heardSum(255), heardSum(256), heardSum(2 ** 20)]).toEqual([0, 0, 1, 4096])
  expect(heardSum(2 ** 40)).toBe(heardSum(2 ** 24))
})

test('who teaches alone learns in full, and beside a super-admin; among people who teach each other less', () => {
  expect(ownShare(0, CEILING.alone)).toBe(1)
  expect([1, 5, 1000].map((others) => ownShare(others, CEILING.alone))).toEqual([0.4, 0.4, 0.4])
  expect(ownShare(1000, CEILING.beside)).toBe(1)
})
