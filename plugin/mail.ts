// The nouns of Lazaret: types and constants, no behaviour. Words as in docs/architecture.md "Words".

/** `user@example.com`, `example.com`, or `''` for everything (super-admin). Lower case, canonical. */
export type Scope = string

export type Direction = 'in' | 'out'
export type VerdictClass = 'ham' | 'unsure' | 'spam'
export type Label = 'ham' | 'spam'
export type ListKind = 'allow' | 'block'
export type Tier = 'super-admin' | 'domain' | 'address'

/** Scores from which a message is unsure and spam, 0..1. */
export interface Thresholds {
  unsure: number
  spam: number
}

/** docs/classifier.md "Model": ham up to the first, unless somebody sets them otherwise. */
export const THRESHOLDS: Thresholds = { unsure: 0.2, spam: 0.9 }

/** One reason of a verdict: `weight` in logits, positive towards spam; `text` for people. */
export interface Evidence {
  name: string
  weight: number
  text: string
}

/** What header From says of its authors (mime/authors.ts). */
export interface Authors {
  /** Each once, in the order in which they stand; as found, not in normal form. */
  readonly shown: readonly string[]
  /** Null: none, several, a group, several fields, or what readers may read differently. */
  readonly author: string | null
}

/**
 * Domains of which other plugins proved that they sent the message; none where nothing was proven.
 * `dkim`: d= of the signatures that verified (RFC 6376 §3.5). `spf`: the domain for which SPF passed
 * (RFC 7208 §2.4 MAIL FROM; §2.3 HELO, which counts with a null reverse-path only). `checked`: plugins that prove
 * such things run on this server.
 */
export interface Proofs {
  dkim: readonly string[]
  spf: { scope: 'mfrom' | 'helo'; domain: string } | null
  checked: boolean
}

/** What was decided about one message for one recipient; `score` is a probability of spam, 0..1. */
export interface Verdict {
  class: VerdictClass
  score: number
  evidence: Evidence[]
}

/** Where a message would have gone: kept at hold time so that a release goes the same way. */
export interface Route {
  /** `smtp://host:port` or `lmtp://host:port`; null: by Haraka's own get_mx hooks. */
  nextHop: string | null
  /** Haraka's `queue.wants` note, such as `smtp_forward` or `outbound`. */
  wants: string | null
  /** Another plugin chose that hop for this message; else a release goes as mail does on its day. */
  chosen?: boolean
}

/** Who handed a message in, for the trace field of a release. Printable ASCII. */
export interface Client {
  /** What it called itself in EHLO: a domain or an address literal; `''`: neither. */
  helo: string
  /** By the DNS; `''`: unknown. */
  name: string
  /** Its network address. */
  address: string
  /** `ESMTPSA` and the like (RFC 3848, RFC 6531 §4.3). */
  protocol: string
}

/** What the client asked for beside the addresses, checked: it is said again to the next hop. */
export interface Asked {
  /** RFC 6531 §3.4: it declared international addresses or header fields. */
  utf8?: true
  /** RFC 3461 §4.3, §4.4. */
  ret?: 'FULL' | 'HDRS'
  envid?: string
  /** RFC 3461 §4.1, §4.2, by recipient. */
  to?: Record<string, AskedFor>
}

export interface AskedFor {
  notify?: string
  orcpt?: string
}

/** What is changed at the headers of a delivered message; its body is never touched. */
export interface Edit {
  /** Lower-case names of header fields that are removed first (forged ones). */
  remove: string[]
  /** Fields put in front, in order. */
  add: [name: string, value: string][]
  /** Put before the Subject, or null. */
  subjectPrefix: string | null
}

/**
 * `held`: taken off an SMTP transaction; `copy`: of a delivered unsure message; `report`: appended to
 * Spam or Not Spam by a person; `notice`: from the quarantine itself; `plain`: in a folder of
 * the test switch, where it means nothing; `split`: on its way to a recipient whose headers differ from
 * those of the other recipients of the same transaction; it lies in no folder.
 */
export type ItemKind = 'held' | 'copy' | 'report' | 'notice' | 'plain' | 'split'

/**
 * State of an item's release. `wanted`: a person asked; `claimed`: one worker is handing it to the
 * outbound queue; `queued`: the queue has it on disk; `deferred`: the next hop said 4xx, the queue
 * tries again; `sending`: the next hop is being given the end of the message, and nothing can be taken back;
 * `delivered` and `failed` are final; `cancelled`: taken back before it was sent.
 */
export type ReleaseState =
  'wanted' | 'claimed' | 'queued' | 'deferred' | 'sending' | 'delivered' | 'failed' | 'cancelled'

/** Who asked for a release, when (Unix time in ms), and how they came (Login.via). */
export interface Asking {
  actor: string
  /** The account as which an administrator did it. */
  as?: string
  at: number
  via: string
}

/** What became of a release for one recipient, as far as it is known. */
export interface Outcome {
  recipient: string
  state: 'sending' | 'delivered' | 'failed'
  /** Unix time in ms. */
  at: number
  reply: string
}

export interface Release {
  state: ReleaseState
  /** Unix time in ms of the last change. */
  at: number
  /** Unique per attempt to hand over; travels with the queue file so that a crash can be told apart. */
  token: string
  /** Who claimed it: `pid:start`. Empty unless claimed. */
  worker: string
  /** The receiving server's reply, or the reason of a failure. */
  reply: string
  actor: string
  /** Who asked for it last, where that is known. */
  asked?: Asking
  /** By recipient; those who have got it are not sent it again. */
  outcomes?: Outcome[]
}

/** Central systems are told what people say of messages: by mail, or by a POST over HTTPS. */
export const REPORT_TARGETS = ['mail', 'post'] as const
export type ReportTarget = (typeof REPORT_TARGETS)[number]

/**
 * State of a report. `wanted`: it waits; `claimed`: one worker is at it; `queued`: the outbound queue has it on disk;
 * `sending`: the next hop is being given it; `sent` and `failed` (given up) are final; `dropped`: taken back before it
 * was sent.
 */
export type ReportState =
  'wanted' | 'claimed' | 'queued' | 'sending' | 'sent' | 'failed' | 'dropped'

/**
 * State of a digest. `told`: it lies in INBOX, and goes nowhere; `wanted`: it is to be mailed; `claimed`, `queued`,
 * `sending`, `sent`, `failed` as of a report; `unknown`: it may have arrived, and is not sent again; `forgotten`: with all
 * that is known of digests for this address.
 */
export type DigestState =
  'told' | 'wanted' | 'claimed' | 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'forgotten'

/** What central systems know of an item. */
export interface Reported {
  /** Names the report to them. */
  id: string
  /** What each was told, or may have been. */
  told: Partial<Record<ReportTarget, Label>>
}

/** Whose it is: seen by whoever sees that scope; `own`: by its own account alone, and by no administrator. */
export interface Seen {
  scope: Scope
  eyes?: 'own'
}

/** One message held (or copied) for one recipient (`in`) or from one sender (`out`). */
export interface Item extends Seen {
  /** Sequence number of the event that made it. */
  id: number
  kind: ItemKind
  /** SHA-256 of the raw bytes, lower-case hex; the blob's key. */
  blob: string
  /** Octets of the raw message. */
  size: number
  /** Unix time in ms at which it was received: INTERNALDATE. */
  at: number
  /** Minutes east of UTC in which an APPEND told that time; UTC unless given. */
  zone?: number
  direction: Direction
  /** Envelope sender, `''` for the null reverse-path. */
  sender: string
  /** Envelope recipients: exactly one unless direction is `out`. */
  recipients: string[]
  /** Whose eyes: the recipient (`in`), or who sent it (`out`): the login, else the sender; canonical. */
  scope: Scope
  /** Of what is for its own account alone. */
  eyes?: 'own'
  /** The folder it is at home in: an undo brings it back there. */
  home: string
  route: Route | null
  /** Absent where it did not come in by SMTP, or by an older version. */
  client?: Client
  asked?: Asked
  /** The Received field that Haraka wrote, without its name. */
  received?: string
  /** Score from which a message was spam when it was judged. */
  required?: number
  /** Octets of the fields that IMAP shows in front of it (quarantine/folders/front.ts), where they are counted. */
  front?: number
  verdict: Verdict | null
  /** What other Haraka plugins found, as `name=value`. */
  signals: string[]
  /** Header changes of a `split` item when it is sent; null: sent as it is. */
  edit: Edit | null
  /** Message-ID plus hash of the decoded body (mime/identity.ts): finds it again after an APPEND. */
  identity: string
  /** What this item was given as a lesson for. */
  trained: Label | null
  release: Release | null
  /** Absent where nothing was ever reported. */
  reported?: Reported
  /** Its places, the latest last; empty when deleted but still recoverable. */
  places: PlaceKey[]
  /** Unix time in ms from which its end counts: that at which it came to its latest place, or was deleted. */
  since: number
  /** It carries $Expiring where it lies: it expires soon. */
  expiring?: true
  /** How it lost its last place. */
  deleted?: Deletion
}

/** When an item lost its last place (Unix time in ms), by whom, and which folder that was in. */
export interface Deletion {
  at: number
  actor: string
  folder: string
}

/** System flags as bits (RFC 9051 §2.3.2). */
export const FLAG = { seen: 1, answered: 2, flagged: 4, deleted: 8, draft: 16 } as const

/** What names a place. */
export type PlaceKey = [uid: number, folder: string]

/**
 * An item in a folder. In the folders of the quarantine the UID is the seq of the event that put it
 * there; a folder of the test switch counts its own from 1.
 */
export interface Place {
  uid: number
  item: number
  folder: string
  /** Bits of FLAG. */
  flags: number
  /** Id of an interned, sorted set of keywords; 0 is the empty set. */
  keywords: number
  modseq: number
  /** Unix time in ms at which it entered the folder: SAVEDATE (RFC 8514). */
  saved: number
}

/** Who is logged in, and what they may see. */
export interface Login {
  account: string
  tier: Tier
  scope: Scope
  /** The administrator who acts as this account; absent: nobody does. */
  administrator?: string
  /** Id of the app password that they came with, which is good for mail alone. */
  app?: string
  /** How they came: `imap 192.0.2.1`, `api 192.0.2.1`, `command root` (the user of this machine). */
  via?: string
  /** What they do is tried only, and nothing of it is kept. */
  dry?: boolean
}

/** Flags of a message as a person or a client names them. */
export interface FlagSet {
  /** Bits of FLAG. */
  system: number
  keywords: readonly string[]
}

/** Rows of one folder in UID order: parallel arrays of the same length. */
export interface Rows {
  uid: Uint32Array
  modseq: Uint32Array
  flags: Uint32Array
  keywords: Uint32Array
}

/** Counters of one folder, kept with it: STATUS without a scan. */
export interface FolderStatus {
  messages: number
  unseen: number
  deleted: number
  /** Octets. */
  size: number
  uidNext: number
  /** Seq of the last change: HIGHESTMODSEQ. */
  modseq: number
}

/** One change of one folder, as read from the journal. */
export type Change =
  | { kind: 'add'; seq: number; uid: number; flags: number; keywords: number }
  | { kind: 'flags'; seq: number; uid: number; flags: number; keywords: number }
  | { kind: 'gone'; seq: number; uid: number }
