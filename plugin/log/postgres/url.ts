// Where the database is, as `[cluster] database` says it: pg knows no lists of hosts, so it is read here.
import { readFileSync } from 'node:fs'
import { Refused } from '../../errors.ts'

export interface Server {
  /** A name, an address, or the folder of a socket. */
  host: string
  port: number
}

export interface Database {
  servers: Server[]
  user: string
  /** Read anew each time: it may be changed while machines run. Null: none. */
  password: () => string | null
  database: string
  tls: Tls
}

/** `require`: whoever answers; `verify-full`: who has a certificate for the name. */
export interface Tls {
  mode: 'disable' | 'require' | 'verify-full'
  /** Of whose certificates it has to be, PEM; null: those that Node knows. */
  ca: string | null
}

const PORT = 5432
const PARAMETERS = new Set(['sslmode', 'sslrootcert'])

/**
 * `postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]...]/DATABASE[?sslmode=...][&sslrootcert=FILE]`. Throws Refused, in a
 * sentence without the password.
 */
export function parseDatabase(text: string, passwordFile = ''): Database {
  const found =
    /^postgres(?:ql)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]+)\/([^?/]+)(?:\?(.*))?$/.exec(text)
  if (!found) throw wrong('it is not like postgres://USER@HOST,HOST/DATABASE?sslmode=verify-full')
  const [, user = '', password, hosts, database, query = ''] = found
  if (user === '') throw wrong('it names no user')
  const servers = hosts.split(',').map(parseServer)
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys())
    if (!PARAMETERS.has(name)) throw wrong(`'${name}' is not known; sslmode and sslrootcert are`)
  return {
    servers,
    user: decodeURIComponent(user),
    password: () =>
      passwordFile === ''
        ? password === undefined
          ? null
          : decodeURIComponent(password)
        : readPassword(passwordFile),
    database: decodeURIComponent(database),
    tls: parseTls(parameters, servers),
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    throw new Refused(
      'invalid',
      `[cluster] password_file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}

function parseServer(text: string): Server {
  const found = /^(\[[0-9a-fA-F:.]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text.trim())
  const port = Number(found?.[2] ?? PORT)
  if (!found || port < 1 || port > 65_535) throw wrong(`'${text}' is no HOST or HOST:PORT`)
  return { host: decodeURIComponent(found[1].replace(/^\[|\]$/g, '')), port }
}

function parseTls(parameters: URLSearchParams, servers: readonly Server[]): Tls {
  const near = servers.every(({ host }) => isNear(host))
  const mode = parameters.get('sslmode') ?? (near ? 'disable' : 'verify-full')
  if (mode !== 'disable' && mode !== 'require' && mode !== 'verify-full')
    throw wrong(`sslmode is disable, require or verify-full, not '${mode}'`)
  const file = parameters.get('sslrootcert')
  return { mode, ca: file === null ? null : readFileSync(file, 'utf8') }
}

/** On this machine: nobody listens in between. */
function isNear(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost') return true
  return /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1'
}

function wrong(what: string): Refused {
  return new Refused('invalid', `[cluster] database: ${what}.`)
}
