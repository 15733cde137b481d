// The phases of the harness, in the order in which they run.
import type { Phase } from '../harness/phase.ts'
import { store } from '../store.ts'

export const PHASES: readonly Phase[] = [store]
