// Two real Harakas, one quarantine: what is caught by one is seen and released on the other, and one of them may die.
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBackup } from '../../plugin/backup/backup.ts'
import { init, join as joinCluster } from '../../plugin/cluster/begin.ts'
import { readConfig, type Config } from '../../plugin/config.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { getItem } from '../../plugin/store/items.ts'
import { cluster, POSTGRESQL, standbyOf, type Server } from '../log/postgresql.ts'
import { ROOT } from '../quarantine/rig.ts'
import { freePort, startHaraka, type Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'

const USER = 'user@example.com'
const PASSWORD = 'a good password'
const run = promisify(execFile)

interface Machine {
  haraka: Haraka
  config: Config
  imap: number
}

describe.skipIf(POSTGRESQL === null)('two machines', () => {
  let primary: Server
  let standby: Server
  let hop: NextHop
  const machines: Machine[] = []
  let lazaret: Lazaret

  const ini = async (node: string): Promise<{ text: string; imap: number; config: Config }> => {
    const imap = await freePort()
    const servers = [primary, standby].map(({ port }) => `127.0.0.1:${port}`).join(',')
    const database = `postgres://lazaret@${servers}/lazaret`
    const keys = { database, node, takeover_after_s: '10' }
    const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}\n`)
    const text = `[main]\nbase_model=no\n[imap]\nhost=127.0.0.1\ntls_port=${imap}\nstarttls_port=0\n[settings]\nrelease_delay=0\n[cluster]\n${lines.join('')}`
    const config = readConfig({
      main: { base_model: 'no' },
      settings: { release_delay: 0 },
      cluster: keys,
    })
    return { text, imap, config }
  }

  const start = async (dir: string, text: string): Promise<Haraka> => {
    const haraka = await startHaraka({
      dir,
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
      files: {
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\n`,
        'outbound.ini': '[main]\n',
        'lazaret.ini': text,
      },
    })
    await haraka.logged(/IMAP server is listening/)
    return haraka
  }

  beforeAll(async () => {
    primary = await cluster()
    standby = await standbyOf(primary)
    hop = await NextHop.start()
    const dirs = ['mx1', 'mx2'].map((node) => mkdtempSync(join(tmpdir(), `lazaret-${node}-`)))
    const texts = [await ini('mx1'), await ini('mx2')]
    const datas = dirs.map((dir) => join(dir, 'lazaret'))
    const alone = open(readConfig({ main: { base_model: 'no' } }), datas[0])
    await alone.quarantine.as(ROOT).accounts.add(USER, 'address', PASSWORD)
    await alone.quarantine.as(ROOT).lists.change('', 'block', { add: ['*@spam.example'] })
    await alone.close()
    await init({ config: texts[0].config, dir: datas[0] })
    const first = open(texts[0].config, datas[0])
    const backup = join(tempDir(), 'backup')
    await makeBackup(first, backup, null)
    await first.close()
    await joinCluster({ config: texts[1].config, dir: datas[1] }, backup, { replace: false })
    for (const [i, dir] of dirs.entries()) {
      const { text, imap, config } = texts[i]
      machines.push({ haraka: await start(dir, text), config, imap })
    }
    lazaret = open(machines[1].config, machines[1].haraka.data)
  })
  afterAll(async () => {
    await lazaret?.close()
    for (const { haraka } of machines) await haraka.kill9()
    await hop?.stop()
  })

  const send = async (at: number, subject: string): Promise<void> => {
    const raw = `From: shop@spam.example\r\nTo: ${USER}\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`
    const { code } = await sendMail(machines[at].haraka.port, {
      from: 'shop@spam.example',
      to: [USER],
      raw: Buffer.from(raw),
    })
    expect(code).toBe(250)
  }
  /** What curl finds of a subject over IMAP. */
  const search = async (at: number, subject: string): Promise<string> => {
    const url = `imaps://127.0.0.1:${machines[at].imap}/Caught`
    const args = ['-sk', '-u', `${USER}:${PASSWORD}`, url, '-X', `SEARCH SUBJECT ${subject}`]
    return (await run('curl', args)).stdout.trim()
  }
  const itemOf = async (subject: string): Promise<number> => {
    lazaret.store.refresh()
    const { items } = await lazaret.quarantine.as(ROOT).items.list({ search: subject })
    expect(items).toHaveLength(1)
    return items[0].item.id
  }

  test('caught on one, it is there on the other, with the same UID; released there it is sent once', async () => {
    await send(0, 'alpha')
    const [here, there] = [await search(0, 'alpha'), await search(1, 'alpha')]
    expect(here).toMatch(/^\* SEARCH \d+$/)
    expect(there).toBe(here)
    await lazaret.store.barrier(10_000)
    await lazaret.quarantine.as(ROOT).items.release(await itemOf('alpha'))
    await hop.arrived(1)
    await send(1, 'beta')
    expect(await search(0, 'beta')).toMatch(/^\* SEARCH \d+$/)
    expect(hop.deliveries).toHaveLength(1)
  })

  test('a machine dies with a release in its queue: the other one sends it, once', async () => {
    let refuse = true
    hop.reply = (stage) => (stage === 'rcpt' && refuse ? '451 4.3.0 later' : null)
    await send(0, 'gamma')
    await lazaret.store.barrier(10_000)
    const id = await itemOf('gamma')
    const first = open(machines[0].config, machines[0].haraka.data)
    await machines[1].haraka.stop()
    await first.quarantine.as(ROOT).items.release(id)
    await machines[0].haraka.logged(/451 4\.3\.0 later/)
    await first.close()
    await machines[0].haraka.kill9()
    refuse = false
    machines[1].haraka = await startHaraka({
      dir: machines[1].haraka.dir,
      port: machines[1].haraka.port,
      keep: true,
    })
    const delivered = await hop.arrived(2)
    expect(String(delivered[1].raw)).toContain('Subject: gamma')
    await send(1, 'delta')
    await lazaret.store.barrier(10_000)
    expect(getItem(lazaret.store.views, id)?.release?.state).toBe('delivered')
    expect(hop.deliveries).toHaveLength(2)
  })
})
