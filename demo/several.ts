// Several gateways on this machine with one quarantine: each a real Haraka with data of its own, and a database between them.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeBackup } from '../plugin/backup/backup.ts'
import { colors } from '../plugin/cli/output.ts'
import { init, join as joinCluster } from '../plugin/cluster/begin.ts'
import type { Here } from '../plugin/cluster/data.ts'
import { readConfig } from '../plugin/config.ts'
import { open } from '../plugin/open.ts'
import type { DemoAccount } from './accounts.ts'
import { corpus } from './corpus.ts'
import { Database, needDatabase } from './database.ts'
import { Haraka, writeHaraka } from './haraka.ts'
import { HOST, portsOf, type Options, type Ports } from './options.ts'
import { paths, type Paths } from './paths.ts'
import { send } from './send.ts'
import { aborted, checkPorts, nextHop, prepare } from './start.ts'
import { readState, writeJson, writeState, type State } from './state.ts'
import { tellSeveral } from './tell.ts'

export interface Gateway {
  name: string
  ports: Ports
  at: Paths
  here: Here
}

export async function several(options: Options, stop: AbortSignal): Promise<void> {
  const { dir, cluster: count } = options
  needDatabase()
  const port = databasePort(options)
  const all = Array.from({ length: count }, (_, i) => portsOf(options, i))
  const { nextHop: hopPort } = options.ports
  for (const { nextHop: _, ...own } of all) await checkPorts(own)
  await checkPorts({ nextHop: hopPort, database: port })
  mkdirSync(dir, { recursive: true })
  const shared = paths(dir)
  rmSync(shared.demo, { force: true })
  const state = readState(shared.state)
  const database = await Database.start(dir, port)
  try {
    const gateways = all.map((ports, i) => gatewayOf(options, ports, `mx${i + 1}`, database))
    const accounts = await unite(gateways, { state, shared, empty: options.empty }, stop)
    if (stop.aborted) return
    const hop = await nextHop(shared.delivered, hopPort)
    try {
      await run(options, gateways, { state, shared, accounts }, stop)
    } finally {
      await hop.close()
      rmSync(shared.demo, { force: true })
    }
  } finally {
    await database.stop()
  }
}

/** Behind those of the last gateway there can be: the same for any number of them. */
function databasePort({ ports }: Options): number {
  return portsOf({ ports }, 9).smtp
}

function gatewayOf(options: Options, ports: Ports, name: string, database: Database): Gateway {
  const at = paths(join(options.dir, name))
  const cluster = {
    database: database.address,
    password_file: database.passwordFile,
    node: name,
    // A person who plays does not wait for a minute.
    takeover_after_s: '10',
  }
  mkdirSync(join(options.dir, name), { recursive: true })
  writeHaraka(at, { ports, testMailboxes: options.testMailboxes, cluster })
  const config = readConfig({ main: { base_model: 'no' }, cluster })
  return { name, ports, at, here: { config, dir: at.data } }
}

/** The first begins the quarantine, and the others join it with a backup of the first; what was done before stays. */
async function unite(
  gateways: readonly Gateway[],
  { state, shared, empty }: { state: State; shared: Paths; empty: boolean },
  stop: AbortSignal,
): Promise<DemoAccount[]> {
  const [first, ...others] = gateways
  if (state.begun !== true) {
    const alone = open(readConfig({ main: { base_model: 'no' } }), first.here.dir)
    try {
      await prepare(alone, { state, file: shared.state, empty }, stop)
    } finally {
      await alone.close()
    }
    if (stop.aborted) return []
    await init(first.here)
    state.begun = true
    writeState(shared.state, state)
  }
  const lazaret = open(first.here.config, first.here.dir)
  try {
    const missing = others.filter(({ here }) => !existsSync(join(here.dir, 'data.mdb')))
    for (const { here } of missing) {
      const backup = join(shared.haraka, '..', 'backup')
      rmSync(backup, { recursive: true, force: true })
      await makeBackup(lazaret, backup, null)
      await joinCluster(here, backup, { replace: false })
      rmSync(backup, { recursive: true, force: true })
    }
    return await prepare(lazaret, { state, file: shared.state, empty: true }, stop)
  } finally {
    await lazaret.close()
  }
}

async function run(
  options: Options,
  gateways: readonly Gateway[],
  { state, shared, accounts }: { state: State; shared: Paths; accounts: DemoAccount[] },
  stop: AbortSignal,
): Promise<void> {
  const running: { gateway: Gateway; haraka: Haraka }[] = []
  try {
    for (const gateway of gateways)
      running.push({ gateway, haraka: await Haraka.start(gateway.at, gateway.ports) })
    if (!stop.aborted && !options.empty && !state.sampled) {
      // Mail comes in wherever it likes.
      for (const [i, one] of corpus().send.entries())
        await send(gateways[i % gateways.length].ports.smtp, [one], stop)
      state.sampled = !stop.aborted
      writeState(shared.state, state)
    }
    if (stop.aborted) return
    writeJson(shared.demo, {
      nodes: running.map(({ gateway: { name, ports }, haraka }) => ({
        name,
        pid: haraka.pid,
        smtp: { host: HOST, port: ports.smtp },
        imap: { host: HOST, tls: ports.tls, starttls: ports.starttls },
        http: { host: HOST, port: ports.http },
      })),
      delivered: shared.delivered,
      accounts,
    })
    console.log(
      tellSeveral(
        options,
        running.map(({ gateway, haraka }) => ({ ...gateway, pid: haraka.pid })),
        accounts,
      ),
    )
    const ends = running.map(async ({ gateway: { name }, haraka }) => {
      await haraka.died()
      console.log(`${colors.yellow(`${name} has ended.`)} The others go on.`)
    })
    await Promise.race([aborted(stop), Promise.all(ends)])
    if (!stop.aborted) throw new Error('All gateways have ended by themselves.')
    console.log('\nStopping.')
  } finally {
    await Promise.all(running.map(({ haraka }) => haraka.stop()))
  }
}
