// What the disk damaged is not sent: its release fails for good, in words, and comes back.
import { readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { spawnHaraka } from '../rig/haraka.ts'
import { flip } from '../rig/damage.ts'
import { sendMail } from '../rig/smtp.ts'
import { run } from '../cli/run.ts'
import { tempDir } from '../tmp.ts'
import { beside, block, drag, itemsIn, message, released, restart, ROOT, world } from './world.ts'

const spam = (word: string): Buffer =>
  message(['From: a@spam.example', `Subject: about ${word}`, '', `the ${word} body`])

test('a damaged message is not delivered; it comes back to Caught, and a person is told', async () => {
  const { haraka, lazaret, hop } = await world()
  await block(lazaret, '*@spam.example')
  for (const word of ['first', 'second'])
    await sendMail(haraka.port, {
      from: 'a@spam.example',
      to: ['user@example.com'],
      raw: spam(word),
    })
  flip(haraka.data, 'the first body')
  const [first, second] = itemsIn(lazaret, 'caught')
  await drag(lazaret, 'caught', 'release')
  const { release } = await released(lazaret, first.id, 'failed')
  expect(release?.reply).toMatch(/^The message is damaged on the disk of this mail server/)
  await released(lazaret, second.id)
  expect(hop.deliveries.map(({ raw }) => raw.includes('the second body'))).toEqual([true])
  expect(itemsIn(lazaret, 'caught').map(({ id }) => id)).toEqual([first.id])

  const [notice] = itemsIn(lazaret, 'inbox')
  const text = lazaret.quarantine.as(ROOT).messages.raw(notice.id).toString()
  expect(text).toContain('Subject: about first')
  expect(text).toMatch(/damaged on the disk of this mail server/)
  expect(text).toMatch(/when the administrator has brought it back from a backup/)
  expect(haraka.log.filter((line) => line.includes('DAMAGE:'))).toHaveLength(1)

  // Once more: the same answer, and nothing is sent.
  await drag(lazaret, 'caught', 'release')
  await released(lazaret, first.id, 'failed')
  expect(hop.deliveries).toHaveLength(1)
})

describe.each([0, 2])('nodes=%i', (nodes) => {
  test('data that are cut off end Haraka with one sentence', async () => {
    const { haraka, lazaret } = await world({ nodes })
    await lazaret.close()
    await haraka.stop()
    truncateSync(join(haraka.data, 'data.mdb'), 20_000)
    expect(await sentences(haraka.dir, nodes)).toEqual([
      expect.stringMatching(/^lazaret: .*data\.mdb is damaged: .*Restore a backup/),
    ])
  })

  test('a model that is damaged ends it, too', async () => {
    const { haraka, lazaret } = await world({ nodes })
    await lazaret.close()
    await haraka.stop()
    flip(
      haraka.data,
      readFileSync(join(__dirname, '../../config/base.model')).subarray(10_000, 10_030),
    )
    expect(await sentences(haraka.dir, nodes)).toContainEqual(
      expect.stringMatching(/^lazaret: what the filter has learned .* is damaged .*model import/),
    )
  })
})

/** Starts Haraka there; it has to end, and not in order: what it said on stderr. */
async function sentences(dir: string, nodes: number): Promise<string[]> {
  const haraka = await spawnHaraka({ dir, nodes })
  expect(await haraka.ended()).not.toBe(0)
  expect(haraka.log.filter((line) => line.includes('worker started')).length).toBeLessThan(4)
  return haraka.log.filter((line) => line.startsWith('lazaret: '))
}

test('what was delivered since a backup is not delivered again after its restore', async () => {
  const { haraka, lazaret, hop } = await world()
  await block(lazaret, '*@spam.example')
  await sendMail(haraka.port, {
    from: 'a@spam.example',
    to: ['user@example.com'],
    raw: spam('one'),
  })
  hop.reply = (stage) => (stage === 'rcpt' ? '451 later' : null)
  const [item] = itemsIn(lazaret, 'caught')
  await drag(lazaret, 'caught', 'release')
  await released(lazaret, item.id, 'deferred')
  const backup = join(tempDir(), 'backup')
  const made = await run(['backup', backup, '--config', haraka.dir, '--json'])
  expect(JSON.parse(made.out)).toMatchObject({ open: 1, queueFiles: 1 })
  hop.reply = () => null
  await released(lazaret, item.id)
  await lazaret.close()
  await haraka.stop()

  const restored = await run(['restore', backup, '--replace', '--config', haraka.dir, '--json'])
  expect(JSON.parse(restored.out), restored.err).toMatchObject({ cameBack: 1, queueFiles: 0 })
  const again = await restart(haraka)
  const after = beside(again)
  await sendMail(again.port, { from: 'a@spam.example', to: ['user@example.com'], raw: spam('two') })
  const [old, fresh] = itemsIn(after, 'caught')
  expect(old).toMatchObject({ id: item.id, release: { state: 'failed' } })
  expect(old.release?.reply).toMatch(
    /restored from a backup .* may have been delivered since or not/,
  )
  await drag(after, 'caught', 'release', [fresh])
  await released(after, fresh.id)
  expect(hop.deliveries).toHaveLength(2)
})
