// The phases of the harness, in the order in which they run.
import { accuracy } from '../accuracy.ts'
import type { Phase } from '../harness/phase.ts'
import { store } from '../store.ts'
import { imap } from './imap.ts'
import { masks } from './masks.ts'

export const PHASES: readonly Phase[] = [masks, store, imap, accuracy]
