// Several workers on one data directory, and what happens when ours fails.
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { whatRuns } from '../../plugin/running.ts'
import { corpus } from '../quarantine/rig.ts'
import { spawnHaraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, drag, itemsIn, message, released, ROOT, world, type World } from './world.ts'

const SPAM = message(['From: a@spam.example', 'Subject: buy', '', 'buy'])
const mail = { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM }

/** Tells which worker a message went through. */
const WHO = `exports.hook_data_post = (next, { transaction }) => {
  transaction.add_header('X-Worker', String(process.pid))
  next()
}`

/** The corpus has lines that end in LF alone, which no SMTP client may send. */
const toWire = (raw: Buffer): Buffer =>
  Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')

/** X-Spam-Score of this message in each of two workers. */
async function scores({ haraka, hop }: World, raw: Buffer): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  while (found.size < 2) {
    const mail = { from: 'x@friend.example', to: ['user@example.com'], raw }
    expect((await sendMail(haraka.port, mail)).code).toBe(250)
    const text = (await hop.arrived(hop.deliveries.length)).at(-1)?.raw.toString('latin1') ?? ''
    const [, worker] = /^X-Worker: (\d+)/m.exec(text) ?? []
    const [, score] = /^X-Spam-Score: (\S+)/m.exec(text) ?? []
    found.set(worker, score)
  }
  return found
}

describe('nodes=2', () => {
  test('a message is held by either worker, and released once', async () => {
    const { haraka, hop, lazaret } = await world({ nodes: 2 })
    expect(haraka.workers).toHaveLength(2)
    const started = await haraka.logged(/lazaret \d+\.\d+\.\d+: data in /)
    expect(started).toContain(
      `data in ${haraka.data}; model of 0 ham and 0 spam lessons upon a base model; 0 masks; SMTP on 127.0.0.1:${haraka.port}`,
    )
    const workers = haraka.workers.sort((a, b) => a - b)
    // Each tells for itself, one of them later.
    await expect
      .poll(() => whatRuns(haraka.data).map(({ role, pid }) => ({ role, pid })))
      .toEqual(workers.map((pid) => ({ role: 'mail', pid })))
    const runs = whatRuns(haraka.data)
    expect(runs[0].listens.smtp).toEqual([`127.0.0.1:${haraka.port}`])
    await block(lazaret, '*@spam.example')
    const to = Array.from({ length: 8 }, (_, i) => `u${i}@example.com`)
    await Promise.all(to.map((one) => sendMail(haraka.port, { ...mail, to: [one] })))
    const items = itemsIn(lazaret, 'caught')
    expect(items).toHaveLength(8)
    await drag(lazaret, 'caught', 'release')
    for (const { id } of items) await released(lazaret, id)
    expect(hop.deliveries.map(({ recipients }) => recipients.join()).sort()).toEqual(to)
  })

  test('a release whose worker dies, and the one that comes for it too, goes on', async () => {
    const { haraka, hop, lazaret } = await world({ nodes: 2 })
    await block(lazaret, '*@spam.example')
    await sendMail(haraka.port, mail)
    hop.reply = (stage) => (stage === 'data' ? '451 4.3.0 not now' : null)
    await drag(lazaret, 'caught', 'release')
    const [{ id }] = itemsIn(lazaret, 'release')
    await released(lazaret, id, 'deferred')
    const [file] = readdirSync(haraka.queue)
    const owner = Number(file.split('_')[3])
    expect(haraka.workers).toContain(owner)
    process.kill(owner, 'SIGKILL')
    const heir = /pid=(\d+)/.exec(await haraka.logged(/worker started worker=3/))?.[1]
    process.kill(Number(heir), 'SIGKILL')
    hop.reply = () => null
    await released(lazaret, id)
    expect(hop.deliveries).toHaveLength(1)
  })

  test('what was learned anywhere scores in every worker at once', async () => {
    const it = await world({
      nodes: 2,
      plugins: ['rcpt_to.in_host_list', 'who', 'lazaret', 'queue/smtp_forward'],
      sources: { who: WHO },
    })
    const [sibling] = corpus('easy-ham-1', 1).map(toWire)
    const before = await scores(it, sibling)
    await it.lazaret.quarantine
      .as(ROOT)
      .model.train([
        ...corpus('easy-ham-1', 40, 1).map((raw) => ({ raw, label: 'ham' as const })),
        ...corpus('spam-1', 40).map((raw) => ({ raw, label: 'spam' as const })),
      ])
    const after = await scores(it, sibling)
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    const [score, ...others] = new Set(after.values())
    expect(others).toEqual([])
    expect(Number(score)).toBeLessThan(Number([...before.values()][0]))
  })
})

describe('a failure of ours', () => {
  test('is 451 while the disk is full: nothing is lost, nothing slips by', async () => {
    // The database may not grow above 1 MB, which the shipped model alone would take.
    const ini = { main: { base_model: 'no' } }
    const { haraka, hop, lazaret } = await world({ fileBlocks: 2048, ini })
    await block(lazaret, '*@spam.example')
    const body = 'x'.repeat(60)
    const answers = []
    for (let i = 0; i < 12; i++) {
      const raw = message([`Subject: ${i}`, '', ...Array.from({ length: 4000 }, () => body)])
      answers.push(await sendMail(haraka.port, { ...mail, raw }))
    }
    const held = answers.filter(({ code }) => code === 250).length
    expect(held).toBeGreaterThan(0)
    expect(held).toBeLessThan(12)
    expect(new Set(answers.slice(held).map(({ code }) => code))).toEqual(new Set([451]))
    expect(itemsIn(lazaret, 'caught')).toHaveLength(held)
    expect(hop.deliveries).toEqual([])
    // What needs no room is judged as ever.
    const ham = { ...mail, from: 'a@friend.example', raw: message(['Subject: hi', '', 'x']) }
    expect((await sendMail(haraka.port, ham)).code).toBe(250)
  })

  test.each([0, 2])('a wrong value in lazaret.ini ends Haraka with nodes=%i', async (nodes) => {
    const haraka = await spawnHaraka({ nodes, files: { 'lazaret.ini': '[settings]\nspam = 2\n' } })
    expect(await haraka.ended()).not.toBe(0)
    expect(haraka.log.join('\n')).toContain('lazaret.ini: settings.spam: 2 is not within 0 to 1')
  })

  test('an unknown key ends Haraka, and the message says which there are', async () => {
    const haraka = await spawnHaraka({ files: { 'lazaret.ini': '[imap]\nprot = 1\n' } })
    expect(await haraka.ended()).not.toBe(0)
    expect(haraka.log.join('\n')).toContain('imap.prot is no key of this file')
  })

  test('a plugin that ends data_post early does not open a way around', async () => {
    const { haraka, hop, lazaret } = await world({
      plugins: ['rcpt_to.in_host_list', 'early', 'lazaret', 'queue/smtp_forward'],
      sources: { early: 'exports.hook_data_post = (next) => next(OK)' },
    })
    await block(lazaret, '*@spam.example')
    expect((await sendMail(haraka.port, mail)).code).toBe(250)
    expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
    expect(hop.deliveries).toEqual([])
  })
})
