// What the disk damaged is not sent: its release fails for good, in words, and comes back.
import { expect, test } from 'vitest'
import { flip } from '../rig/damage.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, drag, itemsIn, message, released, ROOT, world } from './world.ts'

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
