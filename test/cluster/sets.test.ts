// Domains split over two data sets in one database, each with a machine of its own: mail for the other set's domain passes, and is
// caught there.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { init } from '../../plugin/cluster/begin.ts'
import { readConfig, type Config } from '../../plugin/config.ts'
import { open } from '../../plugin/open.ts'
import { cluster, POSTGRESQL } from '../log/postgresql.ts'
import { ROOT } from '../quarantine/rig.ts'
import { startHaraka, type Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { SmtpClient } from '../rig/smtp.ts'

const HERE = 'user@example.com'
const THERE = 'user@other.example'
const SPAMMER = 'shop@spam.example'

describe.skipIf(POSTGRESQL === null)('two data sets', () => {
  let hop: NextHop
  const machines: { haraka: Haraka; config: Config }[] = []

  beforeAll(async () => {
    const server = await cluster()
    hop = await NextHop.start()
    const begin = async (set: string, cluster_: object, forward: string): Promise<void> => {
      const dir = mkdtempSync(join(tmpdir(), `lazaret-${set}-`))
      const keys = {
        database: `postgres://lazaret@127.0.0.1:${server.port}/lazaret`,
        set,
        node: `mx.${set}`,
        ...cluster_,
      }
      const config = readConfig({ main: { base_model: 'no' }, cluster: keys })
      const data = join(dir, 'lazaret')
      const alone = open(readConfig({ main: { base_model: 'no' } }), data)
      await alone.quarantine.as(ROOT).lists.change('', 'block', { add: ['*@spam.example'] })
      await alone.close()
      await init({ config, dir: data })
      const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}\n`)
      const haraka = await startHaraka({
        dir,
        files: {
          'smtp_forward.ini': forward,
          'lazaret.ini': `[main]\nbase_model=no\n[cluster]\n${lines.join('')}`,
        },
      })
      machines.push({ haraka, config })
    }
    const main = `[main]\nhost=127.0.0.1\nport=${hop.port}\n`
    await begin('others', {}, main)
    const other = `[other.example]\nhost=127.0.0.1\nport=${machines[0].haraka.port}\n`
    await begin('first', { elsewhere: 'third.example, Other.Example' }, `${main}${other}`)
  })
  afterAll(async () => {
    await hop?.stop()
  })

  /** What is caught in a set: recipient and subject. */
  const caught = async (at: number): Promise<string[]> => {
    const { config, haraka } = machines[at]
    const lazaret = open(config, haraka.data)
    await lazaret.store.barrier(10_000)
    const { items } = await lazaret.quarantine.as(ROOT).items.list({})
    await lazaret.close()
    return items.map(({ item, subject }) => `${item.recipients.join()} ${subject}`).toSorted()
  }

  test('each judges its own domains, also of one message to both', async () => {
    const client = await SmtpClient.connect(machines[1].haraka.port)
    const raw = (subject: string): Buffer =>
      Buffer.from(`Subject: ${subject}\r\n\r\n${subject}\r\n`)
    const send = async (from: string, to: string, subject: string): Promise<number> =>
      (await client.send({ from, to: [to], raw: raw(subject) })).code
    expect(await send(SPAMMER, HERE, 'one')).toBe(250)
    expect(await send(SPAMMER, THERE, 'two')).toBe(250)
    expect(await send('friend@good.example', THERE, 'three')).toBe(250)
    await hop.arrived(1)
    expect(hop.deliveries.map(({ recipients }) => recipients)).toEqual([[THERE]])
    expect((await client.command(`MAIL FROM:<${SPAMMER}>`)).code).toBe(250)
    expect((await client.command(`RCPT TO:<${HERE}>`)).code).toBe(250)
    expect((await client.command(`RCPT TO:<${THERE}>`)).code).toBe(452)
    expect((await client.command('RSET')).code).toBe(250)
    client.destroy()
    expect(await caught(1)).toEqual([`${HERE} one`])
    expect(await caught(0)).toEqual([`${THERE} two`])
  })
})
