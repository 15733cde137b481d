// How much of a message is told of its structure, so that what is kept of any message is small and nobody parses it
// twice: made for mail that was made to be hard. Real mail stays far below.
import type { Content } from './content.ts'
import type { Param } from './params.ts'

/** Nesting behind this is not looked into: real mail has less than 20 levels. */
export const DEPTH_MAX = 100
/** Parts that are told apart; what follows is one leaf, the last of them. */
export const PARTS_MAX = 1000
/** Octets that all parts together say of themselves; the part that would say more is a leaf, and the last. */
export const STRUCTURE_MAX = 256 * 1024
/** Work of looking for delimiters, in octets compared. Half a million lines with two dashes are as many as nobody writes. */
export const SEARCH_MAX = 4_000_000
/** What such a line costs before an octet is compared. */
export const SEARCH_LINE = 8

/** Octets of one value of a part (an id, a file name); a longer one is as one that is missing. */
const VALUE_MAX = 4096
/** Octets of all parameters of a field; those that come later are left out. */
const PARAMS_MAX = 16_384
/** Tags of a Content-Language. */
const LANGUAGES_MAX = 100

/** Octets of the addresses in To, Cc and Bcc of an ENVELOPE together: some 5,000. Later ones are left out. */
export const RECIPIENTS_MAX = 256 * 1024
/** The same of From, Sender and Reply-To. */
export const AUTHORS_MAX = 32 * 1024
/** Octets of Subject, Date and the other texts, each; they end there. */
export const TEXT_MAX = 32 * 1024
/** A message within a message has so many times less. */
export const INNER = 8

/** The content without what is too long. */
export function boundContent(content: Content): Content {
  const { contentType, disposition, language } = content
  if (octetsOf(content) <= VALUE_MAX) return content
  return {
    contentType: contentType && {
      type: short(contentType.type) ?? 'application',
      subtype: short(contentType.subtype),
      params: fewParams(contentType.params),
    },
    disposition: disposition && {
      name: short(disposition.name) ?? 'attachment',
      params: fewParams(disposition.params),
    },
    language: language && language.slice(0, LANGUAGES_MAX).filter((tag) => short(tag) !== null),
    id: short(content.id),
    description: short(content.description),
    encoding: short(content.encoding),
    md5: short(content.md5),
    location: short(content.location),
  }
}

const short = (value: string | null): string | null =>
  value !== null && value.length > VALUE_MAX ? null : value

function fewParams(params: readonly Param[]): Param[] {
  let octets = 0
  return params.filter(([name, value]) => {
    if (name.length + value.length > VALUE_MAX) return false
    octets += PAIR + name.length + value.length
    return octets <= PARAMS_MAX
  })
}

/** Around a value, and a name with its value, as they are sent. */
const QUOTES = 3
const PAIR = 2 * QUOTES

/** What a part says of itself, roughly. */
export function octetsOf(content: Content): number {
  const { contentType, disposition, language, id, description, encoding, md5, location } = content
  let octets = 0
  for (const value of [id, description, encoding, md5, location]) octets += value?.length ?? 0
  for (const tag of language ?? []) octets += QUOTES + tag.length
  octets += (contentType?.type.length ?? 0) + (contentType?.subtype?.length ?? 0)
  for (const [name, value] of contentType?.params ?? []) octets += PAIR + name.length + value.length
  octets += disposition?.name.length ?? 0
  for (const [name, value] of disposition?.params ?? []) octets += PAIR + name.length + value.length
  return octets
}
