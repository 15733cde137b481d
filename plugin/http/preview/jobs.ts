// What the threads that prepare messages for people are asked, and what they answer.
import type { Source } from '../../threads/source.ts'

export type Want =
  | { readonly want: 'text' }
  | { readonly want: 'html' }
  | { readonly want: 'parts' }
  /** number of an attachment, from 1 */
  | { readonly want: 'part'; readonly part: number }

export type Ask = Want & { readonly source: Source }

/** An attachment, or what is shown within the text. */
export interface Attachment {
  part: number
  name: string
  type: string
  /** octets, decoded */
  size: number
  /** stands in the text, and is shown there */
  inline: boolean
}

export type Answer =
  | { readonly text: string }
  | { readonly parts: Attachment[] }
  | { readonly bytes: Uint8Array; readonly attachment: Attachment }
  /** there is no such part */
  | { readonly missing: true }
  /** the disk no longer has what was received */
  | { readonly damaged: true }
