// What strangers wrote, as it may stand in a message of ours: one line in which nothing hides, turns what stands beside
// it, or becomes a link.
import { asciiDomain, canonicalAddress } from '../../address.ts'

/** Controls, what turns the direction of text, what is not seen, surrogates without a partner. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu
/** Of a letter, marks beyond which the rest would cover the lines above and below. */
const MARKS = /(\p{M}{3})\p{M}+/gu
/** What mail clients make links of, though nobody wrote one. */
const LINK = /(https?|ftp|mailto|tel|javascript|data)(:)/gi
const WWW = /\bwww\./gi

/** `most`: characters as people count them; what is longer ends with an ellipsis. */
export function neutral(text: string, most: number): string {
  const line = text
    .slice(0, most * 32)
    .normalize('NFC')
    .replace(UNSEEN, ' ')
    .replace(MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(LINK, '$1[$2]')
    .replace(WWW, 'www[.]')
  const letters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment)
  return letters.length > most
    ? `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : line
}

/** Alphabets of which some letters look like those of another. */
const ALPHABETS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

/** Whether one word has letters of several alphabets, as those have that are to look like another. */
export function isMixed(text: string): boolean {
  return text
    .normalize('NFKC')
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => ALPHABETS.filter((one) => one.test(word)).length > 1)
}

const ADDRESS_MOST = 120

/** An address as it may be shown: its domain in A-labels where it is not in plain letters. */
export function neutralAddress(address: string): string {
  const form = canonicalAddress(address) ?? address
  const at = form.lastIndexOf('@')
  if (at < 0) return neutral(form, ADDRESS_MOST)
  const domain = asciiDomain(form.slice(at + 1)) ?? form.slice(at + 1)
  return neutral(`${form.slice(0, at)}@${domain}`, ADDRESS_MOST)
}
