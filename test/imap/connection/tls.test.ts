import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { Certificate, selfSignedFiles } from '../../../plugin/imap/connection/certificate.ts'
import { readPem, SELF_SIGNED } from '../../../plugin/pem.ts'
import { rig } from '../../quarantine/rig.ts'
import { tempDir } from '../../tmp.ts'
import { serve, startServer, type Running } from '../harness.ts'

let server: Running
beforeAll(async () => {
  server = await startServer()
})

describe('the certificate', () => {
  test('is made on first start, for this host, readable by its owner alone', async () => {
    const path = join(server.lazaret.store.dir, SELF_SIGNED)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const certificate = new X509Certificate(readFileSync(path))
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkHost(hostname())).toBe(hostname())
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(certificate.ca).toBe(false)
  })

  test('is one, however many processes start at once', async () => {
    const dir = tempDir()
    await Promise.all(Array.from({ length: 4 }, () => selfSignedFiles(dir)))
    const first = readFileSync(join(dir, SELF_SIGNED))
    await selfSignedFiles(dir)
    expect(readFileSync(join(dir, SELF_SIGNED)).equals(first)).toBe(true)
  })

  test('of the configuration is used; one that is none stops the start', async () => {
    const files = await selfSignedFiles(tempDir())
    const dir = tempDir()
    await serve(rig({}, dir), dir, { certificate: new Certificate(readPem(files)) })
    const bad = join(dir, 'bad.pem')
    writeFileSync(bad, 'no certificate')
    expect(() => readPem({ cert: bad, key: bad })).toThrow(/bad\.pem.*PEM|key/i)
  })

  test('serves TLS 1.2 and 1.3 and nothing older', async () => {
    const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> =>
      new Promise((resolve, reject) => {
        const socket = connectTls(
          {
            port: server.port,
            host: '127.0.0.1',
            rejectUnauthorized: false,
            minVersion: version,
            maxVersion: version,
            ciphers: 'DEFAULT:@SECLEVEL=0',
          },
          () => {
            resolve(socket.getProtocol())
            socket.destroy()
          },
        )
        socket.once('error', reject)
      })
    expect(await speak('TLSv1.3')).toBe('TLSv1.3')
    expect(await speak('TLSv1.2')).toBe('TLSv1.2')
    await expect(speak('TLSv1.1')).rejects.toThrow()
  })
})

describe('STARTTLS', () => {
  test('before it there is no login, by no means', async () => {
    const client = await server.connect({ startTls: true })
    const greeting = await client.greeting()
    expect(greeting).toContain('STARTTLS')
    expect(greeting).toContain('LOGINDISABLED')
    expect(greeting).not.toContain('AUTH=')
    const refused = /^NO \[PRIVACYREQUIRED\]/
    expect((await client.command('LOGIN root "correct horse"')).tagged).toMatch(refused)
    expect((await client.command('AUTHENTICATE PLAIN AHJvb3QAeA==')).tagged).toMatch(refused)
    // not even the password is asked for
    expect((await client.command('LOGIN root {13}')).tagged).toMatch(refused)
    expect((await client.command('SELECT INBOX')).tagged).toMatch(/^BAD/)
  })

  test('after it one logs in', async () => {
    const client = await server.connect({ startTls: true })
    await client.greeting()
    await client.ok('STARTTLS')
    await client.startTls()
    const [capability] = await client.ok('CAPABILITY')
    expect(capability).toContain('AUTH=PLAIN')
    expect(capability).not.toMatch(/STARTTLS|LOGINDISABLED/)
    await client.ok('LOGIN root "correct horse"')
    expect((await client.command('STARTTLS')).tagged).toMatch(/^BAD/)
  })

  test('what was sent ahead of it in the clear is dropped', async () => {
    const client = await server.connect({ startTls: true })
    await client.greeting()
    // An attacker in between adds a command to the client's packet.
    client.write('a1 STARTTLS\r\na2 LOGIN root "correct horse"\r\n')
    expect((await client.answer('a1')).tagged).toMatch(/^OK/)
    await client.startTls()
    client.write('a3 NOOP\r\n')
    expect(await client.line()).toMatch(/^a3 OK/)
    expect((await client.command('SELECT INBOX')).tagged).toMatch(/^BAD/)
  })

  test('a client that speaks no TLS after it is cut off', async () => {
    const client = await server.connect({ startTls: true })
    await client.greeting()
    await client.ok('STARTTLS')
    client.write('a1 LOGIN root "correct horse"\r\n')
    await client.closed()
  })
})
