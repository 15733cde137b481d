// Where the answers of two servers about one message differ, and by which oddity of the message.
import type { Part } from '../../plugin/mime/structure.ts'
import type { Value } from '../imap/fetch/response.ts'
import { flat } from './flat.ts'
import { ODDITIES, SMALL_LETTERS, WHITE_END, type Aspect } from './oddities.ts'

export interface Said {
  readonly envelope: Value
  readonly structure: Value
  /** by what stands in the brackets of BODY[...]; what is not there was not asked */
  readonly sections: ReadonlyMap<string, string>
}

export interface Difference {
  /** `ENVELOPE from`, `BODYSTRUCTURE octets of 1.2`, `BODY[1.2]` */
  readonly what: string
  /** the oddity that explains it, or null */
  readonly kind: string | null
  readonly ours: string
  readonly theirs: string
}

const ENVELOPE_FIELDS = 'date subject from sender reply-to to cc bcc in-reply-to message-id'.split(
  ' ',
)
const ADDRESSES = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'])

/** Fields of a body in which the case of letters says nothing: RFC 2045 §5.1, §6.1. */
const NO_CASE = new Set(['type', 'subtype', 'params', 'encoding'])

const ASPECTS: Readonly<Record<string, Aspect>> = {
  octets: 'bytes',
  lines: 'bytes',
  envelope: 'envelope',
}

/** `root` is our tree of the message. */
export function differences(root: Part, ours: Said, theirs: Said): Difference[] {
  return [
    ...envelopes(root, ours.envelope, theirs.envelope),
    ...structures(root, ours.structure, theirs.structure),
    ...bodies(root, ours.sections, theirs.sections),
  ]
}

function envelopes(root: Part, ours: Value, theirs: Value): Difference[] {
  return ENVELOPE_FIELDS.flatMap((name, i) => {
    const [a, b] = [ours, theirs].map((value) =>
      JSON.stringify(Array.isArray(value) ? value[i] : value),
    )
    if (a === b) return []
    const trimmed = a === b.replace(/^"(?:\\t| )+|(?:\\t| )+"$/g, '"')
    const kind = trimmed
      ? WHITE_END.name
      : explain([root], ADDRESSES.has(name) ? 'envelope' : 'values')
    return [{ what: `ENVELOPE ${name}`, kind, ours: a, theirs: b }]
  })
}

function structures(root: Part, ours: Value, theirs: Value): Difference[] {
  const [a, b] = [flat(ours), flat(theirs)]
  const found: Difference[] = []
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(path), b.get(path)]
    const parts = near(root, path)
    if (one === undefined || other === undefined) {
      const what = `BODYSTRUCTURE has ${path === '' ? 'a body' : path}`
      const [mine, its] = [one, other].map((fields) => String(fields?.get('type')))
      found.push({ what, kind: explain(parts, 'shape'), ours: mine, theirs: its })
      continue
    }
    for (const name of new Set([...one.keys(), ...other.keys()])) {
      const [mine, its] = [one, other].map((fields) => String(fields.get(name)))
      if (mine === its) continue
      const what = `BODYSTRUCTURE ${name} of ${path === '' ? 'the message' : path}`
      if (mine.toLowerCase() === its.toLowerCase() && NO_CASE.has(name)) {
        found.push({ what, kind: SMALL_LETTERS.name, ours: mine, theirs: its })
        continue
      }
      const aspect = ASPECTS[name] ?? 'values'
      // The envelope of an enclosed message is that of its own header.
      const envelope = name === 'envelope' && other.has(name)
      const where = envelope ? around(root, `${path}!`) : parts
      found.push({
        what,
        kind: explain(where, other.has(name) ? aspect : 'shape'),
        ours: mine,
        theirs: its,
      })
    }
  }
  return found
}

function bodies(root: Part, ours: Said['sections'], theirs: Said['sections']): Difference[] {
  const found: Difference[] = []
  for (const [name, mine] of ours) {
    const its = theirs.get(name) ?? ''
    if (mine === its) continue
    // HEADER and TEXT of a message part are those of the message in it.
    const path = name.replace(/\.(?:HEADER|TEXT)$/, '!').replace(/\.?[A-Z]+$/, '')
    found.push({
      what: `BODY[${name}]`,
      kind: explain(near(root, path), 'bytes'),
      ours: mine,
      theirs: its,
    })
  }
  return found
}

/** The first oddity of one of the parts that may change this. */
export function explain(parts: readonly Part[], aspect: Aspect): string | null {
  const why = ODDITIES.find(
    (one) => one.changes.includes(aspect) && parts.some((part) => one.of(part)),
  )
  return why?.name ?? null
}

/** The same for what the whole message decides. */
export function explainAnywhere(root: Part, aspect: Aspect): string | null {
  return explain([...everyPart(root)], aspect)
}

export function* everyPart(part: Part): Generator<Part> {
  yield part
  for (const child of part.children) yield* everyPart(child)
}

/** The part at `path`, all around it, as far as there are some, and all in it: how it is read decides where it ends. */
function near(root: Part, path: string): Part[] {
  const parts = around(root, path)
  return [...parts, ...everyPart(parts[parts.length - 1])]
}

/** The part at `path` and all around it, as far as there are some; with `!` the message in it. */
function around(root: Part, path: string): Part[] {
  const parts = [root]
  let part = root
  for (const [i, step] of (path.match(/\d+|!/g) ?? []).entries()) {
    const next: Part | undefined =
      step === '!' ? part.children[0] : stepInto(part, Number(step), i === 0)
    if (next === undefined) return parts
    // The header of the message that is entered on the way counts, too.
    if (part.kind === 'message') parts.push(part.children[0])
    if (next !== part) parts.push(next)
    part = next
  }
  return parts
}

/** By the number of a BODY section: a message part is entered on the way, and part 1 of a leaf is itself. */
function stepInto(part: Part, number: number, root: boolean): Part | undefined {
  if (part.kind === 'message') {
    if (root) return part
    const [inner] = part.children
    return inner.kind === 'multipart' ? inner.children[number - 1] : inner
  }
  if (part.kind !== 'multipart') return number === 1 ? part : undefined
  return part.children[number - 1]
}
