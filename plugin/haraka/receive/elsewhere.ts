// Domains whose mail another data set judges (`[cluster] elsewhere`): it passes here as it is, on the way that the queue plugin
// has for its domain.
import { asciiDomain } from '../../address.ts'
import type { Config } from '../../config.ts'
import { CODE, DSN, type Address, type Connection } from '../types.ts'
import type { Answer } from '../answer.ts'

export class Elsewhere {
  /** In A-labels. */
  readonly #domains: ReadonlySet<string | null>

  constructor({ cluster }: Pick<Config, 'cluster'>) {
    const domains = cluster.elsewhere.split(',').map((one) => asciiDomain(one.trim()))
    this.#domains = new Set(domains.filter((one) => one !== null && one !== ''))
  }

  /** Whether this message is none of this data set's. */
  passes({ transaction, relaying }: Connection): boolean {
    // What our own people send is theirs, wherever it goes.
    if (!transaction || relaying || this.#domains.size === 0) return false
    const { rcpt_to: recipients } = transaction
    return recipients.length > 0 && recipients.every((one) => this.#has(one))
  }

  /** What to say to a recipient who does not go the way of those before; null: nothing. */
  parts({ transaction, relaying }: Connection, recipient: Address): Answer | null {
    const first = transaction?.rcpt_to.at(0)
    if (!first || relaying || this.#has(first) === this.#has(recipient)) return null
    // RFC 5321 §4.5.3.1.10: the client sends the message to the rest in another transaction.
    return [CODE.denysoft, new DSN(452, '4.5.3 Not with those before: send to this one again')]
  }

  #has({ host }: { host: string | null }): boolean {
    // RFC 5321 §4.5.1: <postmaster> has no domain.
    return this.#domains.has(asciiDomain(host ?? ''))
  }
}
