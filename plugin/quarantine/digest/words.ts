// What the texts of a digest, and of the pages of its links, are.

/** Reasons that are known by name; `spam`: what speaks for it. */
export type Reason = 'text' | 'correspondents' | 'transport'

export interface DigestTexts {
  subject: (n: number) => string
  heading: (n: number, address: string, since: string | null) => string
  /** They are not in the mailbox, and in which order they stand. */
  order: (n: number) => string
  from: string
  /** Of an envelope sender that is another. */
  sentBy: string
  to: string
  received: string
  expires: string
  why: string
  noSubject: string
  noSender: string
  doubtful: string
  /** Mail of one's own that was held. */
  outgoing: string
  claims: (address: string) => string
  mixed: string
  look: string
  /** What the links do. */
  links: (days: number) => string
  more: (n: number, atLeast: boolean) => string
  /** How to get at them by a mail client. */
  folders: (caught: string, release: string, train: string) => string
  page: string
  /** Why this mail comes. */
  /** The same of one that was asked for, where none comes by itself. */
  asked: (address: string) => string
  because: (address: string, every: string) => string
  every: Record<string, string>
  unsubscribe: string
  reasons: Record<Reason, { spam: string; ham: string }>
  somewhat: (reason: string) => string
  blocked: string
  pages: PageTexts
}

export interface PageTexts {
  title: string
  /** What happens by a button, and that nothing did yet. */
  ask: string
  release: string
  releaseAndTrain: string
  allow: (address: string) => string
  block: (address: string) => string
  about: Record<'release' | 'releaseAndTrain' | 'allow' | 'block', string>
  done: Record<'release' | 'releaseAndTrain' | 'allow' | 'block', string>
  /** What the link was used for, and when. */
  used: (what: string, when: string) => string
  underway: string
  state: Record<'caught' | 'wanted' | 'delivered' | 'failed' | 'deleted' | 'moved' | 'gone', string>
  over: string
  wrong: string
  notAllowed: string
  disabled: string
  refused: (reason: string) => string
  noMask: string
  unsubscribe: (address: string) => string
  unsubscribeDo: string
  unsubscribed: (address: string) => string
  already: (address: string) => string
  busy: string
  failed: string
}
