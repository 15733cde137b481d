// The page of plots and tables: it stands alone, and shows what the results say.
import { describe, expect, test } from 'vitest'
import { emptyPhase, type Plot, type Result } from '../../bench/harness/result.ts'
import { resultOf } from '../../bench/phases/gateway/outcome.ts'
import { FULL } from '../../bench/phases/gateway/variants.ts'
import { report } from '../../bench/report.ts'
import { plotSvg } from '../../bench/report/plot.ts'
import { rates, result } from './result.ts'

const PLOT: Plot = {
  title: 'Throughput against share of mail held',
  x: { label: 'held, %', min: 0, max: 100 },
  y: { label: 'messages a second', min: 0 },
  series: [
    {
      name: 'with the plugin',
      points: [
        [0, 1000],
        [50, 500],
        [100, 250],
      ],
    },
    {
      name: 'alone',
      points: [
        [0, 1200],
        [100, 1200],
      ],
    },
  ],
}

const withPlot = (over: Partial<Result> = {}): Result =>
  result([], {
    phases: [
      {
        ...emptyPhase('gateway'),
        measures: [rates(1000)],
        ratios: { pass: 0.87 },
        skipped: ['rspamd is not installed'],
        profiles: [{ what: 'Haraka', hot: [{ function: 'judge', at: 'a.js:1', share: 0.25 }] }],
        plots: [PLOT],
      },
    ],
    ...over,
  })

describe('the page', () => {
  const page = report([withPlot({ warnings: ['The machine is noisy'] })])

  test('loads nothing, runs nothing', () => {
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/)
  })

  test('is light and dark', () => {
    expect(page).toContain('@media (prefers-color-scheme: dark)')
    expect(page).toContain('color-scheme: light dark')
  })

  test('shows ratios, measures, warnings, what was skipped, the hottest functions', () => {
    expect(page).toContain('<td>pass</td><td>0.87</td>')
    expect(page).toContain('<td>messages</td><td>1,000</td><td>1/s</td>')
    expect(page).toContain('The machine is noisy')
    expect(page).toContain('rspamd is not installed')
    expect(page).toContain('<td>judge</td><td>25%</td>')
  })

  test('keeps what a name holds from being markup', () => {
    const evil = report([withPlot({ corpus: '</p><script>alert(1)</script>' })])
    expect(evil).not.toContain('<script>')
    expect(evil).toContain('&#60;script&#62;')
  })

  test('puts the series of several results into one plot, told apart', () => {
    const both = report([withPlot(), withPlot({ commit: 'fedcba987654' })])
    expect(both.match(/<figure>/g)).toHaveLength(1)
    expect(both).toContain('with the plugin, 0.1.0 0123456789ab')
    expect(both).toContain('with the plugin, 0.1.0 fedcba987654')
  })
})

/** Where the points of the first series are drawn. */
function drawn(svg: string): [x: number, y: number][] {
  const [plot] = svg.split('<g class="legend')
  return [...plot.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ])
}

describe('a plot', () => {
  test('draws larger values to the right and higher up, in proportion', () => {
    const [a, b, c] = drawn(plotSvg(PLOT))
    expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0], 0)
    expect(b[1] - a[1]).toBeCloseTo(2 * (c[1] - b[1]), 0)
    expect(c[1]).toBeGreaterThan(a[1])
  })

  test('draws equal factors as equal distances where an axis is logarithmic', () => {
    const [a, b, c] = drawn(
      plotSvg({
        ...PLOT,
        x: { label: 'items', log: true },
        series: [
          {
            name: 'a',
            points: [
              [1e4, 1],
              [1e5, 2],
              [1e6, 4],
            ],
          },
        ],
      }),
    )
    expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0], 0)
  })

  test('tells twenty series apart without their colours, in the plot and in its legend', () => {
    const series = Array.from({ length: 20 }, (_, i) => ({
      name: `s${i}`,
      points: [[1, i]] as [number, number][],
    }))
    const svg = plotSvg({ ...PLOT, series })
    // Colours and places aside, what is drawn for each series.
    const drawings = (start: RegExp): string[] =>
      [...svg.matchAll(start)].map(([, drawing]) =>
        drawing.replaceAll(/<title>.*?<\/title>/g, '').replaceAll(/c[xy]="[^"]*"|M[\d. -]+/g, ''),
      )
    expect(new Set(drawings(/<g class="c\d">(.*?)<\/g>/g)).size).toBe(20)
    expect(new Set(drawings(/<g class="legend c\d">(.*?)<\/g>/g)).size).toBe(20)
    // Neighbours have other colours too.
    const colours = [...svg.matchAll(/<g class="(c\d)">/g)].map(([, colour]) => colour)
    for (let i = 6; i < colours.length; i++)
      expect(new Set(colours.slice(i - 6, i + 1)).size).toBe(7)
  })

  test('marks a long line in a few places', () => {
    const points = Array.from({ length: 400 }, (_, i): [number, number] => [i + 1, i + 1])
    expect(drawn(plotSvg({ ...PLOT, series: [{ name: 'a', points }] }))).toHaveLength(7)
  })

  test('leaves out what a logarithmic axis cannot show, and is empty where nothing is left', () => {
    const x = { label: 'x', log: true }
    const some = plotSvg({
      ...PLOT,
      x,
      series: [
        {
          name: 'a',
          points: [
            [0, 1],
            [10, 2],
          ],
        },
      ],
    })
    expect(drawn(some)).toHaveLength(1)
    expect(some).not.toContain('NaN')
    expect(plotSvg({ ...PLOT, x, series: [{ name: 'a', points: [[0, 1]] }] })).toBe('')
  })

  test('survives a single point and equal values', () => {
    for (const points of [
      [[5, 5]],
      [
        [1, 3],
        [2, 3],
      ],
      [[0, 0]],
    ] as [number, number][][])
      expect(
        plotSvg({ ...PLOT, x: { label: 'x' }, y: { label: 'y' }, series: [{ name: 'a', points }] }),
      ).not.toMatch(/NaN|Infinity/)
  })
})

test('rivals stand in the plot of the throughput', () => {
  const slice = (rate: number) => ({ rate, latencies: [1, 2], cpu: null, memory: null })
  const wanted = ['alone', 'pass', 'hold50', 'rspamd', 'spamassassin']
  const outcomes = FULL.filter(({ name }) => wanted.includes(name)).map((variant, i) => ({
    variant,
    slices: [slice(1000 - i * 100)],
  }))
  const [throughput] = resultOf(outcomes, []).plots
  expect(throughput.series).toEqual([
    {
      name: 'Lazaret, one process',
      points: [
        [0, 900],
        [50, 800],
      ],
    },
    {
      name: 'Haraka alone, one process',
      points: [
        [0, 1000],
        [50, 1000],
      ],
    },
    {
      name: 'rspamd, passing all',
      points: [
        [0, 700],
        [50, 700],
      ],
    },
    {
      name: 'spamassassin, passing all',
      points: [
        [0, 600],
        [50, 600],
      ],
    },
  ])
})
