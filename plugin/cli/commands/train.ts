// lazaret train: lessons from files.
import { Command } from 'commander'
import type { Label } from '../../mail.ts'
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
import { act, type Given } from '../action.ts'

interface TrainOptions {
  spam?: string[]
  ham?: string[]
  force?: boolean
}

/** Messages and octets in one transaction: bounds how long incoming mail waits for the writer. */
const BATCH = 100
const BATCH_OCTETS = 8 * 2 ** 20

export function train(): Command {
  return new Command('train')
    .description('learn from files: eml, mbox, maildir, folders, or - for stdin')
    .option('--spam <path...>', 'these are spam')
    .option('--ham <path...>', 'these are ham')
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
  lazaret train --ham archive.mbox`,
    )
    .action(
      act<TrainOptions, []>(
        async (given, { spam = [], ham = [], force = false }) => {
          if (spam.length + ham.length === 0)
            throw new Usage('give --spam PATH, --ham PATH, or both')
          const [bad, good] = [mailFiles(spam, { force }), mailFiles(ham, { force })]
          const skipped = [...bad.skipped, ...good.skipped]
          someMail({ files: [...bad.files, ...good.files], skipped })
          const files = [
            ...bad.files.map((file) => ({ file, label: 'spam' as const })),
            ...good.files.map((file) => ({ file, label: 'ham' as const })),
          ]
          // In turns: a model that has just seen a thousand of one kind believes in that kind.
          return await teach(given, shuffled(files, 1), skipped)
        },
        { creates: true },
      ),
    )
}

async function teach(
  { verbs }: Given,
  files: readonly { file: MailFile; label: Label }[],
  skipped: readonly Skipped[],
): Promise<Answer> {
  const bar = progress('Learning', 'octets')
  bar.total(files.reduce((sum, { file }) => sum + file.size, 0))
  let stopped = false
  const stop = (): void => void (stopped = true)
  process.once('SIGINT', stop)
  const sum = { learned: 0, turned: 0, known: 0 }
  let batch: { raw: Buffer; label: Label }[] = []
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
    for (const { file, label } of files) {
      for await (const { raw } of readMails(file)) {
        batch.push({ raw: withCrlf(raw), label })
        octets += raw.length
        if (batch.length >= BATCH || octets >= BATCH_OCTETS) await flush()
        if (stopped) break
      }
      if (stopped) break
    }
    await flush()
    if (sum.learned > 0) await verbs.model.snapshot()
  } finally {
    process.removeListener('SIGINT', stop)
    bar.stop()
  }
  const turned =
    sum.turned > 0 ? ` (${sum.turned} of them turned round: learned as the other before)` : ''
  const rest = skipped.length > 0 ? `; ${clean(tellSkipped(skipped))}` : ''
  const said = `Learned ${count(sum.learned, 'message')}${turned}; ${sum.known} known already${rest}.`
  return {
    value: { ...sum, skipped: skipped.length, complete: !stopped },
    text: stopped ? `${said} Stopped: the same command goes on from here.` : said,
    ok: !stopped,
  }
}
