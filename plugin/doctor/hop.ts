// The next hop: to whom released mail is given. Is it there, and is it not this server itself?
import { networkInterfaces } from 'node:os'
import { whatRuns } from '../running.ts'
import { greetingOf } from './connect.ts'
import { good, hint, wrong, type Finding } from './finding.ts'
import { iniIn, type Installation } from './installation.ts'

interface Hop {
  host: string
  port: number
  /** Where it is set. */
  from: string
}

/** More are not asked: a server of many domains has the same few. */
const HOPS_MAX = 10

export async function* nextHop(at: Installation): AsyncGenerator<Finding> {
  const hops = hopsOf(at)
  if (hops.length === 0) {
    if (at.harakaDir !== null && !at.plugins.some((one) => one.startsWith('queue/'))) return
    yield hint(
      'next hop',
      'it is what other plugins say for each message',
      'set [release] host and port in lazaret.ini where released mail shall always go one way',
    )
    return
  }
  for (const hop of hops.slice(0, HOPS_MAX)) yield await ask(at, hop)
}

async function ask(at: Installation, { host, port, from }: Hop): Promise<Finding> {
  const name = `${host}:${port} (${from})`
  if (isSelf(at, host, port))
    return wrong(
      'next hop',
      `${name} is this Haraka itself: released mail would come back to it`,
      `name your mail server in ${from}`,
    )
  try {
    const { line } = await greetingOf(host, port)
    if (line.startsWith('220')) return good('next hop', `${name}: ${line}`)
    return wrong(
      'next hop',
      `${name} says '${line}' instead of a greeting`,
      'see whether that is the right port, and whether that server takes mail from this one',
    )
  } catch (error) {
    return wrong(
      'next hop',
      `${name} ${(error as Error).message}`,
      `start that server, open its firewall for this one, or correct ${from}`,
    )
  }
}

function hopsOf(at: Installation): Hop[] {
  const { host, port } = at.config.release
  if (host !== '') return [{ host, port, from: '[release] of lazaret.ini' }]
  const { harakaDir, plugins } = at
  const hops: Hop[] = []
  for (const [plugin, standard] of [
    ['smtp_forward', 25],
    ['lmtp', 24],
    ['smtp_proxy', 25],
  ] as const) {
    if (!plugins.includes(`queue/${plugin}`)) continue
    const file = `${plugin}.ini`
    for (const [section, keys] of Object.entries(iniIn(harakaDir, file))) {
      if (keys.path || (section !== 'main' && !keys.host)) continue
      const hop = {
        host: keys.host || 'localhost',
        port: Number(keys.port) || standard,
        from: `${file} [${section}]`,
      }
      if (!hops.some((one) => one.host === hop.host && one.port === hop.port)) hops.push(hop)
    }
  }
  return hops
}

function isSelf({ dataDir }: Installation, host: string, port: number): boolean {
  const smtp = whatRuns(dataDir).flatMap(({ listens }) => listens.smtp ?? [])
  const own = new Set(['localhost', '127.0.0.1', '::1'])
  for (const some of Object.values(networkInterfaces()))
    for (const { address } of some ?? []) own.add(address)
  return smtp.some((one) => {
    const at = one.lastIndexOf(':')
    const address = one.slice(0, at).replace(/^\[|\]$/g, '')
    if (Number(one.slice(at + 1)) !== port) return false
    return address === host || (own.has(host) && ['0.0.0.0', '::', host].includes(address))
  })
}
