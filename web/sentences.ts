// What the server says, in the reader's language: it speaks English, and each language of the page has a file of its sentences.
import { signal } from '@preact/signals'
import { BASE } from './api.ts'

interface Sentence {
  /** Of the whole text; its groups are what stands in its places. */
  pattern: RegExp
  places: string[]
  text: string
}

const known = signal<Sentence[]>([])

/** Answers when the sentences of this language are here; English ones need none. */
export async function learn(tag: string): Promise<void> {
  known.value = tag === 'en' ? [] : compiled(await read(tag))
}

async function read(tag: string): Promise<Record<string, string>> {
  try {
    const answer = await fetch(`${BASE}${tag}.server.json`)
    return answer.ok ? ((await answer.json()) as Record<string, string>) : {}
  } catch {
    // Then they are in English.
    return {}
  }
}

function compiled(sentences: Record<string, string>): Sentence[] {
  return Object.entries(sentences).map(([english, text]) => {
    const places = Array.from(english.matchAll(/\{(\w+)\}/g), ([, name]) => name)
    const fixed = english.split(/\{\w+\}/).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return { pattern: new RegExp(`^${fixed.join('([^]*?)')}$`), places, text }
  })
}

/** The same in the language of the page; as it is where that is not known. What stands in it may be a sentence too. */
export function translated(english: string, depth = 0): string {
  if (depth > 2) return english
  for (const { pattern, places, text } of known.value) {
    const found = pattern.exec(english)
    if (!found) continue
    return text.replace(/\{(\w+)\}/g, (_, name: string) =>
      translated(found[places.indexOf(name) + 1] ?? '', depth + 1),
    )
  }
  return english
}
