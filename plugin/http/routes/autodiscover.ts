// How Outlook ([MS-OXDSCLI], plain XML) and Apple's Mail (a configuration profile) find the quarantine, as autoconfig.ts is for
// Thunderbird. Nothing here tells whether an account exists.
import { createHash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AppContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { object } from '../schema.ts'
import { escaped, unescaped } from '../xml.ts'

/** Outlook asks for the first, other programs for the second. */
const PATHS = ['/autodiscover/autodiscover.xml', '/Autodiscover/Autodiscover.xml']
const SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover'
const ADDRESS = /<(?:\w+:)?EMailAddress>\s*([^<>\s]{1,400}@[^<>\s]{1,400})\s*</i

interface Server {
  readonly host: string
  readonly port: number
  readonly startTls: boolean
}

export function autodiscoverRoutes(app: FastifyInstance, { door }: AppContext): void {
  const { imap, http } = door.config
  const servers = (request: FastifyRequest): Server[] => {
    const host = http.mail_host || request.hostname
    return [
      ...(imap.tls_port > 0 ? [{ host, port: imap.tls_port, startTls: false }] : []),
      ...(imap.starttls_port > 0 ? [{ host, port: imap.starttls_port, startTls: true }] : []),
    ]
  }
  app.addContentTypeParser(
    ['text/xml', 'application/xml'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  )
  for (const url of PATHS)
    app.route({
      method: 'POST',
      url,
      schema: { hide: true },
      handler: async (request, reply) => {
        const text = typeof request.body === 'string' ? request.body : ''
        const [, address] = ADDRESS.exec(text) ?? []
        const answer = address ? settings(unescaped(address), servers(request)) : INVALID
        return await reply.type('application/xml; charset=utf-8').send(pox(answer))
      },
    })
  app.route<{ Querystring: { emailaddress: string } }>({
    method: 'GET',
    url: '/apple.mobileconfig',
    schema: {
      hide: true,
      querystring: object({
        emailaddress: Type.String({ maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$' }),
      }),
    },
    handler: async (request, reply) => {
      const [server] = servers(request)
      if (!server) throw new Problem('no-route', 'This server serves no mail client.')
      return await reply
        .type('application/x-apple-aspen-config; charset=utf-8')
        .header('content-disposition', 'attachment; filename="quarantine.mobileconfig"')
        .send(profile(request.query.emailaddress, server))
    },
  })
}

const pox = (response: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="${SCHEMA}/responseschema/2006">\n${response}\n</Autodiscover>\n`

/** [MS-OXDSCLI] §2.2.3.2: 600 is a request that is none. */
const INVALID =
  '<Response><Error><ErrorCode>600</ErrorCode><Message>Invalid Request</Message><DebugData/></Error></Response>'

function settings(address: string, servers: readonly Server[]): string {
  const protocols = servers.map(({ host, port, startTls }) =>
    [
      '<Protocol><Type>IMAP</Type>',
      `<Server>${escaped(host)}</Server><Port>${port}</Port>`,
      `<LoginName>${escaped(address)}</LoginName>`,
      '<DomainRequired>off</DomainRequired><SPA>off</SPA><AuthRequired>on</AuthRequired>',
      // Of the two, Encryption counts where it is known: TLS is STARTTLS there.
      `<SSL>${startTls ? 'off' : 'on'}</SSL><Encryption>${startTls ? 'TLS' : 'SSL'}</Encryption></Protocol>`,
    ].join(''),
  )
  return [
    `<Response xmlns="${SCHEMA}/outlook/responseschema/2006a">`,
    '<Account><AccountType>email</AccountType><Action>settings</Action>',
    ...protocols,
    '</Account></Response>',
  ].join('\n')
}

function profile(address: string, { host, port }: Server): string {
  // The same again replaces the one before.
  const id = (part: string): string => {
    const hex = createHash('sha256').update(`${part}\n${host}\n${address}`).digest('hex')
    return [8, 12, 16, 20, 32].map((end, i) => hex.slice([0, 8, 12, 16, 20][i], end)).join('-')
  }
  const account = dict({
    PayloadType: 'com.apple.mail.managed',
    PayloadVersion: 1,
    PayloadIdentifier: `lazaret.${host}.mail`,
    PayloadUUID: id('mail'),
    PayloadDisplayName: 'Quarantine',
    EmailAccountDescription: 'Quarantine',
    EmailAccountType: 'EmailTypeIMAP',
    EmailAddress: address,
    IncomingMailServerAuthentication: 'EmailAuthPassword',
    IncomingMailServerHostName: host,
    IncomingMailServerPortNumber: port,
    // On a port that begins in the open it is STARTTLS.
    IncomingMailServerUseSSL: true,
    IncomingMailServerUsername: address,
    // A profile has to name one; the quarantine sends nothing.
    OutgoingMailServerAuthentication: 'EmailAuthNone',
    OutgoingMailServerHostName: host,
  })
  const whole = dict({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: `lazaret.${host}`,
    PayloadUUID: id('profile'),
    PayloadDisplayName: `Quarantine of ${address}`,
  })
  const content = `<key>PayloadContent</key>\n<array>\n${account}\n</array>\n</dict>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    `${whole.slice(0, -'</dict>'.length)}${content}`,
    '</plist>',
    '',
  ].join('\n')
}

function dict(values: Record<string, string | number | true>): string {
  const pairs = Object.entries(values).map(([key, value]) => {
    const shown =
      value === true
        ? '<true/>'
        : typeof value === 'number'
          ? `<integer>${value}</integer>`
          : `<string>${escaped(value)}</string>`
    return `<key>${key}</key>${shown}\n`
  })
  return `<dict>\n${pairs.join('')}</dict>`
}
