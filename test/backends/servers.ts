// Servers that know passwords: Dovecot and slapd as Debian packages them, a provider of OpenID Connect made for this, and one
// that says what it is told to. All on the loopback, with certificates of a name that is not theirs by the DNS.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttps } from 'node:https'
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTls, TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll } from 'vitest'
import { hasDovecot, startDovecot } from '../../bench/phases/imap/dovecot.ts'
import { freePort } from '../rig/ports.ts'
import { NextHop } from '../rig/sink.ts'
import { tempDir } from '../tmp.ts'

export const NAME = 'mail.example.com'

export interface Files {
  readonly cert: string
  readonly key: string
}

/** A certificate of this name or address. `expired`: it was good until yesterday. */
export async function certificate(name: string, { expired = false } = {}): Promise<Files> {
  const day = 86_400_000
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 3 * day),
    notAfterDate: new Date(Date.now() + (expired ? -day : day)),
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }],
      },
    ],
  })
  const dir = tempDir()
  const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  writeFileSync(files.cert, made.cert)
  writeFileSync(files.key, made.private)
  return files
}

const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends) await end()
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** What a server says to each line; null: nothing. `tls`: the client begins TLS. */
export interface Script {
  readonly greeting: string | null
  readonly answer: (line: string) => string | null
}

/** Speaks lines by a script, and keeps those that it heard. `pem`: TLS from the first byte, else when the script says so. */
export async function scripted(
  { greeting, answer }: Script,
  pem: { cert: string; key: string },
  { implicit = true } = {},
): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = []
  const talk = (socket: Socket): void => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n')) {
        const line = text.slice(0, at)
        text = text.slice(at + 2)
        heard.push(line)
        const said = answer(line)
        if (said === 'tls') {
          socket.removeAllListeners('data')
          // What stands behind the answer was put there by who is between.
          socket.write('220 go\r\n250 injected\r\n')
          talk(new TLSSocket(socket, { isServer: true, ...pem }))
        } else if (said !== null) socket.write(said)
      }
    })
  }
  const begin = (socket: Socket): void => {
    if (greeting !== null) socket.write(greeting)
    talk(socket)
  }
  return {
    port: await listen(implicit ? createTls(pem, begin) : createServer(begin)),
    heard,
  }
}

export const hasSubmission = (): boolean =>
  hasDovecot() && existsSync('/usr/lib/dovecot/submission-login')

/** Dovecot's submission service: by TLS from the first byte, and by STARTTLS. It has a next hop, to which nobody comes. */
export async function startSubmission(
  files: Files,
  user: { name: string; password: string },
): Promise<{ submissions: number; submission: number; stop(): Promise<void> }> {
  const [submissions, submission, hop] = [await freePort(), await freePort(), await NextHop.start()]
  const dovecot = await startDovecot(
    tempDir(),
    files,
    user,
    `
protocols = imap submission
hostname = ${NAME}
submission_relay_host = 127.0.0.1
submission_relay_port = ${hop.port}
service submission-login {
  ${process.getuid?.() === 0 ? '' : 'chroot ='}
  inet_listener submission {
    port = ${submission}
  }
  inet_listener submissions {
    port = ${submissions}
    ssl = yes
  }
}
`,
  )
  const end = async (): Promise<void> => {
    await dovecot.stop()
    await hop.stop()
  }
  return { submissions, submission, stop: end }
}

export const hasSlapd = (): boolean => existsSync('/usr/sbin/slapd')

/** People of a directory, with their passwords. */
export const PEOPLE = {
  'ann@example.com': 'correct-horse',
  'o(b)*\\@example.com': 'battery staple',
} as const
export const SEARCHER = { dn: 'cn=search,dc=example,dc=com', password: 'who searches' }

/** slapd in a folder of its own; nobody but the searcher reads, nobody reads passwords. */
export async function startSlapd({ cert, key }: Files): Promise<{ ldaps: number; ldap: number }> {
  const dir = tempDir()
  mkdirSync(join(dir, 'db'))
  const [ldaps, ldap] = [await freePort(), await freePort()]
  const conf = join(dir, 'slapd.conf')
  writeFileSync(
    conf,
    `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${dir}/pid
TLSCertificateFile ${cert}
TLSCertificateKeyFile ${key}
database mdb
suffix "dc=example,dc=com"
rootdn "cn=admin,dc=example,dc=com"
rootpw admin
directory ${dir}/db
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${SEARCHER.dn}" read by anonymous auth by * none
`,
  )
  const people = Object.entries(PEOPLE).map(([mail, password], i) =>
    [
      `dn: uid=p${i},dc=example,dc=com`,
      'objectClass: inetOrgPerson',
      `uid: p${i}`,
      `cn: p${i}`,
      `sn: p${i}`,
      `mail: ${mail}`,
      `userPassword: ${password}`,
    ].join('\n'),
  )
  const ldif = [
    'dn: dc=example,dc=com\nobjectClass: domain\ndc: example',
    `dn: ${SEARCHER.dn}\nobjectClass: person\ncn: search\nsn: search\nuserPassword: ${SEARCHER.password}`,
    'dn: uid=ann,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: ann\ncn: ann\nsn: ann\nuserPassword: of the template',
    ...people,
  ].join('\n\n')
  const added = spawnSync('/usr/sbin/slapadd', ['-f', conf], { input: `${ldif}\n` })
  if (added.status !== 0) throw new Error(`slapadd: ${added.stderr.toString()}`)
  const urls = `ldaps://127.0.0.1:${ldaps} ldap://127.0.0.1:${ldap}`
  const child = spawn('/usr/sbin/slapd', ['-d', '256', '-f', conf, '-h', urls], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  ends.push(async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.once('exit', () => reject(new Error(`slapd ended: ${said}`)))
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.includes('slapd starting')) resolve()
    })
  })
  return { ldaps, ldap }
}

/** A provider of OpenID Connect: whoever comes to it is `claims`, and what is wrong with its token is `wrong`. */
export interface Made {
  claims: Record<string, unknown>
  wrong: { nonce?: string; audience?: string; issuer?: string; key?: true; expired?: true }
  /** The next answer to a token request. */
  status: number
}

export async function startProvider(pem: {
  cert: string
  key: string
}): Promise<{ port: number; made: Made; visit(url: string): string }> {
  const [keys, others] = [0, 0].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const made: Made = { claims: {}, wrong: {}, status: 200 }
  const codes = new Map<string, { nonce: string; challenge: string; client: string }>()
  let issuer = ''
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = (nonce: string, client: string): string => {
    const { wrong, claims } = made
    const now = Math.floor(Date.now() / 1000) - (wrong.expired ? 7200 : 0)
    const body = {
      iss: wrong.issuer ?? issuer,
      aud: wrong.audience ?? client,
      sub: 'somebody',
      iat: now,
      exp: now + 300,
      nonce: wrong.nonce ?? nonce,
      ...claims,
    }
    const text = `${part({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${part(body)}`
    const key = (wrong.key ? others : keys).privateKey
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
  const server = createHttps(pem, (request, response) => {
    const say = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (request.url === '/.well-known/openid-configuration')
      return say({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
        code_challenge_methods_supported: ['S256'],
      })
    if (request.url === '/keys')
      return say({
        keys: [
          { ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' },
        ],
      })
    let body = ''
    request.on('data', (bytes: Buffer) => (body += bytes.toString()))
    request.on('end', () => {
      const asked = new URLSearchParams(body)
      const begun = codes.get(asked.get('code') ?? '')
      codes.delete(asked.get('code') ?? '')
      const hash = createHash('sha256')
        .update(asked.get('code_verifier') ?? '')
        .digest('base64url')
      if (made.status !== 200) say({ error: 'server_error' }, made.status)
      else if (!begun || hash !== begun.challenge) say({ error: 'invalid_grant' }, 400)
      else
        say({
          access_token: 'a',
          token_type: 'Bearer',
          id_token: token(begun.nonce, begun.client),
        })
    })
    return undefined
  })
  const port = await listen(server)
  issuer = `https://127.0.0.1:${port}`
  return {
    port,
    made,
    // What a browser does: it is asked who it is, and sent back.
    visit: (text) => {
      const asked = new URL(text).searchParams
      const code = randomBytes(8).toString('hex')
      codes.set(code, {
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge') ?? '',
        client: asked.get('client_id') ?? '',
      })
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString()
      return back.href
    },
  }
}
