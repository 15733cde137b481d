// The three kinds of account of the gateway.
import type { Tier } from '../plugin/mail.ts'
import { CLI, type Lazaret } from '../plugin/open.ts'
import { DOMAIN } from './paths.ts'
import { newPassword, type State } from './state.ts'

export interface DemoAccount {
  tier: Tier
  user: string
  password: string
}

const ACCOUNTS: { tier: Tier; user: string }[] = [
  { tier: 'super-admin', user: 'admin' },
  { tier: 'domain', user: DOMAIN },
  { tier: 'address', user: `alice@${DOMAIN}` },
]

/** Makes those that are missing. Passwords are new for each data folder and kept in `state`. */
export async function makeAccounts({ quarantine }: Lazaret, state: State): Promise<DemoAccount[]> {
  const there = new Set(
    quarantine
      .as(CLI)
      .accounts.list()
      .map(({ name }) => name),
  )
  const made: DemoAccount[] = []
  for (const { tier, user } of ACCOUNTS) {
    const password = (state.passwords[user] ??= newPassword())
    if (!there.has(user)) await quarantine.as(CLI).accounts.add(user, tier, password)
    made.push({ tier, user, password })
  }
  return made
}
