// Threads run what was compiled, also where their owner runs from its source, as in tests.
import { sep } from 'node:path'

/** The compiled script of `source`, an absolute path to a file of plugin/ without its ending. */
export function scriptOf(source: string): string {
  if (!__filename.endsWith('.ts')) return `${source}.js`
  const root = __dirname.slice(0, -`${sep}plugin${sep}threads`.length)
  return `${root}${sep}dist${source.slice(root.length)}.js`
}
