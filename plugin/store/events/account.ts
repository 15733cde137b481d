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
  /** Nobody logs in to it. */
  disabled?: true
  /** Passwords of single mail clients, oldest first. */
  apps?: AppRecord[]
  /** Name of the blob that has its second factor. */
  factor?: string
  /** The same of one that nobody has shown to have yet. */
  pending?: string
}

/** A password of a mail client. */
export interface AppRecord {
  id: string
  name: string
  created: number
  /** Name of the blob that proves it. */
  secret: string
}

/** What proves the password; both `''` where a server of the domain is asked instead. */
export interface Secrets {
  /** `scrypt$N$r$p$salt$hash`, base64 parts (RFC 7914). */
  password: string
  /** `SCRAM-SHA-256$iterations$salt$storedKey$serverKey`, base64 parts (RFC 5803), or `''`. */
  scram: string
}

/** What proves a password of a mail client. */
export interface AppSecrets {
  /** SHA-256, hex: there is nothing to guess in what was drawn by lot. */
  hash: string
  scram: string
}

/** A second factor. */
export interface Factor {
  /** Of TOTP, base32. */
  secret: string
  /** SHA-256, hex, of the recovery codes that are left. */
  recovery: string[]
}

/** An account as it is from now on; null: it is gone. */
export interface Account {
  type: 'account'
  name: string
  account: AccountRecord | null
}

export const account: Kind<Account> = {
  fold: (tables, { name, account: record }) => {
    const [before, after] = [namesIn(getAccount(tables, name)), namesIn(record)]
    for (const one of after) if (!before.has(one)) addRef(tables, [one, ACCOUNT, 0])
    for (const one of before) if (!after.has(one)) dropRef(tables, [one, ACCOUNT, 0])
    if (record) tables.accounts.put(name, encode(record))
    else tables.accounts.remove(name)
  },
  changes: NONE,
  // Whose mail that of an address is may change with it.
  followed: 'settings',
  blobs: ({ account: record }) => [...namesIn(record)],
  gone: NONE,
  names: false,
}

/** As what an account refers to its secrets. */
export const ACCOUNT = 'account'

/** The blobs that it names. */
function namesIn(record: AccountRecord | null): Set<string> {
  if (!record) return new Set()
  const { secret, apps = [], factor, pending } = record
  const names = [secret, ...apps.map((app) => app.secret), factor, pending]
  return new Set(names.filter((name) => name !== undefined))
}

export function getAccount(views: Views, name: string): AccountRecord | null {
  const bytes = views.accounts.get(name)
  return bytes ? decode<AccountRecord>(bytes) : null
}

/** The bytes that are kept for an account. */
export function secretBytes(secrets: Secrets | AppSecrets | Factor): Buffer {
  return encode(secrets)
}

/** The secrets of an account. Refused where the disk no longer has what was put there. */
export function secretsOf(views: Views, { secret }: Pick<AccountRecord, 'secret'>): Secrets {
  return readSecret<Secrets>(views, secret)
}

export function appSecretsOf(views: Views, { secret }: AppRecord): AppSecrets {
  return readSecret<AppSecrets>(views, secret)
}

/** By the name of its blob. */
export function factorOf(views: Views, name: string): Factor {
  return readSecret<Factor>(views, name)
}

function readSecret<T>(views: Views, name: string): T {
  const bytes = views.blobs.get(name)
  if (!bytes || blobName(bytes) !== name)
    throw new Refused(
      'damaged',
      'The password of this account is damaged on the disk of the mail server; the administrator can set a new one.',
    )
  return decode<T>(bytes)
}
