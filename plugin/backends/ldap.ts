// Passwords that a directory knows: a bind as who it is (RFC 4513 §5.1.3), by a DN that is given or searched for.
import { randomBytes } from 'node:crypto'
import type { BackendConfig } from '../domain-config.ts'
import { filled } from './filled.ts'
import { tlsOptions, type Server } from './server.ts'

/** Read when it is first needed: most servers have no directory. */
const load = () => import('ldapts')
type Ldap = Awaited<ReturnType<typeof load>>
type Client = InstanceType<Ldap['Client']>

export async function checkByLdap(
  server: Server,
  _user: string | null,
  password: string,
  config: BackendConfig,
  address: string,
): Promise<boolean> {
  return await withLdap(server, async (client, ldap) => {
    const dn = await dnOf(client, config, address)
    try {
      // Nobody: a bind all the same, so that it takes as long.
      await client.bind(dn ?? `cn=${randomBytes(8).toString('hex')},${config.base}`, password)
      return dn !== null
    } catch (error) {
      if (
        error instanceof ldap.InvalidCredentialsError ||
        error instanceof ldap.NoSuchObjectError ||
        (dn === null && error instanceof ldap.ResultCodeError)
      )
        return false
      throw error
    }
  })
}

/** Reaches it, and binds as who searches. */
export async function probeLdap(
  server: Server,
  { bind_dn, bind_password }: BackendConfig,
): Promise<void> {
  await withLdap(server, async (client) => {
    if (bind_dn !== '') await client.bind(bind_dn, bind_password)
    else await client.search('', { scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] })
  })
}

async function dnOf(
  client: Client,
  { user_dn, bind_dn, bind_password, base, filter }: BackendConfig,
  address: string,
): Promise<string | null> {
  if (user_dn !== '') return filled(user_dn, address, inDn)
  if (bind_dn !== '') {
    try {
      await client.bind(bind_dn, bind_password)
    } catch (error) {
      throw new Error(`it does not let ${bind_dn} in: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  const { searchEntries } = await client.search(base, {
    scope: 'sub',
    filter: filled(filter, address, inFilter),
    attributes: ['1.1'],
    sizeLimit: 2,
  })
  if (searchEntries.length > 1) throw new Error(`it has several entries of ${address}`)
  return searchEntries[0]?.dn ?? null
}

/** RFC 4515 §3 */
const inFilter = (text: string): string =>
  Array.from(Buffer.from(text), (byte) =>
    byte < 0x20 || byte > 0x7e || '*()\\'.includes(String.fromCharCode(byte))
      ? `\\${byte.toString(16).padStart(2, '0')}`
      : String.fromCharCode(byte),
  ).join('')

/** RFC 4514 §2.4 */
const inDn = (text: string): string =>
  text.replaceAll(/[\\"+,;<>=\0]|^[ #]|[ ]$/g, (one) =>
    one === '\0' ? String.raw`\00` : `\\${one}`,
  )

async function withLdap<T>(
  server: Server,
  talk: (client: Client, ldap: Ldap) => Promise<T>,
): Promise<T> {
  const ldap = await load()
  const { host, port, tls, deadline } = server
  const options = tlsOptions(server)
  const at = host.includes(':') ? `[${host}]` : host
  const client = new ldap.Client({
    url: `${tls === 'implicit' ? 'ldaps' : 'ldap'}://${at}:${port}`,
    timeout: deadline,
    connectTimeout: deadline,
    ...(tls === 'implicit' && { tlsOptions: options }),
  })
  let late: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      (async () => {
        if (tls === 'starttls') await client.startTLS(options)
        return await talk(client, ldap)
      })(),
      new Promise<never>((_, reject) => {
        late = setTimeout(
          () => reject(new Error(`it did not answer within ${deadline / 1000} seconds`)),
          deadline,
        )
      }),
    ])
  } finally {
    clearTimeout(late)
    // It may hang in there: nobody waits for its goodbye.
    client.unbind().catch(() => undefined)
  }
}
