// What the quarantine must do with a message, as the README tells it: a few lines that know nothing of the program.

export const FOLDERS = [
  'INBOX',
  'Caught',
  'Release & Train',
  'Release',
  'Not Spam',
  'Spam',
] as const
export type Name = (typeof FOLDERS)[number]

export interface Thing {
  /** The word in its Subject by which it is found again. */
  readonly key: string
  readonly recipient: string
  readonly folder: Name | null
  readonly label: 'ham' | 'spam' | null
  /** How many times the next hop has it. */
  readonly delivered: number
}

const LABEL: Partial<Record<Name, Thing['label']>> = {
  'Release & Train': 'ham',
  'Not Spam': 'ham',
  Spam: 'spam',
}
const RELEASES: readonly Name[] = ['Release & Train', 'Release']

/** The message after a drop; null: it is refused. `accepts`: what the next hop does with what is released to it. */
export function dropped(thing: Thing, to: Name, accepts: boolean): Thing | null {
  const { folder, delivered } = thing
  if (folder === null || folder === to || to === 'INBOX') return null
  const label = LABEL[to] ?? null
  if (to === 'Caught') {
    // What is delivered cannot be taken back; what was learned can.
    if (delivered > 0 && thing.label === null) return null
    return { ...thing, folder: 'Caught', label: null }
  }
  if (!RELEASES.includes(to)) return { ...thing, folder: to, label }
  if (delivered > 0)
    return folder === 'Caught' && label === thing.label ? null : { ...thing, folder: to, label }
  return accepts
    ? { ...thing, folder: to, label, delivered: 1 }
    : // It comes back, and what was learned from it stays.
      { ...thing, folder: 'Caught', label }
}

/** Who sees it: a login is `root`, a domain or an address. */
export function sees(login: string, { recipient }: Thing): boolean {
  return login === 'root' || recipient === login || recipient.endsWith(`@${login}`)
}
