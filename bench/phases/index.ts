// The phases of the harness, in the order in which they run.
import { accuracy } from './accuracy/index.ts'
import { cold } from './young/cold.ts'
import { orders } from './young/orders.ts'
import { few } from './young/few.ts'
import { gateway } from './gateway/index.ts'
import { items } from './items/index.ts'
import type { Phase } from '../harness/phase.ts'
import { store } from './store/index.ts'
import { cost } from './cost/index.ts'
import { imap } from './imap/index.ts'
import { kernel } from './kernel/index.ts'
import { lesson } from './lesson/index.ts'
import { masks } from './masks/index.ts'
import { memory } from './memory/index.ts'
import { people } from './people/index.ts'
import { poisoning } from './young/poisoning.ts'
import { start } from './start/index.ts'
import { streams } from './young/streams.ts'

export const PHASES: readonly Phase[] = [
  kernel,
  masks,
  gateway,
  store,
  items,
  lesson,
  imap,
  accuracy,
  orders,
  cold,
  few,
  streams,
  poisoning,
  people,
  cost,
  start,
  memory,
]
