// `npm start`: a local gateway. Haraka with both plugins, a next hop behind it, a domain with accounts.
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { errorColors } from '../plugin/cli/output.ts'
import { readConfig } from '../plugin/config.ts'
import { open } from '../plugin/open.ts'
import { makeAccounts, type DemoAccount } from './accounts.ts'
import { corpus } from './corpus.ts'
import { keep, line } from './delivered.ts'
import { Haraka, writeHaraka } from './haraka.ts'
import { learn } from './learn.ts'
import { NextHop } from './next-hop.ts'
import { HOST, readOptions, UsageError, type Options, type Ports } from './options.ts'
import { paths, type Paths } from './paths.ts'
import { send } from './send.ts'
import { readState, writeJson, writeState, type State } from './state.ts'
import { tell } from './tell.ts'

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (!options) return
  const stop = stopSignal()
  const { ports, dir } = options
  await checkPorts(ports)
  const at = paths(dir)
  mkdirSync(dir, { recursive: true })
  // Whoever waits for this file must not see that of an earlier start.
  rmSync(at.demo, { force: true })
  writeHaraka(at, options)
  const state = readState(at.state)
  const accounts = await prepare(options, at, state, stop)
  if (stop.aborted) return
  const hop = await nextHop(at, ports.nextHop)
  try {
    await run(options, at, state, accounts, stop)
  } finally {
    await hop.close()
    rmSync(at.demo, { force: true })
  }
}

/** Accounts, and the first model: before Haraka runs. */
async function prepare(
  { empty }: Options,
  at: Paths,
  state: State,
  stop: AbortSignal,
): Promise<DemoAccount[]> {
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), at.data)
  try {
    const accounts = await makeAccounts(lazaret, state)
    writeState(at.state, state)
    if (!empty && !state.trained) {
      state.trained = await learn(lazaret, corpus().learn, stop)
      writeState(at.state, state)
    }
    return accounts
  } finally {
    await lazaret.close()
  }
}

async function nextHop({ delivered }: Paths, port: number): Promise<NextHop> {
  mkdirSync(delivered, { recursive: true })
  return await NextHop.listen({
    host: HOST,
    port,
    deliver: async (delivery) => {
      console.log(line(keep(delivered, delivery), delivery))
      await Promise.resolve()
    },
  })
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

/** Ctrl-C or a polite kill. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      // Under npm one Ctrl-C arrives twice: from the terminal and from npm. Only a later one is
      // somebody who does not want to wait.
      if (controller.signal.aborted && Date.now() - first > SAME_SIGNAL) process.exit(130)
      if (!controller.signal.aborted) first = Date.now()
      controller.abort()
    })
  return controller.signal
}

const SAME_SIGNAL = 1000

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true })
  })
}

/** A taken port is told before anything is made. */
async function checkPorts(ports: Ports): Promise<void> {
  const names = {
    smtp: 'SMTP',
    tls: 'IMAP over TLS',
    starttls: 'IMAP',
    nextHop: 'the next hop',
    http: 'HTTPS',
  }
  for (const [key, port] of Object.entries(ports) as [keyof Ports, number][]) {
    const server = createServer()
    await new Promise<void>((done, failed) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${error.message})`
        failed(
          new UsageError(
            `Port ${port} (${names[key]}) ${why}. Stop the program that has it, perhaps another gateway, or choose others: npm start -- --ports 12525`,
          ),
        )
      })
      server.listen(port, HOST, () => server.close(() => done()))
    })
  }
}

main().catch((error: unknown) => {
  const usage = error instanceof UsageError
  const { message, stack } = error as Error
  console.error(errorColors.red(usage ? message : (stack ?? message)))
  process.exitCode = usage ? 2 : 1
})
