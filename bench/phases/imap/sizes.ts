// How much of everything.
export interface Sizes {
  readonly rounds: number
  readonly cycles: number
  readonly messages: number
  readonly moves: number
  readonly idle: number
}

export const FULL: Sizes = { rounds: 5, cycles: 200, messages: 10_000, moves: 1000, idle: 500 }
export const QUICK: Sizes = { rounds: 3, cycles: 60, messages: 2000, moves: 200, idle: 100 }

/** Seconds since a `performance.now()`. */
export const seconds = (since: number): number => (performance.now() - since) / 1000
