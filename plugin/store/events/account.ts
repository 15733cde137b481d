import { Refused } from '../../errors.ts'
import type { Tier } from '../../mail.ts'
import { addRef, blobName, dropRef } from '../blobs.ts'
import { decode, encode } from '../codec.ts'
import type { Views } from '../env.ts'
import { NONE, type Kind } from './kind.ts'

export interface AccountRecord {
  tier: Tier
  /** Name of the blob that has its secrets: they are not in the journal. */
  secret: string
  created: number
}

/** What proves passwords. */
export interface Secrets {
  /** `scrypt$N$r$p$salt$hash`, base64 parts (RFC 7914). */
  password: string
  /** `SCRAM-SHA-256$iterations$salt$storedKey$serverKey`, base64 parts (RFC 5803), or `''`. */
  scram: string
}

/** An account as it is from now on; null: it is gone. */
export interface Account {
  type: 'account'
  name: string
  account: AccountRecord | null
}

export const account: Kind<Account> = {
  fold: (tables, { name, account: record }) => {
    const old = getAccount(tables, name)
    if (old?.secret !== record?.secret) {
      if (record) addRef(tables, [record.secret, ACCOUNT, 0])
      if (old) dropRef(tables, [old.secret, ACCOUNT, 0])
    }
    if (record) tables.accounts.put(name, encode(record))
    else tables.accounts.remove(name)
  },
  changes: NONE,
  followed: null,
  blobs: ({ account: record }) => (record ? [record.secret] : []),
  gone: NONE,
  names: false,
}

/** As what an account refers to its secrets. */
export const ACCOUNT = 'account'

export function getAccount(views: Views, name: string): AccountRecord | null {
  const bytes = views.accounts.get(name)
  return bytes ? decode<AccountRecord>(bytes) : null
}

/** The bytes that are kept for an account. */
export function secretBytes({ password, scram }: Secrets): Buffer {
  return encode({ password, scram })
}

/** The secrets of an account. Refused where the disk no longer has what was put there. */
export function secretsOf(views: Views, { secret }: AccountRecord): Secrets {
  const bytes = views.blobs.get(secret)
  if (!bytes || blobName(bytes) !== secret)
    throw new Refused(
      'damaged',
      'The password of this account is damaged on the disk of the mail server; the administrator can set a new one.',
    )
  return decode<Secrets>(bytes)
}
