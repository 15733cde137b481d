// What THREAD needs of a message (RFC 5256 §3).

export interface Threadable {
  /** place in the mailbox: decides between equal dates */
  readonly index: number
  /** Unix time in ms */
  readonly date: number
  /** base subject, folded */
  readonly subject: string
  /** the subject says that it is a reply or a forward */
  readonly isReply: boolean
  /** Message-ID, or '' */
  readonly id: string
  /** ids of its ancestors, oldest first */
  readonly references: readonly string[]
}
