// One plot as SVG: axes, grid, lines with points, a legend. Colours are the page's variables, so that
// light and dark are the page's business.
import type { Axis, Plot, Series } from '../harness/result.ts'
import { number } from '../harness/text.ts'

const WIDTH = 560
const HEIGHT = 340
const LEFT = 64
const RIGHT = 16
const TOP = 12
const BOTTOM = 44
const LEGEND_LINE = 18
/** Names up to so many characters stand two in a line. */
const LEGEND_SHORT = 32
/** Colours in the style sheet; more series begin again. */
export const COLOURS = 7
/** Above so many points a line shows none of them. */
const DOTS = 40

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
  const height = HEIGHT + LEGEND_LINE * Math.ceil(series.length / columns)
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
  const at = points.map(([a, b]) => `${fixed(x.place(a))} ${fixed(y.place(b))}`)
  const dots =
    points.length > DOTS
      ? ''
      : points
          .map(
            ([a, b]) =>
              `<circle cx="${fixed(x.place(a))}" cy="${fixed(y.place(b))}" r="3.5"><title>${escape(name)}: ${number(a)}, ${number(b)}</title></circle>`,
          )
          .join('')
  return `<g class="c${i % COLOURS}"><path class="line" d="M${at.join('L')}"/>${dots}</g>`
}

function legend({ name }: Series, i: number, columns: number): string {
  const left = LEFT + (i % columns) * ((WIDTH - LEFT) / columns)
  const top = HEIGHT + 6 + LEGEND_LINE * Math.floor(i / columns)
  return `<g class="c${i % COLOURS}"><path class="line" d="M${left} ${top}h20"/></g><text x="${left + 26}" y="${top}" dy="4">${escape(name)}</text>`
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

export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
