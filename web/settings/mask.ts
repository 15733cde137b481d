// What a mask is, by the server's own grammar, and what it stands for, in examples.
import { Refused } from '../../plugin/errors.ts'
import { isTree, parseMask } from '../../plugin/filter/mask.ts'
import { translated } from '../sentences.ts'
import { masksIn } from './pasted.ts'

export type Looked =
  | { mask: string; wrong: null }
  /** `at`: position of the character that will not do, from 0; null: it is none alone. */
  | { mask: null; wrong: string; at: number | null }

/** An address as mail clients copy it, with its name, is that address. */
export function look(text: string): Looked {
  const looked = lookAt(text)
  if (looked.mask !== null) return looked
  const [only, ...more] = masksIn(text)
  if (only === undefined || more.length > 0 || only === text.trim()) return looked
  const inner = lookAt(only)
  return inner.mask === null ? looked : inner
}

/** Several masks in one field, each of them right; null: it is not so. */
export function several(text: string): string[] | null {
  const all = masksIn(text)
  return all.length > 1 && all.every((one) => lookAt(one).mask !== null) ? all : null
}

function lookAt(text: string): Looked {
  try {
    return { mask: parseMask(text.trim()), wrong: null }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const place = / \(character (\d+)\)\.$/.exec(error.message)?.[1]
    const before = text.length - text.trimStart().length
    return {
      mask: null,
      wrong: translated(error.message),
      at: place === undefined ? null : Number(place) - 1 + before,
    }
  }
}

/** Addresses that a mask matches, and some like them that it does not. */
export function examples(mask: string): { yes: string[]; no: string[] } {
  if (isTree(mask)) {
    const domain = mask.slice(1)
    return { yes: [`ann@${domain}`, `ann@mail.${domain}`], no: [`ann@not${domain}`] }
  }
  const at = mask.lastIndexOf('@')
  const [local, domain] = [mask.slice(0, at), mask.slice(at + 1)]
  const isOpen = local.startsWith('*')
  const isCut = domain.endsWith('*')
  const tail = local.slice(1)
  const head = domain.slice(0, -1)
  const locals = isOpen ? (tail === '' ? ['ann', 'bob'] : [tail, `my${tail}`]) : [local]
  const domains = isCut
    ? head === ''
      ? ['example.com', 'example.net']
      : head.endsWith('.')
        ? [`${head}com`, `${head}example.net`]
        : [head.includes('.') ? `${head}m` : `${head}.com`, `${head}ain.example`]
    : [domain]
  const pairs = Math.max(locals.length, domains.length)
  const yes = Array.from(
    { length: pairs },
    (_, i) => `${locals[i % locals.length]}@${domains[i % domains.length]}`,
  )
  const no: string[] = []
  if (!isOpen) no.push(`my${local}@${domains[0]}`)
  else if (tail !== '') no.push(`${tail}x@${domains[0]}`)
  if (!isCut) no.push(`${locals[0]}@mail.${domain}`)
  else if (head !== '') no.push(`${locals[0]}@not${domains[0]}`)
  return { yes, no }
}
