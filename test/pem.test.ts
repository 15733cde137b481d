// A certificate that will not do is refused with the file that is wrong, why, and what to do.
import { createPrivateKey } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { generate } from 'selfsigned'
import { certificateOf, namesOf, readPem, type Pem } from '../plugin/pem.ts'
import { CertificateFile } from '../plugin/imap/certificate-file.ts'
import { tempDir } from './tmp.ts'

const dir = tempDir()
let a: Pem
let b: Pem

async function make(host: string): Promise<Pem> {
  const altNames = [
    { type: 2 as const, value: host },
    { type: 7 as const, ip: '192.0.2.1' },
  ]
  const made = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  return { cert: made.cert.replaceAll('\r', ''), key: made.private.replaceAll('\r', '') }
}

beforeAll(async () => {
  ;[a, b] = await Promise.all([make('a.example'), make('b.example')])
  mkdirSync(join(dir, 'folder.pem'))
})

const der = (pem: string): Buffer =>
  Buffer.from(pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, ''), 'base64')
const text = (bytes: Buffer): string => bytes.toString('latin1')
const locked = (key: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()

const WRONG: [what: string, cert: () => string, key: () => string, words: RegExp, which: string][] =
  [
    [
      'swapped',
      () => a.key,
      () => a.cert,
      /cert\.pem holds a private key and .*key\.pem a certificate: the two are swapped/,
      'cert',
    ],
    [
      'of another key',
      () => a.cert,
      () => b.key,
      /key\.pem is not the key of the certificate in .*cert\.pem \(a\.example, 192\.0\.2\.1\)/,
      'key',
    ],
    [
      'in the wrong order',
      () => b.cert + a.cert,
      () => a.key,
      /cert\.pem: the certificate of .*key\.pem must stand first/,
      'cert',
    ],
    [
      'DER',
      () => text(der(a.cert)),
      () => a.key,
      /cert\.pem is DER and not PEM: convert it with `openssl x509 -inform der`/,
      'cert',
    ],
    [
      'with a key in DER',
      () => a.cert,
      () => text(der(a.key)),
      /key\.pem is (DER and not PEM: convert|no PEM)/,
      'key',
    ],
    ['empty', () => '', () => a.key, /cert\.pem is no PEM file with a certificate/, 'cert'],
    [
      'with an empty key',
      () => a.cert,
      () => '',
      /key\.pem is no PEM file with a private key/,
      'key',
    ],
    [
      'two certificates',
      () => a.cert,
      () => a.cert,
      /key\.pem holds no private key but a certificate/,
      'key',
    ],
    [
      'a request',
      () => '-----BEGIN CERTIFICATE REQUEST-----\nAA\n-----END CERTIFICATE REQUEST-----',
      () => a.key,
      /cert\.pem holds no certificate but a certificate request/,
      'cert',
    ],
    [
      'a public key',
      () => a.cert,
      () => '-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----',
      /key\.pem holds no private key but a public key/,
      'key',
    ],
    [
      'with a passphrase',
      () => a.cert,
      () => locked(a.key),
      /key\.pem is protected by a passphrase.*openssl pkey -in/,
      'key',
    ],
    [
      'cut off',
      () => a.cert.replace(/^(.*\n.*\n)[^]*(-----END)/, '$1$2'),
      () => a.key,
      /cert\.pem: certificate 1 in it is damaged/,
      'cert',
    ],
    [
      'with a key that is cut off',
      () => a.cert,
      () => a.key.replace(/^(.*\n)[^]*(-----END)/, '$1AAAA\n$2'),
      /key\.pem: the private key in it is damaged/,
      'key',
    ],
  ]

describe('a certificate', () => {
  test.each(WRONG)('that is %s is refused', (_, cert, key, words, which) => {
    const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
    writeFileSync(files.cert, cert(), 'latin1')
    writeFileSync(files.key, key(), 'latin1')
    expect(() => readPem(files)).toThrow(words)
    expect(() => new CertificateFile(files, () => {})).toThrow(`lazaret.ini: imap.${which}: `)
  })

  test('that is not there, or a folder, is refused', () => {
    const good = join(dir, 'both.pem')
    writeFileSync(good, a.key + a.cert)
    const none = join(dir, 'none.pem')
    expect(() => readPem({ cert: none, key: good })).toThrow(`there is no file ${none}`)
    expect(() => readPem({ cert: good, key: join(dir, 'folder.pem') })).toThrow(
      /folder\.pem is a folder: name a file in it/,
    )
  })

  test('that OpenSSL cannot read is refused', () => {
    const path = join(dir, 'glued.pem')
    writeFileSync(path, `${a.key}\n${a.cert.trim()}glued\n`)
    expect(() => readPem({ cert: path, key: path })).toThrow(
      /glued\.pem will not do for TLS: .*PEM/,
    )
  })

  test('with its key in one file, and a chain behind it, is taken', () => {
    const path = join(dir, 'both.pem')
    writeFileSync(path, `Bag attributes\n${a.key}\n${a.cert}\nsome words\n${b.cert}\n`)
    const pem = readPem({ cert: path, key: path })
    expect(namesOf(certificateOf(pem))).toEqual(['a.example', '192.0.2.1'])
  })
})
