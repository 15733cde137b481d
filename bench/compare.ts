// What changed between two results, beyond noise and beyond a machine that was faster or slower that day.
import { number, percent, table } from './harness/text.ts'
import { interval } from './harness/stats.ts'
import { SCHEMA, type Measure, type Result } from './harness/result.ts'

export interface Change {
  phase: string
  name: string
  unit: string
  old: number
  new: number
  /** How many times as good as before, corrected by the calibration: above 1 is better. */
  factor: number
  verdict: 'better' | 'worse' | 'same'
}

export interface Comparison {
  changes: Change[]
  /** Measures that only one of the two has. */
  missing: string[]
  warnings: string[]
}

/** What repeated runs of the same code differ by, whatever their rounds say. */
const LEAST = 0.05

/** @throws Error where the two cannot be compared. */
export function compare(old: Result, now: Result): Comparison {
  for (const schema of [old, now].map((one): string => one.schema))
    if (schema !== SCHEMA) throw new Error(`schema ${schema}: this version compares ${SCHEMA}`)
  if (old.quick !== now.quick)
    throw new Error('one result is of --quick and the other is not: they measure different amounts')
  const measures = (result: Result): Map<string, Measure & { phase: string }> =>
    new Map(
      result.phases.flatMap(({ phase, measures: all }) =>
        all.map((one) => [`${phase}: ${one.name}`, { ...one, phase }] as const),
      ),
    )
  const [before, after] = [measures(old), measures(now)]
  const changes: Change[] = []
  for (const [key, a] of before) {
    const b = after.get(key)
    if (b && a.unit === b.unit) changes.push(changeOf(a, b, speedUp(old, now, a.bound)))
  }
  const missing = [...before.keys(), ...after.keys()].filter(
    (key) => !(before.has(key) && after.has(key)),
  )
  return { changes, missing, warnings: warningsOf(old, now) }
}

/** How many times as fast the machine was in the second run. */
function speedUp(old: Result, now: Result, bound: Measure['bound']): number {
  if (bound === 'none') return 1
  const key = bound === 'cpu' ? 'hash' : 'fsync'
  const of = ({ calibration: { before, after } }: Result): number => (before[key] + after[key]) / 2
  return of(now) / of(old)
}

function changeOf(a: Measure & { phase: string }, b: Measure, faster: number): Change {
  // Time: a faster machine needs less of it.
  const correction = b.better === 'less' ? faster : 1 / faster
  const samples = b.samples.map((sample) => sample * correction)
  const [lowA, highA] = interval(a.samples)
  const [lowB, highB] = interval(samples)
  const apart = lowB > highA || highB < lowA
  const grown = (b.median * correction) / a.median
  const factor = b.better === 'less' ? 1 / grown : grown
  // Without a correction by the calibration the change must show as well: a machine that was busy during
  // the calibration alone proves nothing.
  const raw = b.better === 'less' ? a.median / b.median : b.median / a.median
  const agree = factor > 1 ? raw > 1 : raw < 1
  const real = apart && agree && Math.abs(Math.log(factor)) > Math.log(1 + LEAST)
  return {
    phase: a.phase,
    name: a.name,
    unit: a.unit,
    old: a.median,
    new: b.median,
    factor,
    verdict: real ? (factor > 1 ? 'better' : 'worse') : 'same',
  }
}

function warningsOf(old: Result, now: Result): string[] {
  const warnings = [old, now].flatMap((result, i) =>
    result.warnings.map((warning) => `${i === 0 ? 'old' : 'new'} run: ${warning}`),
  )
  if (old.machine.cpu !== now.machine.cpu || old.machine.cores !== now.machine.cores)
    warnings.push(`other machine: ${old.machine.cpu}, then ${now.machine.cpu}; compare ratios only`)
  if (old.corpus !== now.corpus) warnings.push(`other mail: ${old.corpus}, then ${now.corpus}`)
  for (const [name, version] of Object.entries(now.versions))
    if (name !== 'lazaret' && old.versions[name] !== version)
      warnings.push(`${name} was ${old.versions[name] ?? 'not there'} and is ${version}`)
  return warnings
}

export function comparisonText({ changes, missing, warnings }: Comparison): string {
  const shown = changes.filter(({ verdict }) => verdict !== 'same')
  const rows = shown.map(({ phase, name, unit, old, new: now, factor, verdict }) => [
    `${phase}: ${name}`,
    number(old),
    number(now),
    unit,
    `${verdict} by ${percent(Math.abs(factor - 1))}`,
  ])
  const same = changes.length - shown.length
  return [
    ...warnings.map((warning) => `WARNING: ${warning}`),
    rows.length > 0
      ? table([['', 'old', 'new', 'unit', 'change, machine speed taken out'], ...rows])
      : 'Nothing changed beyond noise.',
    ...(rows.length > 0 ? [`${same} others did not change beyond noise.`] : []),
    ...(missing.length > 0 ? [`In one of the two only: ${missing.join('; ')}`] : []),
  ].join('\n')
}
