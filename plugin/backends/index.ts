// The servers that domains have for their passwords, as lazaret.ini names them.
import { readFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { ConfigError, type Config } from '../config.ts'
import { portOf, type BackendConfig } from '../domain-config.ts'
import { Unavailable, type Backend, type Outside } from '../quarantine/outside.ts'
import { checkByImap } from './imap.ts'
import { Lane } from './lane.ts'
import { filled } from './filled.ts'
import { checkByLdap, probeLdap } from './ldap.ts'
import { provider } from './oidc.ts'
import { checkBySmtp } from './smtp.ts'
import type { Server } from './server.ts'

/** Throws ConfigError for a file that will not do. */
export function outside({ backends, oidc }: Config): Outside {
  const certificates = (section: string, path: string): string | undefined =>
    path === '' ? undefined : readCertificates(`${section}.ca`, path)
  return {
    backends: new Map(
      Object.entries(backends).map(([domain, config]) => [
        domain,
        backend(config, certificates(`backend:${domain}`, config.ca)),
      ]),
    ),
    providers: new Map(
      Object.entries(oidc).map(([domain, config]) => [
        domain,
        provider(config, certificates(`oidc:${domain}`, config.ca)),
      ]),
    ),
  }
}

type Check = (
  server: Server,
  user: string | null,
  password: string,
  config: BackendConfig,
  address: string,
) => Promise<boolean>

const CHECK: Record<BackendConfig['type'], Check> = {
  imap: checkByImap,
  smtp: checkBySmtp,
  ldap: checkByLdap,
}

function backend(config: BackendConfig, ca: string | undefined): Backend {
  const port = portOf(config)
  const server: Server = {
    host: config.host,
    port,
    tls: config.tls,
    name: config.server_name || config.host,
    ca,
    deadline: config.timeout_seconds * 1000,
  }
  const title = `${config.type} ${config.host}:${port}`
  const lane = new Lane(config.connections)
  const ask = async <T>(work: () => Promise<T>): Promise<T> =>
    await lane.run(async () => {
      try {
        return await work()
      } catch (error) {
        throw new Unavailable(title, error)
      }
    })
  return {
    title,
    create: config.create,
    cache: config.cache_minutes * 60_000,
    check: async (address, password) => {
      // RFC 4513 §5.1.2: a bind without a password is right for everybody
      if (password === '' || password.includes('\0')) return false
      const user = filled(config.user, address)
      return await ask(() => CHECK[config.type](server, user, password, config, address))
    },
    probe: async () => {
      await ask(async () => {
        if (config.type === 'ldap') await probeLdap(server, config)
        else await CHECK[config.type](server, null, '', config, '')
      })
    },
  }
}

function readCertificates(key: string, path: string): string {
  let pem: string
  try {
    pem = readFileSync(path, 'latin1')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      `lazaret.ini: ${key}: ${code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`} (paths are relative to Haraka's config folder)`,
    )
  }
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    for (const one of found) void new X509Certificate(one)
  } catch {
    throw new ConfigError(`lazaret.ini: ${key}: ${path} holds a certificate that cannot be read`)
  }
  if (found.length === 0)
    throw new ConfigError(`lazaret.ini: ${key}: ${path} holds no certificate in PEM`)
  return found.join('\n')
}
