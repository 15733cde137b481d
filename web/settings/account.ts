// The account that is logged in, as it keeps itself: what opens it, and when it was opened last.
import { signal } from '@preact/signals'
import { get, login } from '../api.ts'

export interface Use {
  at: string
  network: string
}

/** What opens the account beside its password; never itself. */
export interface Kept {
  id: string | number
  name: string
  created: string
  lastUse: Use | null
}

export interface App extends Kept {
  id: string
}

export interface Account {
  name: string
  lastLogin: Use | null
  apps: App[]
  factor: { recovery: number } | null
}

export const account = signal<Account | null>(null)

export const pathOf = (name: string): string => `accounts/${encodeURIComponent(name)}`

export async function readAccount(): Promise<void> {
  const name = login.value?.account
  if (name !== undefined) account.value = await get<Account>(pathOf(name))
}
