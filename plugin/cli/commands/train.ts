// lazaret train: lessons from files.
import { Command, Option } from 'commander'
import type { Label } from '../../mail.ts'
import type { Lesson } from '../../quarantine/model/train.ts'
import { Usage } from '../errors.ts'
import {
  mailFiles,
  readMails,
  someMail,
  tellSkipped,
  withCrlf,
  type MailFile,
  type Skipped,
} from '../mail/files.ts'
import { shuffled } from '../mail/labelled.ts'
import { clean, count, progress, type Answer } from '../output.ts'
import { tellWhatIf } from '../../quarantine/whatif/effect.ts'
import { WISHES_MAX } from '../../quarantine/whatif/lesson.ts'
import { act, type Given } from '../action.ts'

interface TrainOptions {
  spam?: string[]
  ham?: string[]
  arf?: string[]
  label?: Label
  force?: boolean
  dryRun?: boolean
}

/** Messages and octets in one transaction: bounds how long incoming mail waits for the writer. */
const BATCH = 100
const BATCH_OCTETS = 8 * 2 ** 20

export function train(): Command {
  return new Command('train')
    .description('learn from files: eml, mbox, maildir, folders, or - for stdin')
    .option('--spam <path...>', 'these are spam')
    .option('--ham <path...>', 'these are ham')
    .option(
      '--arf <path...>',
      'these are reports (ARF, RFC 5965): abuse, fraud and virus are spam, not-spam is ham',
    )
    .addOption(
      new Option(
        '--label <label>',
        'what the messages of all --arf are, whatever the reports say',
      ).choices(['spam', 'ham']),
    )
    .option('--dry-run', 'say how many would be learned, and learn nothing')
    .option('--force', 'learn files that are given by name also when they do not look like mail')
    .addHelpText(
      'after',
      `
What does not look like mail is passed over and told (indexes of a mail server beside it, programs,
archives). A message that was learned before counts once, however often it is given: after an interruption the
same command goes on where it stopped. Giving spam and ham in one command is best: they are learned in
turns.

Examples:
  lazaret train --spam ~/Maildir/.Junk --ham ~/Maildir/cur
  lazaret train --ham archive.mbox
  lazaret train --arf ~/Maildir/.Abuse`,
    )
    .action(
      act<TrainOptions, []>(
        async (
          given,
          { spam = [], ham = [], arf = [], label: as, force = false, dryRun = false },
        ) => {
          if (spam.length + ham.length + arf.length === 0)
            throw new Usage('give --spam PATH, --ham PATH, --arf PATH, or several of them')
          if (as && arf.length === 0) throw new Usage('--label is for --arf: give --spam or --ham')
          const [bad, good, told] = [spam, ham, arf].map((paths) => mailFiles(paths, { force }))
          const skipped = [...bad.skipped, ...good.skipped, ...told.skipped]
          someMail({ files: [...bad.files, ...good.files, ...told.files], skipped })
          const is =
            (label: Label): Read =>
            (raw) => ({ raw, label })
          const files = [
            ...bad.files.map((file) => ({ file, read: is('spam') })),
            ...good.files.map((file) => ({ file, read: is('ham') })),
          ]
          const reports = told.files.map((file) => ({ file, read: readReport(given, as) }))
          // In turns: a model that has just seen a thousand of one kind believes in that kind. Of reports the later one
          // may set the earlier right.
          return await teach(given, [...shuffled(files, 1), ...reports], skipped, {
            arf: arf.length > 0,
            dryRun,
          })
        },
        { creates: true },
      ),
    )
}

/** What a mail teaches; a word: nothing, and why. */
type Read = (raw: Buffer) => Lesson | Useless
const USELESS = {
  none: 'are no reports',
  header: 'have only the header of a message',
  silent: 'do not say whether it is spam',
} as const
type Useless = keyof typeof USELESS

function readReport({ verbs }: Given, as: Label | undefined): Read {
  return (raw) => {
    const feedback = verbs.reports.read(raw)
    if (!feedback) return 'none'
    if (feedback.headerOnly) return 'header'
    const label = as ?? feedback.label
    if (!label) return 'silent'
    // A copy: the message is a part of the report.
    return { raw: Buffer.from(feedback.message), label, signals: feedback.signals }
  }
}

async function teach(
  { verbs }: Given,
  files: readonly { file: MailFile; read: Read }[],
  skipped: readonly Skipped[],
  { arf, dryRun }: { arf: boolean; dryRun: boolean },
): Promise<Answer> {
  const bar = progress('Learning', 'octets')
  bar.total(files.reduce((sum, { file }) => sum + file.size, 0))
  let stopped = false
  const stop = (): void => void (stopped = true)
  process.once('SIGINT', stop)
  const sum = { learned: 0, turned: 0, known: 0 }
  const useless = { none: 0, header: 0, silent: 0 }
  let batch: Lesson[] = []
  // Of a few it can be told what they would do.
  const few: Lesson[] = []
  let octets = 0
  const flush = async (): Promise<void> => {
    const { learned, turned, known } = await verbs.model.train(batch)
    sum.learned += learned
    sum.turned += turned
    sum.known += known
    bar.add(octets)
    batch = []
    octets = 0
  }
  try {
    for (const { file, read } of files) {
      for await (const { raw } of readMails(file)) {
        const lesson = read(withCrlf(raw))
        if (typeof lesson === 'string') useless[lesson]++
        else {
          batch.push(lesson)
          if (dryRun && few.length <= WISHES_MAX) few.push(lesson)
        }
        octets += raw.length
        if (batch.length >= BATCH || octets >= BATCH_OCTETS) await flush()
        if (stopped) break
      }
      if (stopped) break
    }
    await flush()
    if (sum.learned > 0 && !dryRun) await verbs.model.snapshot()
  } finally {
    process.removeListener('SIGINT', stop)
    bar.stop()
  }
  const effect =
    dryRun && sum.learned > 0 && few.length <= WISHES_MAX
      ? `\n${tellWhatIf(await verbs.whatIf.taught(few))}`
      : ''
  const turned =
    sum.turned > 0 ? ` (${sum.turned} of them turned round: learned as the other before)` : ''
  const told = (Object.keys(USELESS) as Useless[])
    .filter((why) => useless[why] > 0)
    .map((why) => `; ${useless[why]} ${USELESS[why]}`)
  const rest = told.join('') + (skipped.length > 0 ? `; ${clean(tellSkipped(skipped))}` : '')
  const said = `${dryRun ? 'Would learn' : 'Learned'} ${count(sum.learned, 'message')}${turned}; ${sum.known} known already${rest}.`
  return {
    value: { ...sum, skipped: skipped.length, ...(arf && { useless }), complete: !stopped },
    text: stopped ? `${said} Stopped: the same command goes on from here.` : `${said}${effect}`,
    ok: !stopped,
  }
}
