// A certificate with its private key, as files in PEM: what is wrong with them is said of the file that it is wrong with.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { sentenceOf } from './whose.ts'

/** Certificate chain and private key, in PEM. */
export interface Pem {
  readonly cert: string
  readonly key: string
}

/** Paths of PEM files; both may be the same. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** What is wrong, and with which of the two. */
export class PemError extends Error {
  override name = 'PemError'
  readonly which: keyof CertificateFiles
  constructor(which: keyof CertificateFiles, message: string, cause?: unknown) {
    super(message, { cause })
    this.which = which
  }
}

/** Self-signed, in the data folder: key and certificate in one file, so that no process ever sees only half of it. */
export const SELF_SIGNED = 'imap-tls.pem'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END/g
const KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/

/** Reads and checks both. Throws PemError: which file will not do, why, and what to do. */
export function readPem(files: CertificateFiles): Pem {
  const pem = { cert: read(files, 'cert'), key: read(files, 'key') }
  const [first, ...others] = certificatesOf(files, pem)
  const key = keyOf(files, pem)
  if (first.checkPrivateKey(key)) return usable(files, pem)
  if (others.some((one) => one.checkPrivateKey(key)))
    throw new PemError(
      'cert',
      `${files.cert}: the certificate of ${files.key} must stand first, before those of who issued it`,
    )
  throw new PemError(
    'key',
    `${files.key} is not the key of the certificate in ${files.cert} (${namesOf(first).join(', ') || first.subject}): give the two that were made together`,
  )
}

function read(files: CertificateFiles, which: keyof CertificateFiles): string {
  const path = files[which]
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new PemError(which, `there is no file ${path}`, error)
    if (code === 'EISDIR')
      throw new PemError(which, `${path} is a folder: name a file in it`, error)
    throw new PemError(which, sentenceOf(error), error)
  }
}

/** What OpenSSL does not take for TLS: weak keys, and what its own reader stumbles over. */
function usable(files: CertificateFiles, pem: Pem): Pem {
  try {
    createSecureContext(pem)
    return pem
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PemError('cert', `${files.cert} will not do for TLS: ${reason}`, error)
  }
}

/** Of the server itself: the first of the chain. */
export function certificateOf({ cert }: Pick<Pem, 'cert'>): X509Certificate {
  return new X509Certificate(cert)
}

/** Hosts that it is for: DNS names and addresses. */
export function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName
    .split(', ')
    .flatMap((one) => /^(?:DNS|IP Address):(.*)$/.exec(one)?.[1] ?? [])
}

function certificatesOf(files: CertificateFiles, { cert, key }: Pem): X509Certificate[] {
  const found = cert.match(CERTIFICATE) ?? []
  if (found.length === 0) {
    if (KEY.test(cert) && key.includes('BEGIN CERTIFICATE'))
      throw new PemError(
        'cert',
        `${files.cert} holds a private key and ${files.key} a certificate: the two are swapped`,
      )
    throw new PemError('cert', noPem(files.cert, cert, 'certificate', 'openssl x509 -inform der'))
  }
  return found.map((one, i) => {
    try {
      return new X509Certificate(`${one} CERTIFICATE-----`)
    } catch (cause) {
      throw new PemError('cert', `${files.cert}: certificate ${i + 1} in it is damaged`, cause)
    }
  })
}

function keyOf({ key: path }: CertificateFiles, { key }: Pem): KeyObject {
  if (!KEY.test(key))
    throw new PemError('key', noPem(path, key, 'private key', 'openssl pkey -inform der'))
  try {
    return createPrivateKey(key)
  } catch (cause) {
    if (/ENCRYPTED/.test(key))
      throw new PemError(
        'key',
        `${path} is protected by a passphrase, which nobody types at the start: take it off (openssl pkey -in ${path})`,
        cause,
      )
    throw new PemError('key', `${path}: the private key in it is damaged`, cause)
  }
}

function noPem(path: string, text: string, what: string, convert: string): string {
  const begins = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]
  if (begins) return `${path} holds no ${what} but a ${begins.toLowerCase()}`
  // DER begins with a SEQUENCE of some hundred octets.
  if (text.startsWith('\x30\x82'))
    return `${path} is DER and not PEM: convert it with \`${convert}\``
  return `${path} is no PEM file with a ${what}`
}
