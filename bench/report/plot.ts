// One plot as SVG: axes, grid, lines with points, a legend. How a series looks is looks.ts' business, its colours
// are the page's variables.
import type { Axis, Plot, Series } from '../harness/result.ts'
import { number } from '../harness/text.ts'
import { escape } from './escape.ts'
import { look } from './looks.ts'

const WIDTH = 560
const HEIGHT = 340
const LEFT = 64
const RIGHT = 16
const TOP = 12
const BOTTOM = 44
const LEGEND_LINE = 18
/** Names up to so many characters stand two in a line. */
const LEGEND_SHORT = 26
/** A line of more points than this shows some of them only. */
const MARKS = 40
const MARKS_OF_MANY = 7

export function plotSvg(plot: Plot): string {
  const series = plot.series.map((one) => ({ ...one, points: shown(plot, one) }))
  const points = series.flatMap((one) => one.points)
  if (points.length === 0) return ''
  const x = scale(
    plot.x,
    points.map(([at]) => at),
    LEFT,
    WIDTH - RIGHT,
  )
  const y = scale(
    plot.y,
    points.map(([, at]) => at),
    HEIGHT - BOTTOM,
    TOP,
  )
  const columns = series.every(({ name }) => name.length <= LEGEND_SHORT) ? 2 : 1
  const height = HEIGHT + 6 + LEGEND_LINE * Math.ceil(series.length / columns)
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(plot.title)}">`,
    ...x.ticks.map((at) => {
      const px = fixed(x.place(at))
      return `<path class="grid" d="M${px} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${px}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${tick(at)}</text>`
    }),
    ...y.ticks.map((at) => {
      const py = fixed(y.place(at))
      return `<path class="grid" d="M${LEFT} ${py}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${py}" dy="4" text-anchor="end">${tick(at)}</text>`
    }),
    `<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escape(plot.x.label)}</text>`,
    `<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(plot.y.label)}</text>`,
    ...series.map((one, i) => line(one, i, x, y)),
    ...series.map((one, i) => legend(one, i, columns)),
    '</svg>',
  ].join('\n')
}

/** Points that the axes can show: what is not positive has no place on a logarithmic one. */
function shown({ x, y }: Plot, { points }: Series): Series['points'] {
  return points.filter(
    ([a, b]) => Number.isFinite(a) && Number.isFinite(b) && (!x.log || a > 0) && (!y.log || b > 0),
  )
}

function line({ name, points }: Series, i: number, x: Scale, y: Scale): string {
  const { colour, dash, mark } = look(i)
  const at = points.map(([a, b]) => `${fixed(x.place(a))} ${fixed(y.place(b))}`)
  const marks = marked(points, i)
    .map(([a, b]) => mark(x.place(a), y.place(b), `${name}: ${number(a)}, ${number(b)}`))
    .join('')
  return `<g class="${colour}"><path class="line"${dash} d="M${at.join('L')}"/>${marks}</g>`
}

/** All points of a short line; of a long one a few, and of each line others. */
function marked(points: Series['points'], i: number): Series['points'] {
  if (points.length <= MARKS) return points
  const every = points.length / MARKS_OF_MANY
  const first = (every * (((i * 3) % MARKS_OF_MANY) + 0.5)) / MARKS_OF_MANY
  return Array.from({ length: MARKS_OF_MANY }, (_, n) => points[Math.floor(first + n * every)])
}

function legend({ name }: Series, i: number, columns: number): string {
  const { colour, dash, mark } = look(i)
  const left = LEFT + (i % columns) * ((WIDTH - LEFT) / columns)
  const top = HEIGHT + 8 + LEGEND_LINE * Math.floor(i / columns)
  return `<g class="legend ${colour}"><path class="line"${dash} d="M${left} ${top}h36"/>${mark(left + 18, top, name)}</g><text x="${left + 42}" y="${top}" dy="4">${escape(name)}</text>`
}

interface Scale {
  ticks: number[]
  place: (value: number) => number
}

function scale(axis: Axis, values: readonly number[], from: number, to: number): Scale {
  const least = axis.min ?? Math.min(...values)
  const most = axis.max ?? Math.max(...values)
  const ticks = axis.log ? decades(least, most) : steps(least, most)
  const [low, high] = [Math.min(least, ticks[0]), Math.max(most, ticks[ticks.length - 1])]
  const f = axis.log ? Math.log10 : (v: number) => v
  const size = f(high) - f(low) || 1
  return { ticks, place: (v) => from + ((f(v) - f(low)) / size) * (to - from) }
}

/** Powers of ten around the values. */
function decades(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least))
  const last = Math.max(first + 1, Math.ceil(Math.log10(most)))
  const every = Math.ceil((last - first) / 6)
  const ticks: number[] = []
  for (let power = first; power < last + every; power += every) ticks.push(10 ** power)
  return ticks
}

/** Round numbers around the values, about five of them. */
function steps(least: number, most: number): number[] {
  const rough = (most - least || Math.abs(most) || 1) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10)
  const first = Math.floor(least / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}

function tick(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`
  return String(Number(value.toPrecision(3)))
}

const fixed = (value: number): string => String(Number(value.toFixed(1)))
