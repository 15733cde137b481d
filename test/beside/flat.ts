// A BODYSTRUCTURE as a table, so that two of them can be compared field by field.
import type { Value } from '../imap/fetch/response.ts'

export type Fields = ReadonlyMap<string, string>

const LEAF = ['type', 'subtype', 'params', 'id', 'description', 'encoding', 'octets']
const EXTENSION = ['disposition', 'language', 'location']

/**
 * The fields of every body by its path. A path is one of numbers, as in BODY[1.2]; the message in part 2 is `2!`, the
 * whole message ''.
 */
export function flat(structure: Value): Map<string, Fields> {
  const bodies = new Map<string, Fields>()
  const visit = (value: Value, path: string) => {
    if (!Array.isArray(value)) throw new Error(`no body: ${JSON.stringify(value)}`)
    const fields = new Map<string, string>()
    const rest = value.slice()
    const take = (name: string) => fields.set(name, JSON.stringify(rest.shift() ?? null))
    bodies.set(path, fields)
    if (Array.isArray(rest[0])) {
      fields.set('type', '"multipart"')
      for (let i = 1; Array.isArray(rest[0]); i++) visit(rest.shift() ?? null, below(path, i))
      for (const name of ['subtype', 'params', ...EXTENSION]) take(name)
      return
    }
    for (const name of LEAF) take(name)
    const type = JSON.parse(String(fields.get('type')).toLowerCase()) as unknown
    if (type === 'text') take('lines')
    else if (type === 'message' && Array.isArray(rest[1])) {
      take('envelope')
      visit(rest.shift() ?? null, `${path}!`)
      take('lines')
    }
    for (const name of ['md5', ...EXTENSION]) take(name)
  }
  visit(structure, '')
  return bodies
}

function below(path: string, number: number): string {
  return path === '' ? String(number) : `${path}.${number}`
}
