// lazaret score: what would become of messages, and why.
import { Command } from 'commander'
import type { Proofs } from '../../mail.ts'
import type { Examined } from '../../quarantine/model/examine.ts'
import { mailFiles, readMails, someMail, tellSkipped } from '../mail/files.ts'
import { clean, colors, table, type Answer } from '../output.ts'
import { act } from '../action.ts'

interface ScoreOptions {
  to?: string
  from?: string
  authenticated?: boolean
  signal?: string[]
  tokens: string
  brief?: boolean
  force?: boolean
}

/** What no Haraka was asked for. */
const UNPROVEN: Proofs = { dkim: [], spf: null, checked: false }

export function score(): Command {
  return new Command('score')
    .description('class, probability and evidence of messages')
    .argument('<file...>', 'eml, mbox, maildir, a folder, or - for stdin')
    .option('--to <recipient>', 'ask the lists and settings of this recipient, too')
    .option('--from <sender>', 'envelope sender for the lists, besides the header From')
    .option('--authenticated', 'as if From and envelope sender were proven by SPF and DKIM')
    .option('--signal <name=value...>', 'what another plugin found, such as spf=pass')
    .option('--tokens <n>', 'how many of the strongest tokens to show', '8')
    .option('--brief', 'one line a message')
    .option('--force', 'score files that are given by name also when they do not look like mail')
    .addHelpText(
      'after',
      `
The exit code is 0 when no message is spam, 1 when one is.

Examples:
  lazaret score message.eml
  lazaret score ~/Maildir --brief
  curl -s https://example.com/message.eml | lazaret score - --to user@example.com`,
    )
    .action(
      act<ScoreOptions, [string[]]>(async ({ verbs }, options, paths): Promise<Answer> => {
        const limit = Number.parseInt(options.tokens, 10) || 0
        const found: (Examined & { name: string })[] = []
        const { files, skipped } = someMail(mailFiles(paths, { force: options.force }))
        for (const file of files)
          for await (const { name, raw } of readMails(file)) {
            const examined = verbs.model.examine(raw, {
              recipient: options.to ?? null,
              sender: options.from ?? '',
              proofs: options.authenticated ? ('all' as const) : UNPROVEN,
              signals: options.signal ?? [],
              tokens: limit,
            })
            found.push({ name, ...examined })
          }
        const text = options.brief
          ? table(
              [
                ['class', 'score', 'message'],
                ...found.map((one) => [one.verdict.class, one.verdict.score.toFixed(4), one.name]),
              ],
              [1],
            )
          : found.map(whole).join('\n\n')
        return {
          value: found.map((one) => value(one)),
          text: skipped.length > 0 ? `${text}\n\n${clean(tellSkipped(skipped))}` : text,
          ok: found.every(({ verdict }) => verdict.class !== 'spam'),
        }
      }),
    )
}

function value({ name, verdict, explanation, lists }: Examined & { name: string }): unknown {
  const { score: scored, views, tokens } = explanation
  return { name, ...verdict, logit: scored.z, views, tokens, lists }
}

function whole({ name, verdict, explanation }: Examined & { name: string }): string {
  const paint = { ham: colors.green, unsure: colors.yellow, spam: colors.red }[verdict.class]
  const views = explanation.views.map(({ name: view, weight, n, clipped }) => [
    view,
    signed(weight),
    `${n} features${clipped ? '; its tokens add up to more than counts' : ''}`,
  ])
  const tokens = explanation.tokens.map(({ text, weight, view }) => [
    text,
    signed(weight),
    explanation.views[view].name,
  ])
  // What the views say already is not said twice.
  const reasons = verdict.evidence.filter(
    ({ name: kind }) => !explanation.views.some(({ key }) => key === kind),
  )
  return [
    `${clean(name)}: ${paint(colors.bold(verdict.class))} ${verdict.score.toFixed(4)}`,
    ...reasons.map(({ text }) => `  ${clean(text)}`),
    indent(table([['part', 'adds', ''], ...views], [1])),
    ...(tokens.length > 0 ? [indent(table([['token', 'adds', 'part'], ...tokens], [1]))] : []),
  ].join('\n')
}

const signed = (n: number): string => `${n < 0 ? '' : '+'}${n.toFixed(2)}`
const indent = (text: string): string => text.replace(/^/gm, '  ')
