// What one side says of every message of the selected folder.
import { readLine, type Value } from '../imap/fetch/response.ts'
import type { Client } from './client.ts'

/** The items of a FETCH response by name. */
export type Items = ReadonlyMap<string, Value>

/** A part that a BODYSTRUCTURE names. */
export interface Named {
  /** `1.2` as in BODY[1.2] */
  readonly path: string
  readonly type: string
  readonly octets: number | null
  readonly lines: number | null
}

/** FETCH of one item list for all messages, or of those in `set`; by sequence number from 1. */
export async function fetchItems(
  client: Client,
  items: string,
  set = '1:*',
): Promise<Map<number, Items>> {
  const text = await client.run(`FETCH ${set} (${items})`)
  const all = new Map<number, Items>()
  for (let at = 0; at < text.length;) {
    const { values, end } = readLine(text, at)
    at = end
    const [number, what, list] = values
    if (typeof number !== 'number' || !isAtom(what, 'FETCH') || !Array.isArray(list)) continue
    const entries: [string, Value][] = []
    for (let i = 0; i < list.length; i += 2) entries.push([nameOf(list[i]), list[i + 1]])
    all.set(number, new Map([...(all.get(number) ?? []), ...entries]))
  }
  return all
}

/** The numbers that a SEARCH answers. */
export async function search(client: Client, keys: string, literal: Buffer): Promise<number[]> {
  const text = await client.run(`SEARCH CHARSET UTF-8 ${keys} {${literal.length}+}\r\n`, [literal])
  const line = /^\* SEARCH([ 0-9]*)/m.exec(text)?.[1] ?? ''
  return line.trim() === '' ? [] : line.trim().split(' ').map(Number)
}

function isAtom(value: Value, atom: string): boolean {
  return value instanceof Object && 'atom' in value && value.atom === atom
}

function nameOf(value: Value): string {
  if (value instanceof Object && 'atom' in value) return value.atom
  throw new Error(`no item name: ${JSON.stringify(value)}`)
}

/** The parts that a BODYSTRUCTURE names, in order, each with the number that fetches it. */
export function namedParts(structure: Value): Named[] {
  const parts: Named[] = []
  const visit = (value: Value, path: number[]) => {
    if (!Array.isArray(value)) throw new Error(`no body: ${JSON.stringify(value)}`)
    if (Array.isArray(value[0])) {
      const name = path.join('.')
      if (name !== '') parts.push({ path: name, type: 'multipart', octets: null, lines: null })
      for (let i = 0; Array.isArray(value[i]); i++) visit(value[i], [...path, i + 1])
      return
    }
    // RFC 9051 §6.4.5.1: a body that is no multipart is part 1 of its message.
    const own = path.length === 0 ? [1] : path
    const type = typeof value[0] === 'string' ? value[0].toLowerCase() : ''
    const whole = type === 'message' && Array.isArray(value[8])
    parts.push({
      path: own.join('.'),
      type: whole ? 'message/rfc822' : type,
      octets: Number(value[6]),
      lines: type === 'text' ? Number(value[7]) : whole ? Number(value[9]) : null,
    })
    if (!whole) return
    const inner = value[8]
    if (Array.isArray(inner) && Array.isArray(inner[0])) {
      for (let i = 0; Array.isArray(inner[i]); i++) visit(inner[i], [...own, i + 1])
    } else visit(inner, [...own, 1])
  }
  visit(structure, [])
  return parts
}
