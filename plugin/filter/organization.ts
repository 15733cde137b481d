// Organizational domains: the part of a domain that somebody registered, by the public suffix list. The
// list is that of haraka-tld, which keeps it up to date; its own reading of it comes too late for the first
// message and knows no names outside of the list.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { domainToASCII } from 'node:url'

let rules: ReadonlySet<string> | null = null

function suffixRules(): ReadonlySet<string> {
  if (rules) return rules
  const folder = dirname(createRequire(__filename).resolve('haraka-tld'))
  const found = new Set<string>()
  for (const line of readFileSync(join(folder, 'etc/public-suffix-list'), 'utf8').split('\n')) {
    const [, sign, name] = /^(!|\*\.)?([^\s/;#*!]\S*)/.exec(line.trim()) ?? []
    if (name) found.add(`${sign ?? ''}${/[^\x21-\x7e]/.test(name) ? domainToASCII(name) : name}`)
  }
  return (rules = found)
}

/** The organizational domain of a canonical domain (A-labels); null for a public suffix, an address
 *  literal, and what is no domain. */
export function organization(domain: string): string | null {
  const labels = domain.split('.')
  if (labels.includes('') || domain.startsWith('[')) return null
  const known = suffixRules()
  // RFC 7489 §3.2: the rule with the most labels; publicsuffix.org: without any, the last label is the suffix.
  let suffix = 1
  for (let n = 1; n <= labels.length; n++) {
    const rest = labels.slice(-n).join('.')
    if (known.has(`!${rest}`)) {
      suffix = n - 1
      break
    }
    const wild = n > 1 && known.has(`*.${labels.slice(1 - n).join('.')}`)
    if (known.has(rest) || wild) suffix = n
  }
  return labels.length > suffix ? labels.slice(-suffix - 1).join('.') : null
}

/** Whether two canonical domains are of one organization: RFC 7489 §3.1, relaxed alignment. */
export function sameOrganization(a: string, b: string): boolean {
  if (a === b) return true
  // Two labels at least are those of the organization.
  if (lastTwo(a) !== lastTwo(b)) return false
  const organizational = organization(a)
  return organizational !== null && organizational === organization(b)
}

function lastTwo(domain: string): string {
  const dot = domain.lastIndexOf('.', domain.lastIndexOf('.') - 1)
  return domain.slice(dot + 1)
}
