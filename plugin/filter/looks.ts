// The looks of a Subject and a From (assembly/classifier/looks.ts) in words for people.

const RELATIONS = [
  'without a domain',
  'of the same domain',
  'of a domain near by',
  'of another domain',
]
const SCRIPTS = [
  'bytes that are no text',
  'Latin letters with marks',
  'Greek',
  'Cyrillic',
  'Hebrew',
  'Arabic',
  'Thai',
  'Kana',
  'Han',
  'Hangul',
  'letters drawn otherwise',
  'pictures',
  'signs that nobody sees',
  'another script',
  'signs',
  'Latin with Greek or Cyrillic in one word',
]
const NAMES = [
  '',
  'no name',
  ...RELATIONS.map((one) => `an address as the name, ${one}`),
  'a domain as the name',
  'the local part as the name',
  'a name',
]
const ANSWERS = [
  'a new message',
  'refers to another one, and is no answer by its subject',
  'an answer by its subject, and refers to none',
  'an answer',
]

/** By kind and value, as bytes of the number. */
const TEXTS: Record<number, (value: number) => string> = {
  1: () => 'all in capitals',
  2: (n) => `${n}${n === 3 ? ' or more' : ''} exclamation marks`,
  3: (n) => `${n}${n === 2 ? ' or more' : ''} question marks`,
  4: () => 'speaks of money',
  5: () => 'a long number',
  6: () => 'a gap before its last word',
  7: () => 'encoded',
  8: (script) => SCRIPTS[script],
  9: (n) => (n === 0 ? 'all ASCII' : `ASCII but for up to ${n} quarters`),
  10: (n) => ANSWERS[n],
  11: (n) => NAMES[n],
  12: (n) => `Message-ID ${RELATIONS[n]}`,
}

export function lookText(look: number): string {
  return TEXTS[look >> 8](look & 255)
}
