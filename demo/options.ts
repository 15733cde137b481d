// The command line of `npm start`.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** Absolute path of the folder in which everything of this gateway lives. */
  dir: string
  ports: Ports
  /** No sample mail, no trained model. */
  empty: boolean
  testMailboxes: boolean
  /** Gateways with one quarantine. */
  cluster: number
}

export interface Ports {
  smtp: number
  tls: number
  starttls: number
  nextHop: number
  http: number
}

export const HOST = '127.0.0.1'

const USAGE = `npm start                      a local gateway in ./var
npm start -- --empty            without sample mail and without a trained model
npm start -- --data DIR         in another folder
npm start -- --ports BASE       SMTP on BASE, IMAP over TLS on BASE+1, IMAP with STARTTLS on BASE+2,
                                the next hop on BASE+3, HTTPS on BASE+4 (without it: 2525, 1993, 1143,
                                2526, 8443)
npm start -- --cluster N        N gateways (2 to 9) with one quarantine in a PostgreSQL of their own; the
                                second has all ports 10 higher (with --ports: 5), the third 20 ...
npm start -- --test-mailboxes   the super-admin can create folders (for test suites)`

/** A command line that will not do; the message holds the usage. */
export class UsageError extends Error {}

/** Null: help was asked for and given. */
export function readOptions(argv: string[]): Options | null {
  const { values } = parse(argv)
  if (values.help) {
    console.log(USAGE)
    return null
  }
  return {
    dir: resolve(values.data ?? 'var'),
    ports: ports(values.ports),
    empty: values.empty ?? false,
    testMailboxes: values['test-mailboxes'] ?? false,
    cluster: gateways(values.cluster),
  }
}

function gateways(text = '1'): number {
  if (!/^[1-9]$/.test(text))
    throw new UsageError(`--cluster ${text}: give a number from 2 to 9\n\n${USAGE}`)
  return Number(text)
}

/** Of the gateway behind the first so many; the next hop is that of all. */
export function portsOf(options: Pick<Options, 'ports'>, at: number): Ports {
  const { nextHop, ...own } = options.ports
  const step = at * (own.smtp + 1 === own.tls ? 5 : 10)
  const add = (port: number): number => port + step
  return {
    nextHop,
    smtp: add(own.smtp),
    tls: add(own.tls),
    starttls: add(own.starttls),
    http: add(own.http),
  }
}

function ports(text: string | undefined): Ports {
  if (text === undefined)
    return { smtp: 2525, tls: 1993, starttls: 1143, nextHop: 2526, http: 8443 }
  const base = Number(text)
  if (!Number.isInteger(base) || base < 1 || base > 65531)
    throw new UsageError(`--ports ${text}: give a number from 1 to 65531\n\n${USAGE}`)
  return { smtp: base, tls: base + 1, starttls: base + 2, nextHop: base + 3, http: base + 4 }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        data: { type: 'string' },
        ports: { type: 'string' },
        empty: { type: 'boolean' },
        cluster: { type: 'string' },
        'test-mailboxes': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}
