// In which language the quarantine writes: a file for each.
import { de } from './languages/de.ts'
import { en } from './languages/en.ts'
import type { Texts } from './letters.ts'

/** By the primary subtag (RFC 5646 §2.2.1). */
const LANGUAGES: Readonly<Record<string, Texts>> = { en, de }

export const LANGUAGE_TAGS: readonly string[] = Object.keys(LANGUAGES)

/** The texts of a language tag such as `de` or `de-AT`; English where there are none. */
export function textsIn(tag: string): Texts {
  return inLanguage(LANGUAGES, tag, en)
}

/** What is there for a language tag; else `otherwise`. */
export function inLanguage<T>(all: Readonly<Record<string, T>>, tag: string, otherwise: T): T {
  const [primary] = tag.toLowerCase().split('-')
  return Object.hasOwn(all, primary) ? all[primary] : otherwise
}
