// A row of a list: what is kept, what is being typed, and what is wrong with it.

export interface Row {
  readonly key: number
  /** As the server has it; null: only typed so far. */
  readonly saved: string | null
  readonly text: string
  readonly problem: RowProblem | null
}

export type RowProblem =
  | { kind: 'mask'; sentence: string; at: number | null }
  | { kind: 'here' }
  | { kind: 'other'; mask: string }
  | { kind: 'server'; sentence: string }

let lastKey = 0

export const rowOf = (
  saved: string | null,
  text = saved ?? '',
  problem: RowProblem | null = null,
): Row => ({ key: ++lastKey, saved, text, problem })
