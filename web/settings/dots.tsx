// One's own mail by its score, a dot for each message or for several: caught and delivered, over the places of the thresholds.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../api.ts'
import { count, share, t } from '../words.ts'

interface Scores {
  caught: { score: number; label: 'ham' | 'spam' | null }[]
  delivered: number[]
}

type Kind = 'delivered' | 'caught'
/** Columns are so wide. */
const COLUMNS = 50
const ROWS = 10
/** Of a dot and its place, in units of the drawing. */
const STEP = 10
const RADIUS = 3.6

interface Dot {
  column: number
  row: number
  kind: Kind
}

/** Dots of each column from below, delivered ones first; `worth`: messages that one stands for. */
function dotsOf({ caught, delivered }: Scores): { dots: Dot[]; worth: number } {
  const columns = Array.from({ length: COLUMNS }, () => ({ delivered: 0, caught: 0 }))
  const at = (score: number): number => Math.min(Math.floor(score * COLUMNS), COLUMNS - 1)
  for (const score of delivered) columns[at(score)].delivered++
  for (const { score } of caught) columns[at(score)].caught++
  const most = Math.max(...columns.map((one) => one.delivered + one.caught))
  const worth = Math.max(1, Math.ceil(most / (ROWS - 1)))
  const dots = columns.flatMap((counted, column) => {
    let row = 0
    return (['delivered', 'caught'] as const).flatMap((kind) =>
      Array.from({ length: Math.ceil(counted[kind] / worth) }, () => ({
        column,
        row: row++,
        kind,
      })),
    )
  })
  return { dots, worth }
}

export function Dots({ scope, low, high }: { scope: string; low: number; high: number }) {
  const [scores, setScores] = useState<Scores | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    setScores(null)
    void get<Scores>(`what-if/scores?scope=${encodeURIComponent(scope)}`, stop.signal).then(
      setScores,
      () => undefined,
    )
    return () => stop.abort()
  }, [scope])
  const { dots, worth } = dotsOf(scores ?? { caught: [], delivered: [] })
  const [caught, delivered] = [scores?.caught.length ?? 0, scores?.delivered.length ?? 0]
  return (
    <figure class="dots">
      <svg
        viewBox={`0 0 ${COLUMNS * STEP} ${ROWS * STEP}`}
        role="img"
        aria-label={t('dots.about', { caught, delivered, low: share(low), high: share(high) })}
      >
        {dots.map(({ column, row, kind }) => (
          <circle
            class={kind}
            cx={(column + 0.5) * STEP}
            cy={(ROWS - row - 0.5) * STEP}
            r={RADIUS}
          />
        ))}
        {[low, high].map((at) => (
          <line x1={at * COLUMNS * STEP} x2={at * COLUMNS * STEP} y1={0} y2={ROWS * STEP} />
        ))}
      </svg>
      <div class="scale" aria-hidden="true">
        <span class="ham" style={{ flexGrow: low }} />
        <span class="unsure" style={{ flexGrow: Math.max(high - low, 0) }} />
        <span class="spam" style={{ flexGrow: 1 - high }} />
      </div>
      <figcaption>
        {scores !== null && caught + delivered === 0 ? (
          t('dots.none')
        ) : (
          <>
            <span class="caught">{t('dots.caught', { n: caught })}</span>{' '}
            <span class="delivered">{t('dots.delivered', { n: delivered })}</span>
            {worth > 1 && <span>{t('dots.worth', { worth: count(worth) })}</span>}
          </>
        )}
      </figcaption>
    </figure>
  )
}
