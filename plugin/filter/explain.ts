// Why a message scores as it does, in words. Reads the message again, slowly; never on the way of mail.
import type { Kernel } from './kernel.ts'
import { LIMIT, SHARES, contribution, type Score } from './score.ts'
import type { Trace } from './trace.ts'
import { VIEW_NAMES, VIEW_TEXTS, VIEWS } from './views.ts'

/** A word, pair of words or property of the message, and what it adds to z (positive: spam). */
export interface Token {
  /** `subject: cheap pills`, `date shape`, `spf=pass`, or the words alone where they are of the text. */
  text: string
  view: number
  weight: number
}

export interface ViewPart {
  /** as evidence of a verdict names it */
  key: string
  /** for people */
  name: string
  /** Number of features. */
  n: number
  /** What the view adds to z. */
  weight: number
  /** The sum of its tokens was so large that a good part of it does not count: they add up to more. */
  clipped: boolean
}

export interface Explanation {
  score: Score
  views: ViewPart[]
  /** The strongest tokens, strongest first. */
  tokens: Token[]
}

/** Share of LIMIT from which a view is called clipped: more than a tenth is bent away. */
const CLIPPED = 0.5

/** Headers that every message has: that they are there tells a person nothing. */
const USUAL = new Set([
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'received',
  'return-path',
  'delivered-to',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
])

/** The layers of whom the message is for. */
export interface Layers {
  /** As the kernel has them (Kernel.rescore). */
  domain: number
  address: number
  /** What they add to the weights of slots (ascending), in the unit of a slot. */
  weightsAt(slots: Uint32Array): Float64Array
}

/** @param limit number of tokens. */
export function explain(
  kernel: Kernel,
  raw: Uint8Array,
  signals: readonly string[] = [],
  limit = 8,
  layers: Layers | null = null,
): Explanation {
  const { score: plain, traces } = kernel.trace(raw, signals)
  const slots = Uint32Array.from(new Set(traces.map(({ slot }) => slot))).sort()
  const { weight: known } = kernel.ground(slots)
  const added = layers?.weightsAt(slots)
  const weights = new Map(
    Array.from(slots, (slot, i) => [slot, (known[i] + (added?.[i] ?? 0)) / 1024]),
  )
  const score = layers ? kernel.rescore(layers.domain, layers.address) : plain
  const tokens = traces
    .filter(({ kind, header }) => kind !== 'present' || !USUAL.has(header))
    .map((trace) => ({
      text: describe(trace),
      view: trace.view,
      weight:
        (SHARES[trace.view] * (weights.get(trace.slot) ?? 0)) /
        Math.sqrt(score.views[trace.view].n),
    }))
    .filter(({ weight }) => weight !== 0)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, limit)
  const views = VIEWS.map((view) => {
    const { m, n } = score.views[view]
    const clipped = Math.abs(m) > CLIPPED * LIMIT
    return {
      key: VIEW_NAMES[view],
      name: VIEW_TEXTS[view],
      n,
      weight: contribution(view, m),
      clipped,
    }
  })
  return { score, views, tokens }
}

function describe({ kind, header, text }: Trace): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\uFFFD]+/gu, ' ')
  if (kind === 'present') return `has ${header}`
  if (kind === 'empty') return `empty ${header}`
  if (kind === 'shape') return `shape of ${header} ${plain}`
  return header === '' ? plain : `${header}: ${plain}`
}
