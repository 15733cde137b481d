// One gateway: Haraka with its plugins, a next hop behind it, a domain with accounts.
import { mkdirSync, rmSync } from 'node:fs'
import { readConfig } from '../plugin/config.ts'
import { open } from '../plugin/open.ts'
import type { DemoAccount } from './accounts.ts'
import { corpus } from './corpus.ts'
import { Haraka, writeHaraka } from './haraka.ts'
import { HOST, type Options } from './options.ts'
import { paths, type Paths } from './paths.ts'
import { send } from './send.ts'
import { aborted, checkPorts, nextHop, prepare } from './start.ts'
import { readState, writeJson, writeState, type State } from './state.ts'
import { tell } from './tell.ts'

export async function alone(options: Options, stop: AbortSignal): Promise<void> {
  const { ports, dir, empty } = options
  await checkPorts({ ...ports })
  const at = paths(dir)
  mkdirSync(dir, { recursive: true })
  // Whoever waits for this file must not see that of an earlier start.
  rmSync(at.demo, { force: true })
  writeHaraka(at, { ports, testMailboxes: options.testMailboxes })
  const state = readState(at.state)
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), at.data)
  let accounts: DemoAccount[]
  try {
    accounts = await prepare(lazaret, { state, file: at.state, empty }, stop)
  } finally {
    await lazaret.close()
  }
  if (stop.aborted) return
  const hop = await nextHop(at.delivered, ports.nextHop)
  try {
    await run(options, at, state, accounts, stop)
  } finally {
    await hop.close()
    rmSync(at.demo, { force: true })
  }
}

async function run(
  options: Options,
  at: Paths,
  state: State,
  accounts: DemoAccount[],
  stop: AbortSignal,
): Promise<void> {
  const { ports } = options
  const haraka = await Haraka.start(at, ports)
  try {
    if (!stop.aborted && !options.empty && !state.sampled) {
      await send(ports.smtp, corpus().send, stop)
      state.sampled = !stop.aborted
      writeState(at.state, state)
    }
    if (stop.aborted) return
    writeJson(at.demo, {
      smtp: { host: HOST, port: ports.smtp },
      imap: { host: HOST, tls: ports.tls, starttls: ports.starttls },
      http: { host: HOST, port: ports.http },
      delivered: at.delivered,
      accounts,
    })
    console.log(tell(options, accounts))
    await Promise.race([aborted(stop), haraka.died()])
    if (!stop.aborted) throw new Error(`Haraka ended by itself. Its log ends:\n${haraka.logEnd()}`)
    console.log('\nStopping.')
  } finally {
    await haraka.stop()
  }
}
