// The phases of the harness, in the order in which they run.
import { accuracy } from '../accuracy.ts'
import { gateway } from '../gateway.ts'
import type { Phase } from '../harness/phase.ts'
import { store } from '../store.ts'
import { cost } from './cost.ts'
import { imap } from './imap.ts'
import { kernel } from './kernel.ts'
import { masks } from './masks.ts'
import { start } from './start.ts'

export const PHASES: readonly Phase[] = [kernel, masks, gateway, store, imap, accuracy, cost, start]
