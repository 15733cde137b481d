// How well the classifier learns, by protocol P1 (docs/classifier.md "Protocols"): score each message, then learn it, at once or
// so many messages late. By `lazaret eval`, and other filters on the same messages in the same order.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluate, rocPoints, type Judged, type RocPoint } from '../../../plugin/filter/evaluate.ts'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult, type Series } from '../../harness/result.ts'
import { bogofilter } from '../../rivals/bogofilter.ts'
import { online, type Labelled, type Rival } from '../../rivals/rival.ts'
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

/** Beside the empty model: what an installation begins with, on mail that it does not come from. */
const WITH_BASE = 'Lazaret with its base model'
const BASE = join(__dirname, '../../../../config/base.model')

async function runAccuracy(options: PhaseOptions): Promise<PhaseResult> {
  const { quick, dir, mail, shipped, late = 0, tell } = options
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
  if (late >= used.length) {
    result.skipped.push(
      `there are ${used.length} messages: with lessons ${late} late nothing is learned`,
    )
    return result
  }
  tell(`Lazaret, ${used.length} messages`)
  await new Promise(setImmediate)
  const evaluated = byEval(used, dir)
  const own = evaluated(['--late', String(late)])
  const curves = [{ name: 'Lazaret', judged: own }]
  if (!shipped)
    curves.push({ name: WITH_BASE, judged: evaluated(['--late', String(late), '--model', BASE]) })
  for (const rival of RIVALS) {
    const missing = rival.missing()
    if (missing) {
      result.skipped.push(missing)
      continue
    }
    tell(`${rival.name}, ${used.length} messages`)
    const work = join(dir, rival.name.replaceAll(' ', '-'))
    mkdirSync(work)
    const scores = await online(rival, used, work, late)
    curves.push({
      name: rival.name,
      judged: used.map(({ label }, i) => ({ label, score: scores[i] })),
    })
  }
  // Side by side: all filters for one figure, then for the next.
  const all = curves.map(({ name, judged }) => figures(name, judged, late))
  result.measures.push(...all[0].flatMap((_, i) => all.map((of) => of[i])))
  const roca = (judged: readonly Judged[]): number => evaluate(judged).roca
  for (const { name, judged } of curves.slice(1).filter(({ name }) => name !== WITH_BASE))
    result.ratios[`(1-ROCA)% of ${name} / Lazaret`] = roca(judged) / roca(own)
  result.plots.push({
    title: late === 0 ? 'ROC curves (P1)' : `ROC curves (P1, lessons ${late} messages late)`,
    x: { label: 'ham lost, %', log: true, max: 100 },
    y: { label: 'spam missed, %', log: true, max: 100 },
    series: curves.map(({ name, judged }) => curve(name, rocPoints(judged))),
  })
  return result
}

/** What `lazaret eval` with options says about the messages in this order, from the file of scores that it writes. */
function byEval(mail: readonly Labelled[], dir: string): (options: string[]) => Judged[] {
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
  return (options) => {
    const args = ['eval', index, '--scores', scores, ...options]
    execFileSync(process.execPath, [command, ...args], { stdio: 'pipe' })
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
}

/** One figure each: the protocol has no chance in it. */
function figures(name: string, judged: readonly Judged[], late: number) {
  const { roca, lam, smAtHm01, hm, sm } = evaluate(judged)
  const of = (what: string, value: number) =>
    measure(`${what}: ${name}`, '%', [value], { better: 'less', bound: 'none' })
  // Until then nobody has been told anything.
  const taught = late === 0 ? [] : [evaluate(judged.slice(late)).roca]
  return [
    of('(1-ROCA)%', roca),
    ...taught.map((value) => of('(1-ROCA)% from the first lesson on', value)),
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
