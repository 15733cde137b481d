// The record that assembly/classifier/trace.ts makes of a message: every feature with the text behind it.
import { lookText } from './looks.ts'
import { VIEWS, type View } from './views.ts'

/** One feature with the text behind it. */
export type Trace = {
  slot: number
  view: View
  kind: 'present' | 'empty' | 'shape' | 'signal' | 'word' | 'pair' | 'look'
  /** Header name in small letters; empty in the body. */
  header: string
  text: string
}

const KINDS = ['present', 'empty', 'shape', 'signal', 'word', 'pair', 'look'] as const

/** Reads the records of assembly/classifier/trace.ts. */
export function readTraces(bytes: Buffer): Trace[] {
  const traces: Trace[] = []
  for (let at = 0; at < bytes.length;) {
    const name = at + 9
    const text = name + bytes[at + 6]
    const second = text + bytes[at + 7]
    const end = second + bytes[at + 8]
    const kind = KINDS[bytes[at + 5]]
    traces.push({
      slot: bytes.readUInt32LE(at),
      view: VIEWS[bytes[at + 4]],
      kind,
      header: bytes.toString('latin1', name, text).toLowerCase(),
      text:
        kind === 'look'
          ? lookText(bytes.readUInt16LE(text))
          : [bytes.subarray(text, second), bytes.subarray(second, end)]
              .map(readable)
              .join(' ')
              .trim(),
    })
    at = end
  }
  return traces
}

/** Names of HTML tags are marked by a byte that UTF-8 does not have. */
function readable(token: Buffer): string {
  return token[0] === 0xff ? `<${token.toString('latin1', 1)}>` : token.toString('utf8')
}
