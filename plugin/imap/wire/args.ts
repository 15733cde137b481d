// Commands with few arguments, one function each; each reads to the end of the command.
import { Bad } from '../../errors.ts'
import type { Reader } from './reader.ts'
import type { SAVED, SequenceSet } from './sets.ts'

/** Commands without arguments. */
export function parseNothing(reader: Reader): void {
  reader.needEnd()
}

/** LOGIN (RFC 9051 §6.2.3). */
export function parseLogin(reader: Reader): { user: string; password: string } {
  reader.needSpace()
  const user = reader.astring('a user name')
  reader.needSpace()
  const password = reader.astring('a password')
  reader.needEnd()
  return { user, password }
}

/** One mailbox: DELETE, SUBSCRIBE, UNSUBSCRIBE, MYRIGHTS, GETACL, GETQUOTAROOT. */
export function parseMailbox(reader: Reader): string {
  reader.needSpace()
  const mailbox = reader.mailbox()
  reader.needEnd()
  return mailbox
}

export interface Create {
  readonly mailbox: string
  /** special-use attributes asked for: `\Trash` (RFC 6154 §3) */
  readonly use: readonly string[]
}

/** CREATE (RFC 9051 §6.3.4) with `(USE (\Trash))`. A '/' at the end of the name is dropped. */
export function parseCreate(reader: Reader): Create {
  reader.needSpace()
  // RFC 9051 §6.3.4: a trailing delimiter only declares that children are intended
  const mailbox = reader.newMailbox().replace(/\/$/, '')
  let use: string[] = []
  if (reader.takeText(' (USE ')) {
    use = reader.flagList()
    reader.need(')')
  }
  reader.needEnd()
  return { mailbox, use }
}

/** RENAME (RFC 9051 §6.3.6). */
export function parseRename(reader: Reader): { from: string; to: string } {
  reader.needSpace()
  const from = reader.mailbox()
  reader.needSpace()
  const to = reader.newMailbox().replace(/\/$/, '')
  reader.needEnd()
  return { from, to }
}

/** COPY (RFC 9051 §6.4.7) and MOVE (§6.4.8). */
export function parseCopy(reader: Reader): {
  set: SequenceSet | typeof SAVED
  mailbox: string
} {
  reader.needSpace()
  const set = reader.setOrSaved()
  reader.needSpace()
  const mailbox = reader.mailbox()
  reader.needEnd()
  return { set, mailbox }
}

/** UID EXPUNGE (RFC 4315 §2.1). */
export function parseUidExpunge(reader: Reader): SequenceSet | typeof SAVED {
  reader.needSpace()
  const set = reader.setOrSaved()
  reader.needEnd()
  return set
}

/** ENABLE (RFC 9051 §6.3.1): capability names in upper case, each once. */
export function parseEnable(reader: Reader): string[] {
  const names = new Set<string>()
  reader.needSpace()
  do names.add(reader.atom('a capability').toUpperCase())
  while (reader.take(' ') && !reader.atEnd)
  reader.needEnd()
  return [...names]
}

/**
 * ID (RFC 2971 §3.1): fields in lower case; NIL and an empty list give an empty map. Lists of more than the 30 pairs of
 * §3.3 are seen and harmless: the length of the command bounds them.
 */
export function parseId(reader: Reader): Map<string, string | null> {
  const fields = new Map<string, string | null>()
  reader.needSpace()
  if (!reader.takeWord('NIL')) {
    const read = () => {
      const name = reader.string('a field name').toLowerCase()
      reader.needSpace()
      fields.set(name, reader.nstring())
    }
    reader.list(read, { max: Infinity, empty: true })
  }
  reader.needEnd()
  return fields
}

/** COMPRESS (RFC 4978 §3): the mechanism in upper case. */
export function parseCompress(reader: Reader): string {
  reader.needSpace()
  const mechanism = reader.atom('a compression mechanism').toUpperCase()
  reader.needEnd()
  return mechanism
}

/** GETQUOTA (RFC 9208 §4.1.1): the quota root. */
export function parseGetQuota(reader: Reader): string {
  reader.needSpace()
  const root = reader.astring('a quota root')
  reader.needEnd()
  return root
}

/** SETQUOTA (RFC 9208 §4.1.3). */
export function parseSetQuota(reader: Reader): {
  root: string
  limits: Map<string, number>
} {
  reader.needSpace()
  const root = reader.astring('a quota root')
  reader.needSpace()
  const limits = new Map<string, number>()
  const read = () => {
    const resource = reader.atom('a resource').toUpperCase()
    reader.needSpace()
    limits.set(resource, reader.number64())
  }
  reader.list(read, { max: 16, empty: true })
  reader.needEnd()
  return { root, limits }
}

export interface AclChange {
  readonly mailbox: string
  readonly identifier: string
  /** `+lrs`, `-d` or `lrs`; absent for DELETEACL and LISTRIGHTS */
  readonly rights?: string
}

/** SETACL, DELETEACL and LISTRIGHTS (RFC 4314 §3). */
export function parseAcl(reader: Reader, options: { rights: boolean }): AclChange {
  reader.needSpace()
  const mailbox = reader.mailbox()
  reader.needSpace()
  const identifier = reader.astring('an identifier')
  let rights: string | undefined
  if (options.rights) {
    reader.needSpace()
    const position = reader.position
    rights = reader.astring('rights')
    if (!/^[+-]?[a-z0-9]*$/.test(rights)) throw new Bad(`Expected rights at position ${position}`)
  }
  reader.needEnd()
  return { mailbox, identifier, rights }
}
