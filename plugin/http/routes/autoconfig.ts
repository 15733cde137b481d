// How a mail client finds the quarantine by itself: Thunderbird's autoconfig (Mozilla ISPDB format, version 1.1).
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import { object } from '../schema.ts'
import { escaped } from '../xml.ts'

/** As Thunderbird asks for it at autoconfig.DOMAIN, and at the domain itself. */
const PATHS = ['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml']

export function autoconfigRoutes(app: FastifyInstance, { door }: AppContext): void {
  const { imap, http } = door.config
  for (const url of PATHS)
    app.route<{ Querystring: { emailaddress?: string } }>({
      method: 'GET',
      url,
      schema: {
        hide: true,
        querystring: object({ emailaddress: Type.Optional(Type.String({ maxLength: 320 })) }),
      },
      handler: async (request, reply) => {
        const host = http.mail_host || request.hostname
        const domain = request.query.emailaddress?.split('@').at(-1) || host
        const servers = [
          ...(imap.tls_port > 0 ? [server(host, imap.tls_port, 'SSL')] : []),
          ...(imap.starttls_port > 0 ? [server(host, imap.starttls_port, 'STARTTLS')] : []),
        ]
        const xml = [
          '<?xml version="1.0" encoding="UTF-8"?>',
          '<clientConfig version="1.1">',
          `  <emailProvider id="${escaped(domain)}">`,
          `    <domain>${escaped(domain)}</domain>`,
          '    <displayName>Lazaret</displayName>',
          '    <displayShortName>Lazaret</displayShortName>',
          ...servers,
          outgoing(host, http.mail_submission_port),
          '  </emailProvider>',
          '</clientConfig>',
          '',
        ].join('\n')
        return await reply.type('application/xml; charset=utf-8').send(xml)
      },
    })
}

const server = (host: string, port: number, socket: string): string =>
  [
    '    <incomingServer type="imap">',
    `      <hostname>${escaped(host)}</hostname>`,
    `      <port>${port}</port>`,
    `      <socketType>${socket}</socketType>`,
    '      <authentication>password-cleartext</authentication>',
    '      <username>%EMAILADDRESS%</username>',
    '    </incomingServer>',
  ].join('\n')

/**
 * Thunderbird refuses a configuration without an outgoing server. Nobody sends mail by the quarantine: it asks for the server
 * that is there already, and adds this one only where there is none.
 */
const outgoing = (host: string, port: number): string =>
  [
    '    <outgoingServer type="smtp">',
    `      <hostname>${escaped(host)}</hostname>`,
    `      <port>${port}</port>`,
    `      <socketType>${port === 465 ? 'SSL' : 'STARTTLS'}</socketType>`,
    '      <authentication>password-cleartext</authentication>',
    '      <username>%EMAILADDRESS%</username>',
    '      <addThisServer>false</addThisServer>',
    '      <useGlobalPreferredServer>true</useGlobalPreferredServer>',
    '    </outgoingServer>',
  ].join('\n')
