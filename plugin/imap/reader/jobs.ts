// What the threads that read messages are asked, and what they answer.
import type { Question } from './question.ts'
import type { Source } from '../../threads/source.ts'
import type { Taken, Wanted } from './take.ts'

/** One message of a SEARCH. */
export interface Candidate {
  readonly index: number
  readonly source: Source
  readonly plain: boolean
  readonly question: Question
}

/** Messages to be threaded, by columns; words (ids, subjects) are numbers, 0 is none. */
export interface ThreadColumns {
  /** what stands for each in the answer */
  readonly numbers: Uint32Array
  readonly dates: Float64Array
  readonly subjects: Uint32Array
  readonly replies: Uint8Array
  readonly ids: Uint32Array
  /** where the references of each begin; and of all the end */
  readonly starts: Uint32Array
  readonly references: Uint32Array
}

/** What is asked of a thread. */
export type Ask =
  | { readonly job: 'match'; readonly candidates: readonly Candidate[] }
  /** `most`: octets of all that is taken together */
  | {
      readonly job: 'take'
      readonly source: Source
      readonly wanted: readonly Wanted[]
      readonly most: number
    }
  | {
      readonly job: 'thread'
      readonly algorithm: 'REFERENCES' | 'ORDEREDSUBJECT'
      readonly columns: ThreadColumns
    }

export type Answer =
  /** indices of candidates that match, and of those that are not what was received: these read as empty ones */
  | { readonly matches: readonly number[]; readonly damaged: readonly number[] }
  /** in the order of what was wanted; null: it is not what was received */
  | { readonly taken: readonly Taken[] | null }
  /** the untagged response */
  | { readonly response: Uint8Array }
