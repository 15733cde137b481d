// DNS names by which mail clients find this server.
import { Resolver } from 'node:dns/promises'
import { domainOf } from '../address.ts'
import { CLI, type Lazaret } from '../open.ts'
import { good, hint, type Finding } from './finding.ts'
import type { Installation } from './installation.ts'

/** What is asked of the DNS. */
export interface Names {
  /** Addresses of a name; none where it has none. */
  addresses(name: string): Promise<string[]>
  /** RFC 2782: where a service is. */
  services(name: string): Promise<{ name: string; port: number }[]>
}

/** That of this machine. */
export function systemNames(): Names {
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  const some = async <T>(asked: Promise<T[]>): Promise<T[]> => {
    try {
      return await asked
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOTFOUND' || code === 'ENODATA') return []
      throw error
    }
  }
  return {
    addresses: async (name) => [
      ...(await some(resolver.resolve4(name))),
      ...(await some(resolver.resolve6(name))),
    ],
    services: async (name) => await some(resolver.resolveSrv(name)),
  }
}

const DOMAINS_MAX = 10

export async function* names(
  at: Installation,
  lazaret: Lazaret,
  dns: Names,
): AsyncGenerator<Finding> {
  try {
    yield* asked(at, lazaret, dns)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    yield hint(
      'names',
      `the DNS does not answer (${code ?? message})`,
      'see /etc/resolv.conf, and whether its servers can be reached',
    )
  }
}

async function* asked(at: Installation, lazaret: Lazaret, dns: Names): AsyncGenerator<Finding> {
  const { me } = at
  if ((await dns.addresses(me)).length === 0)
    yield hint(
      'names',
      `${me} (config/me) has no address in the DNS`,
      'add an A or AAAA record, or tell people another name of this server',
    )
  else yield good('names', `${me} has an address`)
  const { tls_port } = at.config.imap
  for (const domain of domainsOf(lazaret).slice(0, DOMAINS_MAX)) {
    const missing: string[] = []
    // RFC 6186 §3.2: IMAP over TLS.
    if (tls_port !== 0 && at.plugins.includes('lazaret/imap')) {
      const services = await dns.services(`_imaps._tcp.${domain}`)
      if (services.length === 0) missing.push(`_imaps._tcp.${domain}. SRV 0 1 ${tls_port} ${me}.`)
    }
    if (at.plugins.includes('lazaret/http'))
      for (const name of [`autoconfig.${domain}`, `autodiscover.${domain}`])
        if ((await dns.addresses(name)).length === 0) missing.push(`${name}. CNAME ${me}.`)
    yield missing.length === 0
      ? good('names', `mail clients find the server of ${domain} by themselves`)
      : hint(
          'names',
          `mail clients do not find the server of ${domain} by themselves`,
          `where it has no other IMAP server, add to its zone: ${missing.join('; ')}`,
        )
  }
}

function domainsOf({ quarantine }: Lazaret): string[] {
  const scopes = quarantine
    .as(CLI)
    .accounts.list()
    .map(({ scope }) => scope)
  return [...new Set(scopes.filter((one) => one !== '').map(domainOf))]
}
