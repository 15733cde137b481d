// A backup with releases under way, put back: where nothing was delivered since they go on, else they come back to Caught.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeBackup } from '../../plugin/backup/backup.ts'
import { restore } from '../../plugin/backup/restore.ts'
import { readConfig } from '../../plugin/config.ts'
import { queuedReleases } from '../../plugin/haraka/release/queue-files.ts'
import { folder, hold, message, rig, ROOT, uidsIn, USER } from '../quarantine/rig.ts'
import { tempDir } from '../tmp.ts'

const body = Buffer.from('Subject: of the queue\r\n\r\n')

function queueFile(dir: string, name: string, item: number, token: string): void {
  const lazaret = {
    item,
    token,
    recipient: USER.scope,
    nextHop: null,
    once: true,
    outgoing: false,
  }
  const todo = Buffer.from(`\n${JSON.stringify({ notes: { lazaret } })}\n`)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(todo.length)
  writeFileSync(join(dir, name), Buffer.concat([head, todo, body]))
}

test('with go-on releases and their queue files go on, each once; without it they come back', async () => {
  const lazaret = rig()
  const { system } = lazaret.quarantine
  const { messages } = lazaret.quarantine.as(ROOT)
  const queue = tempDir()
  const tokens = new Map<number, string>()
  const names = ['1_1_0_99_lost_1_host', '2_1_0_99_there_2_host', '3_1_0_99_done_3_host']
  for (const name of names) {
    const [{ item }] = await hold(lazaret, message(name))
    const id = item as number
    const caught = folder(lazaret, 'caught')
    await messages.move(caught, [id], folder(lazaret, 'release'))
    const [{ token }] = (await system.claim(id, 'a')) ?? []
    await system.queued(id, token)
    queueFile(queue, name, id, token)
    tokens.set(id, token)
  }
  const [lost, there, done] = [...tokens.keys()]
  await system.report(done, tokens.get(done) as string, 'delivered', '250 2.0.0 Ok')
  const backup = join(tempDir(), 'backup')
  expect(await makeBackup(lazaret, backup, queue)).toMatchObject({ open: 2, queueFiles: 2 })
  await lazaret.close()
  const whole = readFileSync(join(queue, names[0]))
  for (const name of [names[0], names[2]]) rmSync(join(queue, name))

  const config = readConfig({})
  const options = { config, queueDir: queue, replace: false }
  const to = join(tempDir(), 'data')
  const gone = await restore(backup, { ...options, to, goOn: true })
  expect(gone).toMatchObject({ cameBack: 0, queueFiles: 1, aside: null })
  // The one that had a file keeps it, the one that lost it has it again, the delivered one has none.
  const queued = [...(await queuedReleases(queue)).values()]
  expect(new Set(queued.map(({ item }) => item))).toEqual(new Set([lost, there]))
  expect(queued).toHaveLength(2)
  expect(readFileSync(join(queue, names[0])).equals(whole)).toBe(true)
  const on = rig({}, to)
  const open = on.quarantine.system.openReleases()
  expect(new Map(open.map(({ item, token }) => [item, token]))).toEqual(
    new Map([lost, there].map((id) => [id, tokens.get(id)])),
  )
  // And end as any other.
  await on.quarantine.system.report(lost, tokens.get(lost) as string, 'delivered', '250 2.0.0 Ok')
  expect(on.quarantine.system.openReleases().map(({ item }) => item)).toEqual([there])
  expect(uidsIn(on, 'caught')).toEqual([])

  rmSync(join(queue, names[0]))
  const other = join(tempDir(), 'data')
  const back = await restore(backup, { ...options, to: other, goOn: false })
  expect(back).toMatchObject({ cameBack: 2, queueFiles: 0 })
  expect([...(await queuedReleases(queue)).values()].map(({ item }) => item)).toEqual([there])
  const off = rig({}, other)
  expect(off.quarantine.system.openReleases()).toEqual([])
  expect(uidsIn(off, 'caught')).toHaveLength(2)
})
