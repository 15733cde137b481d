// Real Harakas as machines of one cluster, and a desk: a machine without a Haraka, from which people's doings come.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeBackup } from '../../../plugin/backup/backup.ts'
import { init, join as joinCluster } from '../../../plugin/cluster/begin.ts'
import { readConfig, type Config } from '../../../plugin/config.ts'
import { open, type Lazaret } from '../../../plugin/open.ts'
import { ROOT } from '../../quarantine/rig.ts'
import { freePort, startHaraka, type Haraka } from '../../rig/haraka.ts'
import type { NextHop } from '../../rig/sink.ts'
import { tempDir } from '../../tmp.ts'
import type { Pair } from './world.ts'

export const PERSON = { name: 'user@example.com', password: 'a good password' }
/** Mail from here is caught. */
export const SPAMMER = 'shop@spam.example'

export interface SiteOptions {
  machines: number
  /** Workers of each Haraka; 0: it is one process. */
  nodes?: number
  takeoverAfterS?: number
  /** What is in the data before the cluster begins. */
  prepare?: (lazaret: Lazaret) => Promise<void>
}

interface Place {
  node: string
  dir: string
  ini: string
  config: Config
  imap: number
}

export class Site {
  readonly places: readonly Place[]
  readonly harakas: (Haraka | null)[]
  readonly desk: Lazaret
  readonly #nodes: number

  private constructor(places: readonly Place[], desk: Lazaret, nodes: number) {
    this.places = places
    this.harakas = places.map(() => null)
    this.desk = desk
    this.#nodes = nodes
  }

  static async begin(
    { primary, standby }: Pair,
    hop: NextHop,
    { machines, nodes = 0, takeoverAfterS = 60, prepare }: SiteOptions,
  ): Promise<Site> {
    const servers = [primary, standby].map(({ port }) => `127.0.0.1:${port}`).join(',')
    const place = async (node: string): Promise<Place> => {
      const imap = await freePort()
      const keys = {
        database: `postgres://lazaret@${servers}/lazaret`,
        node,
        takeover_after_s: String(takeoverAfterS),
      }
      const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}\n`)
      const dir = mkdtempSync(join(tmpdir(), `lazaret-${node}-`))
      const ini =
        `[main]\nbase_model=no\n[imap]\nhost=127.0.0.1\ntls_port=${imap}\nstarttls_port=0\n` +
        `[settings]\nrelease_delay=0\n[cluster]\n${lines.join('')}`
      const config = readConfig({
        main: { base_model: 'no' },
        settings: { release_delay: 0 },
        cluster: keys,
      })
      return { node, dir, ini, config, imap }
    }
    const places = [await place('desk')]
    for (let i = 1; i <= machines; i++) places.push(await place(`mx${i}`))
    const [desk, ...others] = places
    const data = ({ dir }: Place): string => join(dir, 'lazaret')
    const alone = open(
      readConfig({ main: { base_model: 'no' }, settings: { release_delay: 0 } }),
      data(desk),
    )
    await alone.quarantine.as(ROOT).accounts.add(PERSON.name, 'address', PERSON.password)
    await alone.quarantine.as(ROOT).lists.change('', 'block', { add: ['*@spam.example'] })
    await prepare?.(alone)
    await alone.close()
    await init({ config: desk.config, dir: data(desk) })
    const lazaret = open(desk.config, data(desk))
    const backup = join(tempDir(), 'backup')
    await makeBackup(lazaret, backup, null)
    for (const one of others)
      await joinCluster({ config: one.config, dir: data(one) }, backup, { replace: false })
    const site = new Site(others, lazaret, nodes)
    for (const i of others.keys()) await site.start(i, hop)
    return site
  }

  /** Starts a machine, for the first time. */
  async start(i: number, hop: NextHop): Promise<void> {
    const { dir, ini } = this.places[i]
    const haraka = await startHaraka({
      dir,
      nodes: this.#nodes,
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
      files: {
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\n`,
        'outbound.ini': 'enable_tls=false\ntemp_fail_intervals=3s*40\n',
        'lazaret.ini': ini,
      },
    })
    await haraka.logged(/IMAP server is listening/)
    this.harakas[i] = haraka
  }

  /** Starts it again with its data and its queue. */
  async restart(i: number): Promise<void> {
    const { dir } = this.places[i]
    const { port } = this.harakas[i] as Haraka
    const haraka = await startHaraka({ dir, port, keep: true, nodes: this.#nodes })
    await haraka.logged(/IMAP server is listening/)
    this.harakas[i] = haraka
  }

  async close(): Promise<void> {
    await this.desk.close()
    for (const one of this.harakas) await one?.kill9()
  }
}
