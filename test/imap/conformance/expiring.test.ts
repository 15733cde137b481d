// A message that expires soon carries $Expiring: a change of flags like any other.
import { expect, test } from 'vitest'
import { DAY } from '../../../plugin/time.ts'
import { pass } from '../../quarantine/rig.ts'
import { startServer } from '../harness.ts'

test('$Expiring comes as a change of flags with its MODSEQ (RFC 7162 §3.1)', async () => {
  const server = await startServer()
  const [{ id }] = await server.hold(1)
  const client = await server.logIn('user')
  await client.ok('SELECT Caught (CONDSTORE)')
  const [before] = await client.ok('FETCH 1 (UID FLAGS MODSEQ)')
  expect(before).not.toContain('$Expiring')
  const seq = Number(/MODSEQ \((\d+)\)/.exec(before)?.[1])
  await pass(server.lazaret, 26.5 * DAY)
  const told = (await client.ok('NOOP')).join('\n')
  expect(told).toMatch(/^\* 1 FETCH \(.*FLAGS \([^)]*\$Expiring[^)]*\)/m)
  const modseq = Number(/MODSEQ \((\d+)\)/.exec(told)?.[1])
  expect(modseq).toBeGreaterThan(seq)
  expect((await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${seq})`)).join()).toContain(
    `UID ${id}`,
  )
  expect(await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${modseq})`)).toEqual([])
  expect(await client.ok('SEARCH KEYWORD $Expiring')).toContainEqual(
    expect.stringMatching(/^\* SEARCH 1\b/),
  )
  // Over, it vanishes as what was deleted does.
  await pass(server.lazaret, 2 * DAY)
  expect(await client.ok('NOOP')).toContain('* 1 EXPUNGE')
})
