// The certificate of the IMAP server: the configured one, or a self-signed one made on first start.
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { generate } from 'selfsigned'
import { certificateOf, SELF_SIGNED, type CertificateFiles, type Pem } from '../../pem.ts'
import { DAY } from '../../time.ts'

/** People accept it by hand, so it must last; Apple's systems take none that is valid for longer. */
const VALID_DAYS = 825
/** One that is about to end is made anew at the start: that is told, and clients find out at another time anyway. */
const RENEW_DAYS = 30

/**
 * The self-signed certificate in `dir`; made where none is there, or where that ends soon. `host`: the name by which
 * clients know this server.
 */
export async function selfSignedFiles(
  dir: string,
  host = hostname(),
): Promise<CertificateFiles & { made: boolean }> {
  const path = join(dir, SELF_SIGNED)
  const made = !existsSync(path) || endsSoon(path)
  if (made) await makeSelfSigned(path, host)
  return { cert: path, key: path, made }
}

function endsSoon(path: string): boolean {
  try {
    const { validTo } = certificateOf({ cert: readFileSync(path, 'latin1') })
    return Date.parse(validTo) < Date.now() + RENEW_DAYS * DAY
  } catch {
    // What is wrong with it is told by who reads it.
    return false
  }
}

async function makeSelfSigned(path: string, host: string): Promise<void> {
  const now = new Date()
  // The last second counts, too.
  const until = new Date(now.getTime() + VALID_DAYS * DAY - 1000)
  const made = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: host },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(fresh, `${made.private.trim()}\n${made.cert.trim()}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // In the place of one that ends.
    if (existsSync(path) && endsSoon(path)) rmSync(path)
    linkSync(fresh, path)
  } catch (error) {
    // Another worker was first: its certificate is as good.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh)
  }
}

/** The TLS context that new connections get: another one when the certificate was renewed. */
export class Certificate {
  #context: SecureContext

  /** Throws when this is no certificate with its key. */
  constructor(pem: Pem) {
    this.#context = contextOf(pem)
  }

  get context(): SecureContext {
    return this.#context
  }

  renew(pem: Pem): void {
    this.#context = contextOf(pem)
  }
}

function contextOf({ cert, key }: Pem): SecureContext {
  return createSecureContext({ cert, key, minVersion: 'TLSv1.2' }) // RFC 8314 §4.1, RFC 9051 §11.1
}
