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

export async function* ports(at: Installation): AsyncGenerator<Finding> {
  const { imap } = at.config
  if (!at.plugins.includes('lazaret/imap')) return
  const runs = whatRuns(at.dataDir).some(({ role }) => role === 'mail')
  const file = certificateFile(at)
  for (const [key, port, tls] of [
    ['tls_port', imap.tls_port, true],
    ['starttls_port', imap.starttls_port, false],
  ] as const) {
    if (port === 0) continue
    const where = `imap.${key} ${port}`
    try {
      const { line, certificate } = await greetingOf(nearby(imap.host), port, { tls })
      if (!runs)
        yield wrong(
          'ports',
          `${where}: another program has it`,
          `end that program (ss -ltnp 'sport = :${port}'), or give IMAP another port: Haraka does not start as it is`,
        )
      else if (!line.startsWith('* OK'))
        yield wrong(
          'ports',
          `${where} answers '${line}', which is not IMAP`,
          `see who listens there: ss -ltnp 'sport = :${port}'`,
        )
      else yield good('ports', `${where} answers`)
      if (runs && certificate && file && differs(certificate, file.x509))
        yield wrong(
          'certificate',
          `the one that is served on port ${port} is not the one in ${file.path}`,
          'restart Haraka, and see docs/operate.md "Users and certificates" for renewals',
        )
    } catch (error) {
      if (runs)
        yield wrong(
          'ports',
          `${where}: ${nearby(imap.host)} ${(error as Error).message}`,
          'look at the log of Haraka for what keeps lazaret/imap from serving, and restart it',
        )
    }
  }
}

const differs = (served: Buffer, { raw }: X509Certificate): boolean => !served.equals(raw)

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
