// What the server says, in the reader's language: it speaks English, and each language of the page has a file of its sentences.
import { signal } from '@preact/signals'
import { BASE } from './api.ts'
import { compiled, translated as within, type Sentence } from './translate.ts'

const known = signal<Sentence[]>([])
let wanted = ''

/** Answers when the sentences of this language are here, and what is shown of them is in it; English ones need none. */
export async function learn(tag: string): Promise<void> {
  wanted = tag
  const sentences = tag === 'en' ? [] : compiled(await read(tag))
  // Another language was chosen meanwhile.
  if (wanted === tag) known.value = sentences
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

/** The same in the language of the page; as it is where that is not known. */
export const translated = (english: string): string => within(known.value, english)
