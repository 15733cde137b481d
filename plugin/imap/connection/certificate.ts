// The certificate of the IMAP server: the configured one, or a self-signed one made on first start.
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { generate } from 'selfsigned'

/** Self-signed: key and certificate in one file, so that no process ever sees only half of it. */
export const SELF_SIGNED = 'imap-tls.pem'
/** People accept it by hand, so it must last; RFC 5280 asks for no less. */
const YEARS = 10
/** How often a renewed certificate is looked for, in ms. */
const LOOK_EVERY = 60_000

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** The files to use; makes the self-signed one in `dir` if none is configured and none is there. */
export async function certificateFiles(
  configured: CertificateFiles,
  dir: string,
): Promise<CertificateFiles> {
  if (configured.cert !== '') return configured
  const path = join(dir, SELF_SIGNED)
  if (!existsSync(path)) await makeSelfSigned(path)
  return { cert: path, key: path }
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

/** The TLS context of these files, made anew when they were renewed (Let's Encrypt and the like). */
export class Certificate {
  readonly #files: CertificateFiles
  readonly #warn: (line: string) => void
  #context: SecureContext
  #stamp: string
  #looked = Date.now()

  constructor(files: CertificateFiles, warn: (line: string) => void) {
    this.#files = files
    this.#warn = warn
    this.#context = load(files)
    this.#stamp = stamp(files)
  }

  get context(): SecureContext {
    const now = Date.now()
    if (now - this.#looked >= LOOK_EVERY) {
      this.#looked = now
      this.#look()
    }
    return this.#context
  }

  #look(): void {
    try {
      const current = stamp(this.#files)
      if (current === this.#stamp) return
      this.#context = load(this.#files)
      this.#stamp = current
    } catch (error) {
      // A renewal may be half done: the old certificate serves until it is whole.
      this.#warn(`imap certificate: ${(error as Error).message}`)
    }
  }
}

function stamp({ cert, key }: CertificateFiles): string {
  return [cert, key].map((path) => statSync(path).mtimeMs).join()
}

function load({ cert, key }: CertificateFiles): SecureContext {
  return createSecureContext({
    cert: readFileSync(cert),
    key: readFileSync(key),
    minVersion: 'TLSv1.2', // RFC 8314 §4.1, RFC 9051 §11.1
  })
}
