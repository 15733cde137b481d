// The certificate of the IMAP server: the configured one, or a self-signed one made on first start.
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { generate } from 'selfsigned'

/** Self-signed: key and certificate in one file, so that no process ever sees only half of it. */
export const SELF_SIGNED = 'imap-tls.pem'
/** People accept it by hand, so it must last; RFC 5280 asks for no less. */
const YEARS = 10

/** Certificate chain and private key, in PEM. */
export interface Pem {
  readonly cert: string
  readonly key: string
}

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** The self-signed certificate in `dir`; made if none is there. */
export async function selfSignedFiles(dir: string): Promise<CertificateFiles> {
  const path = join(dir, SELF_SIGNED)
  if (!existsSync(path)) await makeSelfSigned(path)
  return { cert: path, key: path }
}

/** Reads and checks a certificate and its key. Throws, in words, which file will not do. */
export function readPem({ cert, key }: CertificateFiles): Pem {
  const pem = { cert: readFileSync(cert, 'latin1'), key: readFileSync(key, 'latin1') }
  try {
    contextOf(pem)
  } catch (error) {
    throw new Error(
      `${cert} and ${key} are no PEM certificate with its private key: ${(error as Error).message}`,
      { cause: error },
    )
  }
  return pem
}

async function makeSelfSigned(path: string): Promise<void> {
  const host = hostname()
  const now = new Date()
  const until = new Date(now)
  until.setUTCFullYear(now.getUTCFullYear() + YEARS)
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
