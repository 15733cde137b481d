// A strict reader of responses: throws where the stream is not what RFC 9051 §9 allows.

export type Value = string | number | null | { atom: string } | Value[]

/** Reads one response line behind `* `, and where it ends. Strings are one char a byte. */
export function readLine(text: string, from = 0): { values: Value[]; end: number } {
  let at = from
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`)
  }
  const need = (what: string) => {
    if (!text.startsWith(what, at)) fail(`expected ${JSON.stringify(what)}`)
    at += what.length
  }
  const literal = (): string => {
    const head = /^~?\{(\d+)\}\r\n/.exec(text.slice(at, at + 20)) ?? fail('no literal')
    at += head[0].length
    const value = text.slice(at, at + Number(head[1]))
    if (value.length < Number(head[1])) fail('literal cut short')
    if (!head[0].startsWith('~') && value.includes('\0')) fail('NUL in a literal')
    at += value.length
    return value
  }
  const quoted = (): string => {
    let value = ''
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === '\\') at++
      if (at >= text.length || /[\0\r\n\x80-\xff]/.test(text[at])) fail('bad quoted string')
      value += text[at]
    }
    at++
    return value
  }
  const list = (): Value[] => {
    const values: Value[] = []
    for (at++; text[at] !== ')';) {
      // Lists may touch: addresses, and bodies of a multipart.
      if (values.length > 0 && !(text[at] === '(' && Array.isArray(values.at(-1)))) need(' ')
      values.push(value())
    }
    at++
    return values
  }
  const atom = (): Value => {
    const [word] =
      /^(?:[^\s(){"[\]]|\[[^\]]*\])+/.exec(text.slice(at, at + 4000)) ?? fail('no atom')
    at += word.length
    return word === 'NIL' ? null : /^\d+$/.test(word) ? Number(word) : { atom: word }
  }
  const value = (): Value => {
    if (text[at] === '(') return list()
    if (text[at] === '"') return quoted()
    return /^~?\{/.test(text.slice(at, at + 2)) ? literal() : atom()
  }
  need('* ')
  const values = [value()]
  while (text[at] === ' ') {
    at++
    values.push(value())
  }
  need('\r\n')
  return { values, end: at }
}

function nameOf(value: Value): string {
  if (value instanceof Object && 'atom' in value) return value.atom
  throw new Error(`no item name: ${JSON.stringify(value)}`)
}

/** The items of every FETCH response in `text`, which ends with a tagged response. */
export function fetched(text: string): Map<string, Value>[] {
  const all: Map<string, Value>[] = []
  let at = 0
  while (text.startsWith('* ', at)) {
    const { values, end } = readLine(text, at)
    at = end
    const [, name, items] = values
    if (!Array.isArray(items) || !(name instanceof Object)) throw new Error(`no FETCH: ${text}`)
    const entries: [string, Value][] = []
    for (let i = 0; i < items.length; i += 2) entries.push([nameOf(items[i]), items[i + 1]])
    all.push(new Map(entries))
  }
  if (!/^a1 (?:OK|NO|BAD) [^\r\n]*\r\n$/.test(text.slice(at)))
    throw new Error(`no tagged response: ${JSON.stringify(text.slice(at, at + 200))}`)
  return all
}
