// A scope that this server does not serve is most often a typing error: it is asked about.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { domainOf } from '../address.ts'
import type { Scope } from '../mail.ts'
import { nearest } from '../text.ts'
import type { Given } from './action.ts'
import { Usage } from './errors.ts'

export const YES_SCOPE = 'go on, also for a scope that this server does not serve'

/** Throws Usage where it is none of this server's, as far as that is written down, and nobody said --yes. */
export function needServed({ place, verbs }: Given, scope: Scope, yes = false): void {
  if (yes || scope === '' || place.harakaDir === null) return
  const config = join(place.harakaDir, 'config')
  const listed = linesOf(join(config, 'host_list')).map((line) => line.toLowerCase())
  const patterns = linesOf(join(config, 'host_list_regex'))
  // Who receives for whom is then known to another plugin.
  if (listed.length + patterns.length === 0) return
  const domain = domainOf(scope)
  const accounts = verbs.accounts.list().map((one) => domainOf(one.scope))
  const known = [...new Set([...listed, ...accounts])].filter((one) => one !== '')
  if (known.includes(domain) || patterns.some((one) => matches(one, domain))) return
  const near = nearest(domain, known)
  throw new Usage(
    `${domain} is no domain of this server (config/host_list, accounts)${near === null ? '' : `: is ${near} meant?`}; give --yes to go on`,
  )
}

/** As Haraka's rcpt_to.in_host_list reads it. */
function matches(pattern: string, domain: string): boolean {
  try {
    return new RegExp(`^${pattern}$`, 'i').test(domain)
  } catch {
    return false
  }
}

function linesOf(path: string): string[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}
