// lazaret eval: how good the classifier is on labelled mail.
import { readFileSync, writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import {
  evaluate,
  rocPoints,
  trialOf,
  type Judged,
  type Metrics,
  type Trial,
} from '../../quarantine/model/measure.ts'
import { THRESHOLDS } from '../../mail.ts'
import { Usage } from '../errors.ts'
import { readMails } from '../mail/files.ts'
import { labelled, shuffled, type Labelled } from '../mail/labelled.ts'
import { progress, table, type Answer } from '../output.ts'
import { rocSvg } from '../roc.ts'
import { bare } from '../action.ts'

interface EvalOptions {
  protocol: 'online' | 'batch'
  share: string
  seed: string
  late: string
  model?: string
  roc?: string
  scores?: string
}

export function evaluation(): Command {
  return new Command('eval')
    .description('measure the classifier on labelled mail; nothing of it is kept')
    .argument(
      '<path>',
      "an index file with lines 'spam PATH' and 'ham PATH', or a folder with such folders",
    )
    .addOption(
      new Option(
        '--protocol <name>',
        'online: score each message, then learn it; batch: learn one part, score the other',
      )
        .choices(['online', 'batch'])
        .default('online'),
    )
    .option('--share <n>', 'batch: the part that is learned', '0.5')
    .option('--seed <n>', 'order of messages from folders; an index file has its own', '1')
    .option(
      '--late <n>',
      'online: learn each message when so many more have been scored, as people do',
      '0',
    )
    .option('--model <file>', 'begin with this model (as of lazaret model export), not with none')
    .option('--roc <file>', 'write the ROC curve as an SVG picture')
    .option('--scores <file>', 'write label and score of every message, a tab between them')
    .addHelpText(
      'after',
      `
The measures are those of the TREC spam track: (1-ROCA)% is the area above the ROC curve; hm% and sm%
are ham and spam on the wrong side of 0.5, lam% their logistic average; sm% at hm 0.1% is the spam that
is missed when at most 0.1% of the ham may be lost. Of three classes, ham goes up to ${THRESHOLDS.unsure}, spam from ${THRESHOLDS.spam}.

Examples:
  lazaret eval ~/corpus/full/index --roc roc.svg
  lazaret eval ~/corpus/full/index --late 500 --model base.model
  lazaret eval ~/corpus --protocol batch --share 0.7 --scores scores.tsv`,
    )
    .action(
      bare<EvalOptions, [string]>(async (options, _json, path): Promise<Answer> => {
        const share = number('--share', options.share, 0.01, 0.99)
        const seed = number('--seed', options.seed, 0, 2 ** 31)
        const late = number('--late', options.late, 0, 2 ** 31)
        const trial = trialFrom(options.model, options.protocol === 'online' ? late : 0)
        const corpus = labelled(path)
        const files = corpus.ordered ? corpus.files : shuffled(corpus.files, seed)
        const started = process.hrtime.bigint()
        const judged = await measure(trial, files, options.protocol === 'batch' ? share : null)
        const seconds = Number(process.hrtime.bigint() - started) / 1e9
        if (judged.length === 0)
          throw new Usage(`${path}: there is no message to score, so nothing was measured`)
        const metrics = evaluate(judged)
        if (options.scores)
          writeFileSync(
            options.scores,
            judged.map((one) => `${one.label}\t${one.score}\n`).join(''),
          )
        if (options.roc) writeFileSync(options.roc, rocSvg(rocPoints(judged), metrics))
        return {
          value: { protocol: options.protocol, ...metrics, seconds },
          text: report(options, metrics, seconds),
        }
      }),
    )
}

function trialFrom(model: string | undefined, late: number): Trial {
  try {
    return trialOf(model === undefined ? null : readFileSync(model), late)
  } catch (error) {
    throw new Usage(`--model ${model}: ${(error as Error).message}`)
  }
}

/** `share` null: online. */
async function measure(
  trial: Trial,
  files: readonly Labelled[],
  share: number | null,
): Promise<Judged[]> {
  const judged: Judged[] = []
  const learned = share === null ? 0 : Math.round(files.length * share)
  const bar = progress('Measuring', 'files')
  bar.total(files.length)
  try {
    for (const [at, { label, ...file }] of files.entries()) {
      for await (const { raw } of readMails(file)) {
        if (share === null) judged.push(trial.online(raw, label))
        else if (at < learned) trial.online(raw, label)
        else judged.push(trial.judge(raw, label))
      }
      bar.add()
    }
  } finally {
    bar.stop()
  }
  return judged
}

function report(
  { protocol, share, late, roc, scores }: EvalOptions,
  m: Metrics,
  seconds: number,
): string {
  const n = m.ham + m.spam
  const percent = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3))
  const { ham, unsure, spam } = m.classes
  const of = (part: number, all: number): string =>
    all === 0 ? '-' : `${((100 * part) / all).toFixed(2)}%`
  const figures = [
    ['(1-ROCA)%', percent(m.roca)],
    ['lam%', percent(m.lam)],
    ['hm%', percent(m.hm)],
    ['sm%', percent(m.sm)],
    ['sm% at hm 0.1%', percent(m.smAtHm01)],
  ]
  const classes = [
    ['ham', String(ham.ham), of(ham.ham, m.ham), String(ham.spam), of(ham.spam, m.spam)],
    [
      'unsure',
      String(unsure.ham),
      of(unsure.ham, m.ham),
      String(unsure.spam),
      of(unsure.spam, m.spam),
    ],
    ['spam', String(spam.ham), of(spam.ham, m.ham), String(spam.spam), of(spam.spam, m.spam)],
  ]
  const how =
    protocol === 'online'
      ? `online: each scored, then learned${late === '0' ? '' : `, ${late} messages late`}`
      : `batch: ${share} learned, the rest scored`
  return [
    `${n} messages (${m.ham} ham, ${m.spam} spam), ${how}, ${seconds.toFixed(1)} s`,
    '',
    table([['measure', 'value'], ...figures], [1]),
    '',
    table([['judged as', 'ham', '', 'spam', ''], ...classes], [1, 2, 3, 4]),
    ...(roc ? ['', `ROC curve: ${roc}`] : []),
    ...(scores ? [`Scores: ${scores}`] : []),
  ].join('\n')
}

function number(option: string, text: string, min: number, max: number): number {
  const n = Number(text)
  if (text.trim() === '' || !(n >= min && n <= max))
    throw new Usage(`${option} ${text}: give a number from ${min} to ${max}`)
  return n
}
