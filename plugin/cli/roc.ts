// The ROC curve as a picture that needs nothing else: spam missed against ham lost, both axes
// logarithmic, because all that matters happens in the last per cent.
import type { Metrics, RocPoint } from '../quarantine/model/measure.ts'

const SIZE = { width: 720, height: 560, left: 80, right: 30, top: 60, bottom: 70 }
/** Per cent at the ends of both axes. */
const [FROM, TO] = [0.01, 100]
const TICKS = [0.01, 0.1, 1, 10, 100]
/** Distance in pixels below which a further point shows nothing. */
const STEP = 0.4

const STYLE = `
  svg { background: #fff; color: #1b1f24; --line: #0b62c4; --mark: #b3261e; --grid: #d8dde3 }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171a; color: #e6e9ec; --line: #6cb0ff; --mark: #ff8a80; --grid: #353b42 }
  }
  text { fill: currentColor; font: 14px system-ui, sans-serif }
  .title { font-size: 17px; font-weight: 600 }
  .grid { stroke: var(--grid); stroke-width: 1 }
  .curve { fill: none; stroke: var(--line); stroke-width: 2; stroke-linejoin: round }
  .mark { fill: var(--mark) }`

export function rocSvg(points: readonly RocPoint[], metrics: Metrics): string {
  const { width, height, left, right, top, bottom } = SIZE
  const x = (percent: number): number => left + place(percent) * (width - left - right)
  // Less missed is better, and better is up.
  const y = (percent: number): number => top + place(percent) * (height - top - bottom)
  const curve = path(points.map(({ ham, spam }) => [x(100 * ham), y(100 * (1 - spam))]))
  const half = points.findLast(({ threshold }) => threshold >= 0.5) ?? points[0]
  const marks = [
    { at: half, text: 'score 0.5' },
    { at: points.findLast(({ ham }) => 100 * ham <= 0.1) ?? points[0], text: 'ham lost 0.1%' },
  ]
  const grid = TICKS.flatMap((tick) => [
    `<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${top}" y2="${height - bottom}"/>`,
    `<line class="grid" x1="${left}" x2="${width - right}" y1="${px(y(tick))}" y2="${px(y(tick))}"/>`,
    `<text x="${px(x(tick))}" y="${height - bottom + 22}" text-anchor="middle">${tick}%</text>`,
    `<text x="${left - 10}" y="${px(y(tick) + 5)}" text-anchor="end">${tick}%</text>`,
  ])
  const title = `(1-ROCA)% ${metrics.roca.toFixed(4)}, lam% ${metrics.lam.toFixed(2)}, sm% at hm 0.1% ${metrics.smAtHm01.toFixed(2)}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>ROC curve: ${title}</title>`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="${left}" y="28">ROC curve of ${metrics.ham} ham and ${metrics.spam} spam</text>`,
    `<text x="${left}" y="48">${title}</text>`,
    ...grid,
    `<text x="${(left + width - right) / 2}" y="${height - 18}" text-anchor="middle">ham lost (judged spam)</text>`,
    `<text transform="translate(20 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">spam missed (judged ham)</text>`,
    `<path class="curve" d="${curve}"/>`,
    ...marks.flatMap(({ at, text }) => {
      const [cx, cy] = [x(100 * at.ham), y(100 * (1 - at.spam))]
      return [
        `<circle class="mark" cx="${px(cx)}" cy="${px(cy)}" r="5"/>`,
        `<text x="${px(cx + 10)}" y="${px(cy + 20)}">${text}: ${(100 * (1 - at.spam)).toFixed(2)}% missed, ${(100 * at.ham).toFixed(2)}% lost</text>`,
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

/** 0..1 along a logarithmic axis; what is outside lies on its edge. */
function place(percent: number): number {
  const inside = Math.min(TO, Math.max(FROM, percent))
  return Math.log(inside / FROM) / Math.log(TO / FROM)
}

const px = (n: number): string => n.toFixed(1)

function path(points: readonly (readonly [number, number])[]): string {
  let last: readonly [number, number] | null = null
  const parts: string[] = []
  for (const [at, point] of points.entries()) {
    const far = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP
    if (!far && at < points.length - 1) continue
    parts.push(`${last ? 'L' : 'M'}${px(point[0])} ${px(point[1])}`)
    last = point
  }
  return parts.join('')
}
