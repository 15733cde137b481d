// A full quarantine and a full disk: 451 and words, nothing lost, and all goes on once there is room.
import { expect, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { sendMail } from '../rig/smtp.ts'
import {
  beside,
  block,
  drag,
  folderOf,
  itemsIn,
  message,
  released,
  restart,
  ROOT,
  world,
} from './world.ts'

const spam = (i: number): Buffer =>
  message([
    'From: a@spam.example',
    `Subject: number ${i}`,
    '',
    ...Array<string>(2500).fill('x'.repeat(70)),
  ])
/** What a sender is told that is not 250. */
async function replyTo(port: number, i: number): Promise<string> {
  const { code, text } = await sendMail(port, { ...FROM, raw: spam(i) })
  return code === 250 ? '' : `${code} ${text}`
}
const FROM = { from: 'a@spam.example', to: ['user@example.com'] }

test('map_size_gb is a bound: a warning, then 451; releases and deletions go on and make room', async () => {
  const ini = { main: { map_size_gb: 0.01, base_model: 'no' } }
  const { haraka, lazaret, hop } = await world({ ini })
  await block(lazaret, '*@spam.example')
  let sent = 0
  let reply = ''
  for (; sent < 100; sent++) {
    reply = await replyTo(haraka.port, sent)
    if (reply !== '') break
  }
  expect(reply).toMatch(/451/)
  expect(itemsIn(lazaret, 'caught')).toHaveLength(sent)
  // Some 10 MB of 180 KB each.
  expect(sent).toBeGreaterThan(30)
  expect(sent).toBeLessThan(60)
  expect(lazaret.quarantine.system.space.level).toMatch(/warn|full/)
  await haraka.logged(/The quarantine is full \(main\.map_size_gb = 0\.01/)
  const { messages } = lazaret.quarantine.as(ROOT)
  const append = { raw: spam(1000), flags: { system: 0, keywords: [] }, date: null }
  await expect(messages.append(folderOf(lazaret, 'spam'), [append])).rejects.toThrow(/is full/)

  // Its way out stays open.
  const [first] = itemsIn(lazaret, 'caught')
  await drag(lazaret, 'caught', 'release', [first])
  await released(lazaret, first.id)
  expect(hop.deliveries).toHaveLength(1)
  const { items } = lazaret.quarantine.as(ROOT)
  const purged = await items.purge({ held: true, count: 40 })
  expect(purged.items).toBeGreaterThan(20)
  // Room is looked for again after a second.
  await expect.poll(() => replyTo(haraka.port, 2000), { timeout: 20_000, interval: 200 }).toBe('')
})

test('a full disk: 451, and what was held is there after it', async () => {
  const { haraka, lazaret } = await world()
  await block(lazaret, '*@spam.example')
  await sendMail(haraka.port, { ...FROM, raw: spam(0) })
  await lazaret.close()
  await haraka.stop()
  // Files may grow by some blocks only.
  const full = await restart(haraka, { fileBlocks: 6 * 2048 })
  let kept = 1
  let reply = ''
  for (; kept < 100 && reply === ''; kept++) reply = await replyTo(full.port, kept)
  expect(reply).toMatch(/451/)
  await full.logged(/could not write to its disk .*: it is full or failing/)
  await full.stop()
  const freed = await restart(full)
  await sendMail(freed.port, { ...FROM, raw: spam(5000) })
  const again = beside(freed)
  // The one that was refused is not there; all that heard 250 are.
  expect(itemsIn(again, 'caught')).toHaveLength(kept)
})

test('the bound takes parts of a GB', () => {
  expect(readConfig({ main: { map_size_gb: '0.5' } }).main.map_size_gb).toBe(0.5)
  expect(() => readConfig({ main: { map_size_gb: '0' } })).toThrow(/map_size_gb/)
})
