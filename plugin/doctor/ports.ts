// The ports on which people are served: does the right one answer, with the right certificate?
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { certificateOf, namesOf, readPem, SELF_SIGNED } from '../pem.ts'
import { whatRuns } from '../running.ts'
import { DAY } from '../time.ts'
import { sentenceOf } from '../whose.ts'
import { greetingOf } from './connect.ts'
import { good, hint, wrong, type Finding } from './finding.ts'
import type { Installation } from './installation.ts'

/** So long before its end a certificate should have been renewed. */
const SOON_DAYS = 14
/** Apple's systems take no certificate that is valid for longer. */
const LONG_DAYS = 825

/** An address to connect to: that of all is this machine. */
export function nearby(host: string): string {
  return host === '0.0.0.0' || host === 'localhost' ? '127.0.0.1' : host === '::' ? '::1' : host
}

interface Port {
  /** The key that sets it. */
  key: string
  host: string
  port: number
  tls: boolean
  /** How its first line begins; null: it waits to be spoken to. */
  greets: string | null
}

function portsOf({ plugins, config: { imap, http } }: Installation): Port[] {
  const { host } = imap
  const all: (Port & { plugin: string })[] = [
    {
      plugin: 'lazaret/imap',
      key: 'imap.tls_port',
      host,
      port: imap.tls_port,
      tls: true,
      greets: '* OK',
    },
    {
      plugin: 'lazaret/imap',
      key: 'imap.starttls_port',
      host,
      port: imap.starttls_port,
      tls: false,
      greets: '* OK',
    },
    {
      plugin: 'lazaret/http',
      key: 'http.port',
      host: http.host,
      port: http.port,
      tls: http.tls,
      greets: null,
    },
  ]
  return all.filter(({ plugin, port }) => port !== 0 && plugins.includes(plugin))
}

export async function* ports(at: Installation): AsyncGenerator<Finding> {
  const runs = whatRuns(at.dataDir).some(({ role }) => role === 'mail')
  const file = certificateFile(at)
  for (const { key, host, port, tls, greets } of portsOf(at)) {
    const where = `${key} ${port}`
    try {
      const silent = greets === null
      const { line, certificate } = await greetingOf(nearby(host), port, { tls, silent })
      if (!runs)
        yield wrong(
          'ports',
          `${where}: another program has it`,
          `end that program (ss -ltnp 'sport = :${port}'), or set another ${key}: Haraka does not start as it is`,
        )
      else if (greets !== null && !line.startsWith(greets))
        yield wrong(
          'ports',
          `${where} answers '${line}', which is not IMAP`,
          `see who listens there: ss -ltnp 'sport = :${port}'`,
        )
      else yield good('ports', `${where} answers`)
      if (runs && certificate && file && !certificate.equals(file.x509.raw))
        yield wrong(
          'certificate',
          `the one that is served on port ${port} is not the one in ${file.path}`,
          'restart Haraka, and see docs/operate.md "Users and certificates" for renewals',
        )
    } catch (error) {
      if (runs)
        yield wrong(
          'ports',
          `${where}: ${nearby(host)} ${(error as Error).message}`,
          'look at the log of Haraka for what keeps people from being served, and restart it',
        )
    }
  }
}

interface CertificateFound {
  path: string
  x509: X509Certificate
  own: boolean
}

function filesOf({
  harakaDir,
  dataDir,
  config: { imap },
}: Installation): { cert: string; key: string } | null {
  if (imap.cert !== '') {
    const folder = resolve(harakaDir ?? '.', 'config')
    return { cert: resolve(folder, imap.cert), key: resolve(folder, imap.key) }
  }
  const own = join(dataDir, SELF_SIGNED)
  return existsSync(own) ? { cert: own, key: own } : null
}

function certificateFile(at: Installation): CertificateFound | null {
  const files = filesOf(at)
  if (!files) return null
  try {
    return {
      path: files.cert,
      x509: certificateOf(readPem(files)),
      own: at.config.imap.cert === '',
    }
  } catch {
    // Told by `certificate`.
    return null
  }
}

export function* certificate(at: Installation, now = Date.now()): Generator<Finding> {
  const files = filesOf(at)
  // Made at the first start.
  if (!files) return
  const keys = at.config.imap.cert === '' ? files.cert : 'imap.cert, imap.key'
  try {
    readPem(files)
  } catch (error) {
    yield wrong(
      'certificate',
      `${keys}: ${sentenceOf(error)}`,
      'give a PEM file with the chain and one with its key; paths are relative to the config folder of Haraka',
    )
    return
  }
  const found = certificateFile(at)
  if (!found) return
  const { path, x509, own } = found
  const renew = own
    ? `remove ${path} and restart Haraka: it makes another one`
    : 'renew it, and see docs/operate.md "Users and certificates"'
  const [from, until] = [Date.parse(x509.validFrom), Date.parse(x509.validTo)]
  const days = Math.floor((until - now) / DAY)
  const names = namesOf(x509)
  let well = true
  const tell = function* (finding: Finding): Generator<Finding> {
    well = false
    yield finding
  }
  if (now > until) yield* tell(wrong('certificate', `${path} has expired on ${day(until)}`, renew))
  else if (now < from)
    yield* tell(
      wrong(
        'certificate',
        `${path} is valid from ${day(from)} on only`,
        'set the clock of this machine, or take another certificate',
      ),
    )
  else if (days < SOON_DAYS)
    yield* tell(wrong('certificate', `${path} expires on ${day(until)}`, renew))
  if (until - from > (LONG_DAYS + 1) * DAY)
    yield* tell(
      hint(
        'certificate',
        `${path} is valid for more than ${LONG_DAYS} days: mail clients of Apple refuse it`,
        renew,
      ),
    )
  if (!names.some((name) => x509.checkHost(at.me) !== undefined || name === at.me))
    yield* tell(
      hint(
        'certificate',
        `${path} is for ${names.join(', ') || 'no name'}, and this server calls itself ${at.me} (config/me)`,
        `tell people to use one of these names, or take a certificate for ${at.me}`,
      ),
    )
  if (own)
    yield* tell(
      hint(
        'certificate',
        `${path} is self-signed: mail clients warn of it once`,
        'set imap.cert and imap.key (docs/operate.md "Users and certificates")',
      ),
    )
  if (well) yield good('certificate', `${path}, for ${names.join(', ')}, until ${day(until)}`)
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
