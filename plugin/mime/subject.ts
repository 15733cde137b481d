// The base subject and other keys of SORT and THREAD: RFC 5256.

import type { Address } from './address.ts'
import { decodeWords } from './words.ts'

/** Of longer subjects only so much is compared: the steps below are quadratic in the worst case. */
const SUBJECT_MAX = 2_000

export interface BaseSubject {
  /** Decoded text without "Re:", "Fwd:", list names in brackets and the like; case is kept. */
  base: string
  /** True when something was taken off that marks a reply or a forward: RFC 5256 §3, THREAD. */
  isReply: boolean
}

const TRAILER = /(?:\(fwd\)|[ \t])$/i
const REFWD = /^(?:re|fwd?)[ \t]*(?:\[[^[\]]*\][ \t]*)?:/i
const BLOB = /^\[[^[\]]*\][ \t]*/

/** RFC 5256 §2.1 for a Subject value, latin1, folded or not. */
export function baseSubject(value: string): BaseSubject {
  // (1) decode, all white space to single spaces
  let text = decodeWords(value).replace(/\s+/g, ' ').slice(0, SUBJECT_MAX)
  let isReply = false
  for (;;) {
    // (2) trailing "(fwd)" and space
    for (let match = TRAILER.exec(text); match !== null; match = TRAILER.exec(text)) {
      isReply ||= match[0].length > 1
      text = text.slice(0, -match[0].length)
    }
    // (3) to (5): leaders and blobs in front
    for (;;) {
      const rest = withoutLeader(text)
      if (rest !== null) {
        isReply ||= !/^[ \t]/.test(text)
        text = rest
        continue
      }
      const blob = BLOB.exec(text)
      if (blob === null || blob[0].length === text.length) break
      text = text.slice(blob[0].length)
    }
    // (6) "[fwd: ... ]" around it all
    if (!/^\[fwd:.*\]$/i.test(text)) return { base: text, isReply }
    isReply = true
    text = text.slice(5, -1)
  }
}

/** subj-leader = (*subj-blob subj-refwd) / WSP */
function withoutLeader(text: string): string | null {
  if (text.startsWith(' ') || text.startsWith('\t')) return text.slice(1)
  let at = 0
  for (let blob = BLOB.exec(text); blob !== null; blob = BLOB.exec(text.slice(at))) {
    at += blob[0].length
  }
  const match = REFWD.exec(text.slice(at))
  return match === null ? null : text.slice(at + match[0].length)
}

/** RFC 5256 §3, SORT FROM, TO, CC: the mailbox of the first address, '' without one. */
export function sortMailbox(list: readonly Address[]): string {
  return list[0]?.mailbox ?? ''
}

/** RFC 5957 §3, SORT DISPLAYFROM and DISPLAYTO: the name of the first address, else the address. */
export function displayName(list: readonly Address[]): string {
  const first = list[0]
  if (first === undefined) return ''
  if (first.name !== null && first.name !== '') return decodeWords(first.name)
  if (first.host === null) return decodeWords(first.mailbox ?? '')
  return `${first.mailbox ?? ''}@${first.host}`
}
