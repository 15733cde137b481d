// The first start makes a certificate, which takes a moment; clients that come meanwhile are served.
import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { Certificate, selfSignedFiles } from '../../../plugin/imap/connection/certificate.ts'
import { readPem } from '../../../plugin/pem.ts'
import { ImapServer } from '../../../plugin/imap/server.ts'
import { rig } from '../../quarantine/rig.ts'
import { freePort } from '../../rig/haraka.ts'
import { tempDir } from '../../tmp.ts'

test('a client whose handshake begins before the certificate is there is greeted', async () => {
  const dataDir = tempDir()
  const { quarantine } = rig({}, dataDir)
  const quiet = (): void => {}
  const port = await freePort()
  const server = new ImapServer({
    quarantine,
    log: { info: quiet, warn: quiet, error: quiet },
    tls: { host: '127.0.0.1', port },
    startTls: null,
    certificate: new Certificate(readPem(await selfSignedFiles(dataDir))),
    admission: { total: 10, perAddress: 10, perAccount: 10 },
    authDelay: 0,
  })
  const listening = server.listen()
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  const [greeting] = (await once(client, 'data')) as [Buffer]
  expect(greeting.toString()).toMatch(/^\* OK /)
  client.destroy()
  await listening
  await server.close()
})
