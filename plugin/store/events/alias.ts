import type { Scope } from '../../mail.ts'
import { decode, encode, NOTHING } from '../codec.ts'
import type { Views } from '../env.ts'
import { NONE, type Kind } from './kind.ts'

/** Mail of `name` belongs to `owner` from now on: address to address, or domain to domain. Null: to itself again. */
export interface Alias {
  type: 'alias'
  name: Scope
  owner: Scope | null
}

export const alias: Kind<Alias> = {
  fold: (tables, { name, owner }) => {
    const old = getAlias(tables, name)
    if (old !== null) tables.aliases.remove([old, name])
    if (owner === null) tables.aliases.remove(name)
    else {
      tables.aliases.put(name, encode(owner))
      tables.aliases.put([owner, name], NOTHING)
    }
  },
  changes: NONE,
  followed: 'settings',
  blobs: NONE,
  gone: NONE,
  names: false,
}

/** Whose mail that of this address or domain is; null: it is no alias. */
export function getAlias(views: Pick<Views, 'aliases'>, name: Scope): Scope | null {
  const bytes = views.aliases.get(name)
  return bytes ? decode<Scope>(bytes) : null
}

/** The aliases of an address or a domain. */
export function aliasesOf(views: Pick<Views, 'aliases'>, owner: Scope): Scope[] {
  const keys = views.aliases.keys({ start: [owner], end: [owner, '\uffff'] })
  return Array.from(keys, (key) => (key as [Scope, Scope])[1])
}

/** All of them, in order. */
export function* allAliases(views: Views): Generator<{ name: Scope; owner: Scope }> {
  for (const { key, value } of views.aliases.range({}))
    if (typeof key === 'string') yield { name: key, owner: decode<Scope>(value) }
}
