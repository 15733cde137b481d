// What every kind of gateway begins and ends with: signals, ports, accounts, the next hop.
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Lazaret } from '../plugin/open.ts'
import { makeAccounts, type DemoAccount } from './accounts.ts'
import { corpus } from './corpus.ts'
import { keep, line } from './delivered.ts'
import { learn } from './learn.ts'
import { NextHop } from './next-hop.ts'
import { HOST, UsageError } from './options.ts'
import { writeState, type State } from './state.ts'

/** Ctrl-C or a polite kill. */
export function stopSignal(): AbortSignal {
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

export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true })
  })
}

const NAMES: Record<string, string> = {
  smtp: 'SMTP',
  tls: 'IMAP over TLS',
  starttls: 'IMAP',
  nextHop: 'the next hop',
  http: 'HTTPS',
  database: 'the database',
}

/** A taken port is told before anything is made. */
export async function checkPorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [key, port] of Object.entries(ports)) {
    const server = createServer()
    await new Promise<void>((done, failed) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${error.message})`
        failed(
          new UsageError(
            `Port ${port} (${NAMES[key] ?? key}) ${why}. Stop the program that has it, perhaps another gateway, or choose others: npm start -- --ports 12525`,
          ),
        )
      })
      server.listen(port, HOST, () => server.close(() => done()))
    })
  }
}

/** Accounts, and the first model: before Haraka runs. What was done once is kept in `file`. */
export async function prepare(
  lazaret: Lazaret,
  { state, file, empty }: { state: State; file: string; empty: boolean },
  stop: AbortSignal,
): Promise<DemoAccount[]> {
  const accounts = await makeAccounts(lazaret, state)
  writeState(file, state)
  if (!empty && !state.trained) {
    state.trained = await learn(lazaret, corpus().learn, stop)
    writeState(file, state)
  }
  return accounts
}

export async function nextHop(delivered: string, port: number): Promise<NextHop> {
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
