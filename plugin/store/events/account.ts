import type { Tier } from '../../mail.ts'
import { encode } from '../codec.ts'
import { NONE, type Kind } from './kind.ts'

export interface AccountRecord {
  tier: Tier
  /** `scrypt$N$r$p$salt$hash`, base64 parts (RFC 7914). */
  password: string
  /** `SCRAM-SHA-256$iterations$salt$storedKey$serverKey`, base64 parts (RFC 5803), or `''`. */
  scram: string
  created: number
}

/** An account as it is from now on; null: it is gone. */
export interface Account {
  type: 'account'
  name: string
  account: AccountRecord | null
}

export const account: Kind<Account> = {
  fold: (tables, { name, account: record }) => {
    if (record) tables.accounts.put(name, encode(record))
    else tables.accounts.remove(name)
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
