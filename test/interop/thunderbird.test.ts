// Thunderbird itself, where it is installed: it finds the account by what is served here, logs in as it would for a person who
// types an address and a password, and shows the folders.
import { expect } from 'vitest'
import { Certificate } from '../../plugin/imap/connection/certificate.ts'
import { HttpServer } from '../../plugin/http/server.ts'
import { generate } from 'selfsigned'
import { LOGINS, PASSWORD, startServer } from '../imap/harness.ts'
import { testWith } from './programs.ts'
import { thunderbird } from './marionette.ts'

const HOST = 'quarantine.example.com'
/** As Thunderbird has it then: a password over TLS, and a name that is still to be put in. */
const SERVER = { hostname: HOST, auth: 3, username: '%EMAILADDRESS%' }
const AUTOCONFIG = 'autoconfig.example.com'

interface Server {
  type: string
  hostname: string
  port: number
  socketType: number
  auth: number
  username: string
}

interface Found {
  source: string
  incoming: Server
  alternatives: Server[]
  outgoing: Server
}

/** Of both names, signed by somebody whom the profile is told to trust: Thunderbird takes no server that signed for itself. */
async function certificates(): Promise<{ ca: string; pem: { cert: string; key: string } }> {
  const options = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'authority of a test' }], {
    ...options,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const { cert, private: key } = await generate([{ name: 'commonName', value: HOST }], {
    ...options,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [HOST, AUTOCONFIG].map((value) => ({ type: 2, value })) },
    ],
  })
  return { ca: authority.cert, pem: { cert, key } }
}

testWith('thunderbird')(
  'Thunderbird finds the account by its address, logs in and shows the folders',
  async () => {
    const { ca, pem } = await certificates()
    const imap = await startServer(
      { http: { tls: 'no', mail_host: HOST } },
      { certificate: new Certificate(pem) },
    )
    await imap.hold(3)
    const quiet = (): void => {}
    const http = new HttpServer({
      quarantine: imap.lazaret.quarantine,
      log: { info: quiet, warn: quiet, error: quiet },
      listen: { host: '127.0.0.1', port: 0 },
      pem,
      enter: () => () => undefined,
    })
    const port = await http.listen()
    const program = await thunderbird((host, to) => {
      if (host === AUTOCONFIG && to === 443) return port
      if (host === HOST && to === 993) return imap.port
      return null
    })
    await program.run(
      `Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(args[0], 'CTu,Cu,Tu')`,
      ca.replaceAll(/-----[^-]+-----|\s/g, ''),
    )
    const found = await program.run<Found>(
      `const { FindConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/FindConfig.sys.mjs')
     const search = FindConfig.parallelAutoDiscovery(args[0].split('@')[1], args[0], new AbortController().signal)
     const { value: config } = await search.next()
     if (!config) throw new Error('Thunderbird found nothing')
     Services.lazaretFound = config
     const plain = ({ type, hostname, port, socketType, auth, username }) => ({ type, hostname, port, socketType, auth, username })
     return { source: config.subSource, incoming: plain(config.incoming), alternatives: config.incomingAlternatives.map(plain), outgoing: plain(config.outgoing) }`,
      LOGINS.user,
    )
    expect(found).toEqual({
      source: 'xml-from-isp-https',
      incoming: { ...SERVER, type: 'imap', port: 993, socketType: 3 },
      alternatives: [{ ...SERVER, type: 'imap', port: 143, socketType: 2 }],
      outgoing: { ...SERVER, type: 'smtp', port: 587, socketType: 2 },
    })
    const folders = await program.run<string[]>(
      `const { ConfigVerifier } = ChromeUtils.importESModule('resource:///modules/accountcreation/ConfigVerifier.sys.mjs')
     const { CreateInBackend } = ChromeUtils.importESModule('resource:///modules/accountcreation/CreateInBackend.sys.mjs')
     const { AccountConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/AccountConfig.sys.mjs')
     const config = Services.lazaretFound
     AccountConfig.replaceVariables(config, 'Ann', args[0], args[1])
     await new ConfigVerifier(null, new AbortController().signal).verifyConfig(config, false)
     const { incomingServer } = await CreateInBackend.createAccountInBackend(config)
     const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs')
     const names = () => incomingServer.rootFolder.descendants.map((folder) => folder.name)
     await new Promise((resolve) => {
       const look = () => names().includes('Spam') && resolve()
       MailServices.mailSession.AddFolderListener({ onFolderAdded: look }, Ci.nsIFolderListener.added)
       incomingServer.performExpand(null)
       look()
     })
     return names()`,
      LOGINS.user,
      PASSWORD,
    )
    expect(folders.toSorted()).toEqual(
      [
        'INBOX',
        'Caught',
        'Caught (Outgoing)',
        'Training Requested',
        'Release & Train',
        'Release',
        'Not Spam',
        'Spam',
      ].toSorted(),
    )
    await http.close()
  },
)
