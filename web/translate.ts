// Sentences of the server in another language: by what stays the same in each, whatever stands in its places. Pure.

export interface Sentence {
  /** Of the whole text; its groups are what stands in its places. */
  pattern: RegExp
  places: string[]
  text: string
  /** Characters that stay the same. */
  fixed: number
}

const DEPTH = 2

/** `sentences`: English ones, with `{name}` where something stands, and what each is. The most definite come first. */
export function compiled(sentences: Record<string, string>): Sentence[] {
  return Object.entries(sentences)
    .map(([english, text]) => {
      const places = Array.from(english.matchAll(/\{(\w+)\}/g), ([, name]) => name)
      const pieces = english.split(/\{\w+\}/)
      const source = pieces.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return {
        pattern: new RegExp(`^${source.join('([^]*?)')}$`),
        places,
        text,
        fixed: pieces.join('').length,
      }
    })
    .sort((a, b) => b.fixed - a.fixed)
}

/** The same in the other language; as it is where that is not known. What stands in it may be a sentence too. */
export function translated(known: readonly Sentence[], english: string, depth = 0): string {
  if (depth > DEPTH) return english
  for (const { pattern, places, text } of known) {
    const found = pattern.exec(english)
    if (!found) continue
    return text.replace(/\{(\w+)\}/g, (_, name: string) =>
      translated(known, found[places.indexOf(name) + 1] ?? '', depth + 1),
    )
  }
  return english
}
