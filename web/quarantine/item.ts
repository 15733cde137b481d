// Items as the API shows them.

export interface Item {
  id: number
  kind: string
  direction: 'in' | 'out'
  scope: string
  from: { name: string; address: string }
  claims: string | null
  sender: string
  recipients: string[]
  subject: string
  size: number
  received: string
  expires: string | null
  class: 'ham' | 'unsure' | 'spam' | null
  score: number | null
  threshold: number | null
  why: Reason[]
  folders: string[]
  seen: boolean
  learned: 'ham' | 'spam' | null
  release: Release | null
  deleted: { at: string; by: string; folder: string } | null
  /** Who did the last thing with it. */
  handled: { by: string; as: string | null; at: string } | null
}

export interface Reason {
  name: string
  text: string
  /** In logits, positive towards spam. */
  weight: number
}

export interface Release {
  state: string
  at: string
  reply: string
  asked: { by: string; as: string | null; via: string; at: string } | null
  outcomes: { recipient: string; state: string; at: string; reply: string }[]
}

/** Classes of items, in the order of the API. */
export const CHIPS = [
  'all',
  'caught',
  'doubtful',
  'outgoing',
  'copies',
  'released',
  'learned',
  'failed',
  'deleted',
] as const
export type Chip = (typeof CHIPS)[number]

export const ORDERS = ['wanted', 'newest', 'expires', 'sender'] as const
export type Order = (typeof ORDERS)[number]

/** What can be done with items, by the names of the API. */
export type Action =
  'release' | 'releaseAndTrain' | 'notSpam' | 'spam' | 'delete' | 'undo' | 'markSeen' | 'markUnseen'

/** What a reader calls the sender. */
export const nameOf = ({ from, sender }: Item): string =>
  from.name || from.address || sender || '<>'
