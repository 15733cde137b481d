// A report in Haraka's outbound queue, by its hooks: a queue file that was read twice, and the end of the process.
import { expect, test } from 'vitest'
import { ReportMail } from '../../../plugin/haraka/report/mail.ts'
import { CODE, type HMail, type Next, type Plugin } from '../../../plugin/haraka/types.ts'
import { hold, message, rig, USER } from '../../quarantine/rig.ts'

async function queued() {
  const lazaret = rig({
    report: { to: 'abuse@central.example', next_hop: '127.0.0.1:25', delay: 0 },
  })
  const { system } = lazaret.quarantine
  const [{ item }] = await hold(lazaret, message('one'))
  if (!item) throw new Error('it was not held')
  await lazaret.quarantine.as(USER).items.spam(item)
  const job = await system.reports.claim({ item, target: 'mail' }, 'worker', { reaches: false })
  if (!job || job === 'over') throw new Error('it cannot be claimed')
  const { target, token, vote, before } = job
  const note = { item, target, token, vote, before }
  await system.reports.moved(note, 'queued')
  const log: string[] = []
  const plugin = {
    haraka_require: () => ({ queue_dir: '/nowhere' }),
    logerror: (line: string) => void log.push(line),
  }
  const mail = new ReportMail(plugin as unknown as Plugin, lazaret)
  const file = (filename: string): HMail =>
    ({ filename, todo: { notes: { lazaret_report: note } } }) as unknown as HMail
  return { mail, note, file, log }
}

type Said = Parameters<Next>
/** Resolves with the answer of a hook. */
const answered = (ask: (next: Next) => void): Promise<Said> =>
  new Promise((resolve) => ask((...said) => resolve(said)))

test('of two readings of one file the first is sent; behind its end the file is sent again where it has to be', async () => {
  const { mail, note, file, log } = await queued()
  const [first, second] = [file('a'), file('b')]
  const hop: Said = [CODE.ok, { priority: 0, exchange: '127.0.0.1', port: 25 }]
  expect(await answered((next) => mail.onGetMx(next, first, note))).toEqual(hop)
  mail.onGetMx(() => expect.unreachable('the second one was answered'), second, note)
  expect(log).toEqual(['queue file b was read twice; the second is left alone'])
  // Not now, the next hop said.
  expect(await answered((next) => mail.onDeferred(next, first, note))).toEqual([])
  expect(await answered((next) => mail.onGetMx(next, second, note))).toEqual(hop)
  expect(await answered((next) => mail.onDelivered(next, second, note, ['hop', '', 'ok']))).toEqual(
    [],
  )
  // It is over: what is left of it is dropped without a word.
  expect((await answered((next) => mail.onGetMx(next, first, note)))[0]).toBe(CODE.deny)
  expect(await answered((next) => mail.onBounce(next, first, note, null))).toEqual([CODE.ok])
})

test('a process that ends waits for the one that a next hop has, and gives it no other', async () => {
  const { mail, note, file } = await queued()
  const one = file('a')
  await answered((next) => mail.onGetMx(next, one, note))
  let ended = false
  const end = mail.finish(60_000).then(() => (ended = true))
  mail.onGetMx(() => expect.unreachable('another one was given away'), file('b'), note)
  expect(ended).toBe(false)
  await answered((next) => mail.onDelivered(next, one, note, ['hop', '', 'ok']))
  await end
  expect(ended).toBe(true)
})
