// A message that many people of a domain wait for: its administrator releases it for all of them.
import { expect, test } from 'vitest'
import { Refused } from '../../../plugin/errors.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { DOMAIN, hold, itemOf, message, OTHER, rig, ROOT, USER } from '../rig.ts'

const mine = Array.from({ length: 20 }, (_, n) => `user${n}@example.com`)
const state = (lazaret: Lazaret, id: number): string => itemOf(lazaret, id).release?.state ?? 'none'

async function held(): Promise<{ lazaret: Lazaret; ids: number[]; other: number; unlike: number }> {
  const lazaret = rig()
  const to = [...mine, 'x@other.example']
  const ids = (await hold(lazaret, message('same'), { to })).map(({ item }) => item as number)
  const [{ item: unlike }] = await hold(lazaret, message('unlike'), { to: [mine[0]] })
  return { lazaret, other: ids.pop() as number, ids, unlike: unlike as number }
}

test('those of the domain, and no others; counted first', async () => {
  const { lazaret, ids, other, unlike } = await held()
  const { items } = lazaret.quarantine.as(DOMAIN)
  expect(items.caughtForAll(ids[3])).toBe(20)
  await expect(items.releaseForAll(ids[3], 21)).rejects.toThrow(/There are 20 of this message/)
  expect(ids.map((id) => state(lazaret, id))).toEqual(ids.map(() => 'none'))
  expect(await items.releaseForAll(ids[3], 20)).toBe(20)
  expect(ids.map((id) => state(lazaret, id))).toEqual(ids.map(() => 'wanted'))
  expect([state(lazaret, other), state(lazaret, unlike)]).toEqual(['none', 'none'])
  // Again there is nothing to do.
  expect(items.caughtForAll(ids[3])).toBe(0)
  // Whoever administers everything has the others too.
  expect(lazaret.quarantine.as(ROOT).items.caughtForAll(other)).toBe(1)
})

test('what somebody has dealt with stays as it is', async () => {
  const { lazaret, ids } = await held()
  const { items } = lazaret.quarantine.as(DOMAIN)
  await items.spam(ids[0])
  await items.delete(ids[1])
  expect(items.caughtForAll(ids[2])).toBe(18)
  expect(await items.releaseForAll(ids[2], 18)).toBe(18)
  expect([state(lazaret, ids[0]), state(lazaret, ids[1])]).toEqual(['none', 'none'])
})

test('not by people, and not of others', async () => {
  const { lazaret, ids, other } = await held()
  for (const login of [USER, OTHER])
    expect(() => lazaret.quarantine.as(login).items.caughtForAll(ids[0])).toThrow(Refused)
  expect(() => lazaret.quarantine.as(DOMAIN).items.caughtForAll(other)).toThrow(/no item/)
})
