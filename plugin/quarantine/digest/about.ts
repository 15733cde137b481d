// What a digest is made of, and words that its text and its HTML have in common.
import type { FolderNames } from '../folders/folders.ts'
import type { Content, DigestRow } from './content.ts'
import type { DigestTexts } from './words.ts'

/** What a digest is made of. */
export interface Digest {
  scope: string
  /** Names it. */
  id: string
  /** Unix time in ms. */
  at: number
  /** Address that it comes from. */
  from: string
  content: Content
  texts: DigestTexts
  /** Language tag of the texts. */
  language: string
  /** Time zone of the dates. */
  zone: string
  /** Unix time in ms of the digest before; null: there was none. */
  since: number | null
  folders: FolderNames
  /** One of the plans. */
  every: string
  /** Null: there is nothing to link to. */
  links: Links | null
}

export interface Links {
  /** Of the page. */
  page: string
  /** Of a message; null: links may do nothing. */
  item: ((row: DigestRow) => string) | null
  /** To get no more. */
  stop: string
  /** Days for which they are good. */
  days: number
}

/** A date and a time in words. */
export function dateIn(language: string, zone: string): (at: number) => string {
  // Without a country English dates are American ones.
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  })
  return (at) => format.format(at)
}

export function senderOf({ name, address, envelope }: DigestRow, texts: DigestTexts): string {
  const who = address === '' ? texts.noSender : name === '' ? address : `${name} <${address}>`
  return envelope === '' ? who : `${who} (${texts.sentBy} ${envelope})`
}

export function warningsOf({ claims, mixed }: DigestRow, texts: DigestTexts): string[] {
  return [...(claims === null ? [] : [texts.claims(claims)]), ...(mixed ? [texts.mixed] : [])]
}

/** Why it comes, and how often. */
export const whyOf = ({ texts, scope, every }: Digest): string =>
  Object.hasOwn(texts.every, every) ? texts.because(scope, texts.every[every]) : texts.asked(scope)
