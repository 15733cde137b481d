// Results as one HTML page that stands alone: no script, nothing loaded from anywhere.
import { escape } from './report/escape.ts'
import { plotSvg } from './report/plot.ts'
import { STYLE } from './report/style.ts'
import type { PhaseResult, Plot, Result } from './harness/result.ts'
import { spread } from './harness/stats.ts'
import { number, percent } from './harness/text.ts'

export function report(results: readonly Result[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Lazaret: measured</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Lazaret: measured</h1>
${results.map(about).join('\n')}
<h2>Plots</h2>
<div class="plots">
${merged(results).map(figure).join('\n')}
</div>
${results.map((result) => result.phases.map((phase) => tables(phase, nameOf(result, results))).join('\n')).join('\n')}
</body>
</html>
`
}

/** What tells one of several results from the others. */
function nameOf(result: Result, results: readonly Result[]): string {
  if (results.length === 1) return ''
  const name = `${result.versions.lazaret} ${result.commit}`.trim()
  const twins = results.filter((one) => one.commit === result.commit)
  return twins.length > 1 ? `${name} (${results.indexOf(result) + 1})` : name
}

function about(result: Result): string {
  const { machine, versions, calibration, warnings } = result
  const { before, after } = calibration
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `<p>${escape(result.at.slice(0, 16).replace('T', ' '))} UTC${result.commit ? `, commit ${escape(result.commit)}` : ''}${result.quick ? ', quick run' : ''}: `,
    `${escape(machine.cpu)}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${escape(machine.system)}, ${escape(machine.disk)}.`,
    `<br><span class="faint">${escape(list.join(', '))}. Mail: ${escape(result.corpus)}. `,
    `Calibration before and after: SHA-256 ${number(before.hash)} and ${number(after.hash)} MiB/s, `,
    `fsync ${number(before.fsync)} and ${number(after.fsync)} a second.</span></p>`,
    ...warnings.map((warning) => `<p class="warn">${escape(warning)}</p>`),
  ].join('\n')
}

/** Plots of the same title are one, with the series of all results that have it. */
function merged(results: readonly Result[]): Plot[] {
  const plots = new Map<string, Plot>()
  for (const result of results)
    for (const plot of result.phases.flatMap((phase) => phase.plots)) {
      const having = results.filter((one) => titles(one).includes(plot.title))
      const suffix = nameOf(result, having)
      const series = plot.series.map((one) => ({
        ...one,
        name: suffix ? `${one.name}, ${suffix}` : one.name,
      }))
      const known = plots.get(plot.title)
      if (known) known.series.push(...series)
      else plots.set(plot.title, { ...plot, series })
    }
  return [...plots.values()]
}

const titles = ({ phases }: Result): string[] =>
  phases.flatMap(({ plots }) => plots.map(({ title }) => title))

const figure = (plot: Plot): string =>
  `<figure><figcaption>${escape(plot.title)}</figcaption>${plotSvg(plot)}</figure>`

function tables({ phase, ratios, measures, skipped, profiles }: PhaseResult, of: string): string {
  const parts = [
    `<h2>${escape(phase)}${of ? ` <span class="faint">${escape(of)}</span>` : ''}</h2>`,
  ]
  const shares = Object.entries(ratios).map(([name, value]) => [name, number(value)])
  if (shares.length > 0) parts.push(table(['ratio', ''], shares))
  const rows = measures.map(({ name, median, unit, low, high, samples }) =>
    samples.length > 1
      ? [name, number(median), unit, `${number(low)} – ${number(high)}`, percent(spread(samples))]
      : [name, number(median), unit, '', ''],
  )
  if (rows.length > 0) parts.push(table(['', 'median', 'unit', 'quartiles', 'spread'], rows))
  for (const line of skipped) parts.push(`<p class="warn">Skipped: ${escape(line)}</p>`)
  for (const { what, hot } of profiles)
    parts.push(
      `<h3>Hottest functions: ${escape(what)}</h3>`,
      table(
        ['function', 'own time', 'where'],
        hot.map((one) => [one.function, percent(one.share), one.at]),
      ),
    )
  return parts.join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="scroll"><table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table></div>`
}
