// Whose rows there are in a table whose keys begin with a scope: looked for one by one, so that nobody reads the rows of others
// to find his own.
import type { Scope } from '../mail.ts'
import { sees } from '../scope.ts'
import type { ReadTable } from './env.ts'

/** Scopes with rows, in order, as far as these eyes see them; an address is not looked for. `from`: none before it. */
export function* scopesIn(
  table: ReadTable<string | number | (string | number)[]>,
  eyes: Scope,
  from: Scope = '',
): Generator<Scope> {
  if (eyes.includes('@')) {
    yield eyes
    return
  }
  for (let start: string[] | null = [from]; start;) {
    const [key] = Array.from(table.keys({ start, limit: 1 })) as [Scope][]
    if (key && sees(eyes, key[0])) yield key[0]
    start = key ? [key[0], '\uffff'] : null
  }
}
