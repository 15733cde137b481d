// In which language a digest and the pages of its links speak: a file for each.
import { inLanguage } from '../notices/texts.ts'
import { de } from './languages/de.ts'
import { en } from './languages/en.ts'
import type { DigestTexts } from './words.ts'

const LANGUAGES: Readonly<Record<string, DigestTexts>> = { en, de }

export function digestTexts(tag: string): DigestTexts {
  return inLanguage(LANGUAGES, tag, en)
}

/** The tag of the language that is written for a tag. */
export function writtenIn(tag: string): string {
  return inLanguage<DigestTexts | null>(LANGUAGES, tag, null) === null ? 'en' : tag
}
