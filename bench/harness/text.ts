// Tables and numbers for people.
import { spread } from './stats.ts'
import type { PhaseResult, Result } from './result.ts'

/** Three significant digits, thousands apart: 2,310; 31.4; 0.0123. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en-US')
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}

export const percent = (share: number): string => `${number(share * 100)}%`

/** Rows in columns, the first is the head; all but the first column are right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** The whole result as text. */
export function textOf(result: Result): string {
  const { machine, versions, calibration } = result
  const { before, after } = calibration
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, ${machine.disk}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ') + (result.commit ? `, commit ${result.commit}` : ''),
    `corpus: ${result.corpus}`,
    `calibration, before and after: SHA-256 ${number(before.hash)} and ${number(after.hash)} MiB/s; ` +
      `fsync ${number(before.fsync)} and ${number(after.fsync)} a second`,
    ...result.warnings.map((warning) => `WARNING: ${warning}`),
    ...result.phases.flatMap(phaseText),
    '',
    `${result.seconds} s`,
  ].join('\n')
}

function phaseText({ phase, measures, ratios, skipped, profiles }: PhaseResult): string[] {
  const rows = measures.map(({ name, median, unit, low, high, samples }) => [
    name,
    number(median),
    unit,
    samples.length > 1 ? `${number(low)} .. ${number(high)}` : '',
    samples.length > 1 ? percent(spread(samples)) : '',
  ])
  const share = Object.entries(ratios).map(([name, value]) => [name, number(value)])
  return [
    '',
    `== ${phase} ==`,
    ...(share.length > 0 ? [table([['ratio', ''], ...share]), ''] : []),
    ...(rows.length > 0 ? [table([['', 'median', 'unit', 'quartiles', 'spread'], ...rows])] : []),
    ...skipped.map((line) => `SKIPPED: ${line}`),
    ...profiles.flatMap(({ what, hot }) => [
      '',
      `hottest functions: ${what}`,
      table([
        ['function', 'own time', 'where'],
        ...hot.map((one) => [one.function, percent(one.share), one.at]),
      ]),
    ]),
  ]
}
