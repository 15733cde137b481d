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

/** @param limit number of tokens. */
export function explain(
  kernel: Kernel,
  raw: Uint8Array,
  signals: readonly string[] = [],
  limit = 8,
): Explanation {
  const { score, traces } = kernel.trace(raw, signals)
  const tokens = traces
    .filter(({ kind, header }) => kind !== 'present' || !USUAL.has(header))
    .map((trace) => ({
      text: describe(trace),
      view: trace.view,
      weight:
        (SHARES[trace.view] * kernel.weight(trace.slot)) / Math.sqrt(score.views[trace.view].n),
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
