// One HTML text in every form in which some mail client shows it (docs/structure.md): a generator over the
// spellings of headers, boundaries, delimiters, encodings, charsets and nestings.
import type { Change } from './form.ts'
import { BOUNDARIES, DELIMITERS, TYPES } from './multipart.ts'
import { CHARSETS, ENCODINGS, NESTINGS, PARTS, SEPARATORS } from './part.ts'

export { ascii } from './encode.ts'
export { type Change, HEAD, write } from './form.ts'
export { CHARSETS } from './part.ts'
export { PLACES } from './places.ts'

/** All changes by kind and name. */
const KINDS: Record<string, Record<string, Change>> = {
  type: TYPES,
  boundary: BOUNDARIES,
  delimiter: DELIMITERS,
  part: PARTS,
  separator: SEPARATORS,
  encoding: ENCODINGS,
  charset: CHARSETS,
  nesting: NESTINGS,
}

/** Every change with the kind it is of. */
export const FORMS: { kind: string; name: string; change: Change }[] = Object.entries(
  KINDS,
).flatMap(([kind, changes]) =>
  Object.entries(changes).map(([name, change]) => ({ kind, name, change })),
)
