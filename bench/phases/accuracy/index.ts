// How well the classifier learns, by protocol P1 (docs/classifier.md "Protocols"): score each message, then learn it. By
// `lazaret eval`, and other filters on the same messages in the same order.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluate, rocPoints, type Judged, type RocPoint } from '../../../plugin/filter/evaluate.ts'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult, type Series } from '../../harness/result.ts'
import { bogofilter } from '../../rivals/bogofilter.ts'
import type { Labelled, Rival } from '../../rivals/rival.ts'
import { rspamd } from '../../rivals/rspamd.ts'
import { spamassassin } from '../../rivals/spamassassin.ts'

const RIVALS: readonly Rival[] = [bogofilter, spamassassin, rspamd]

export const accuracy: Phase = {
  name: 'accuracy',
  describe:
    '(1-ROCA)%, lam%, spam missed at 0.1% of ham lost; bogofilter, SpamAssassin, rspamd beside it',
  inProcess: true,
  run: runAccuracy,
}

async function runAccuracy({ quick, dir, mail, tell }: PhaseOptions): Promise<PhaseResult> {
  const result = emptyPhase('accuracy')
  const labelled = mail.filter((one): one is Labelled => one.label !== null)
  const used = quick ? labelled.slice(0, 600) : labelled
  const kinds = new Set(used.map(({ label }) => label))
  if (kinds.size < 2) {
    result.skipped.push(
      'the corpus does not say which messages are ham and which are spam: give folders named so, or an index file',
    )
    return result
  }
  tell(`Lazaret, ${used.length} messages`)
  await new Promise(setImmediate)
  const own = byEval(used, dir)
  const curves = [{ name: 'Lazaret', judged: own }]
  for (const rival of RIVALS) {
    const missing = rival.missing()
    if (missing) {
      result.skipped.push(missing)
      continue
    }
    tell(`${rival.name}, ${used.length} messages`)
    const work = join(dir, rival.name.replaceAll(' ', '-'))
    mkdirSync(work)
    const scores = await rival.online(used, work)
    curves.push({
      name: rival.name,
      judged: used.map(({ label }, i) => ({ label, score: scores[i] })),
    })
  }
  // Side by side: all filters for one figure, then for the next.
  const all = curves.map(({ name, judged }) => figures(name, judged))
  result.measures.push(...all[0].flatMap((_, i) => all.map((of) => of[i])))
  const roca = (judged: readonly Judged[]): number => evaluate(judged).roca
  for (const { name, judged } of curves.slice(1))
    result.ratios[`(1-ROCA)% of ${name} / Lazaret`] = roca(judged) / roca(own)
  result.plots.push({
    title: 'ROC curves (P1)',
    x: { label: 'ham lost, %', log: true, max: 100 },
    y: { label: 'spam missed, %', log: true, max: 100 },
    series: curves.map(({ name, judged }) => curve(name, rocPoints(judged))),
  })
  return result
}

/** What `lazaret eval` says about the messages in this order, from the file of scores that it writes. */
function byEval(mail: readonly Labelled[], dir: string): Judged[] {
  const folder = join(dir, 'mail')
  mkdirSync(folder)
  const lines = mail.map(({ raw, label }, i) => {
    const file = join(folder, `${i}.eml`)
    writeFileSync(file, raw)
    return `${label} ${file}\n`
  })
  const index = join(dir, 'index')
  writeFileSync(index, lines.join(''))
  const scores = join(dir, 'scores.tsv')
  const command = join(__dirname, '../../../plugin/cli/index.js')
  execFileSync(process.execPath, [command, 'eval', index, '--scores', scores], { stdio: 'pipe' })
  const judged = readFileSync(scores, 'latin1')
    .trimEnd()
    .split('\n')
    .map((line): Judged => {
      const [label, score] = line.split('\t')
      return { label: label === 'spam' ? 'spam' : 'ham', score: Number(score) }
    })
  if (judged.length !== mail.length)
    throw new Error(`lazaret eval scored ${judged.length} messages of ${mail.length}`)
  return judged
}

/** One figure each: the protocol has no chance in it. */
function figures(name: string, judged: readonly Judged[]) {
  const { roca, lam, smAtHm01, hm, sm } = evaluate(judged)
  const of = (what: string, value: number) =>
    measure(`${what}: ${name}`, '%', [value], { better: 'less', bound: 'none' })
  return [
    of('(1-ROCA)%', roca),
    of('lam%', lam),
    of('sm% at hm 0.1%', smAtHm01),
    of('hm% at 0.5', hm),
    of('sm% at 0.5', sm),
  ]
}

/** As many points as a plot can show. */
const POINTS = 400

function curve(name: string, points: readonly RocPoint[]): Series {
  const turns = points.filter(
    ({ ham, spam }, i) =>
      i === 0 ||
      i === points.length - 1 ||
      (points[i + 1].ham !== ham && points[i - 1].spam !== spam),
  )
  const every = Math.max(1, Math.ceil(turns.length / POINTS))
  return {
    name,
    points: turns
      .filter((_, i) => i % every === 0 || turns[i].ham < 0.02)
      .map(({ ham, spam }) => [ham * 100, (1 - spam) * 100]),
  }
}
