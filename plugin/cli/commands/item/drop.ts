// lazaret item release, train, undo and delete: what can be done with messages, by their numbers.
import { Command } from 'commander'
import { Bad, Refused } from '../../../errors.ts'
import type { Item, Label } from '../../../mail.ts'
import { tellWhatIf } from '../../../quarantine/whatif/effect.ts'
import { WISHES_MAX } from '../../../quarantine/whatif/lesson.ts'
import type { Verbs } from '../../../quarantine/verbs/verbs.ts'
import { act } from '../../action.ts'
import { tell, Usage } from '../../errors.ts'
import { wholeNumber } from '../../numbers.ts'
import { clean, colors, count, type Answer } from '../../output.ts'

interface Dry {
  dryRun?: boolean
}

const DRY = 'say what would be done, and do nothing'

interface ReleaseOptions extends Dry {
  train?: boolean
  forAll?: boolean
  confirm?: string
}

export function release(): Command {
  return new Command('release')
    .description('deliver messages to their recipients, as a drag to Release does')
    .argument('<ids...>', 'items, as lazaret item list shows them')
    .option('--train', 'learn that they are ham, too, as a drag to Release & Train does')
    .option(
      '--for-all',
      'one message for all recipients for whom it was caught; first it counts them',
    )
    .option('--confirm <count>', 'with --for-all: do it for so many, as counted before')
    .option('--dry-run', DRY)
    .addHelpText(
      'after',
      `
Examples:
  lazaret item release 1234 1240
  lazaret item release 1234 --train --as user@example.com
  lazaret item release 1234 --for-all
  lazaret item release 1234 --for-all --confirm 17`,
    )
    .action(
      act<ReleaseOptions, [string[]]>(async ({ verbs }, options, ids) => {
        if (options.forAll) return await releaseForAll(verbs, options, ids)
        if (options.confirm !== undefined) throw new Usage('--confirm goes with --for-all')
        if (!options.train)
          return await each(ids, options, 'released', (id) => verbs.items.release(id))
        const answer = await each(ids, options, 'released and learned as ham', (id) =>
          verbs.items.releaseAndTrain(id),
        )
        return options.dryRun ? await withEffect(verbs, answer, ids, 'ham') : answer
      }),
    )
}

async function releaseForAll(
  verbs: Verbs,
  { train: learn, confirm, dryRun = false }: ReleaseOptions,
  ids: readonly string[],
): Promise<Answer> {
  if (ids.length !== 1 || learn) throw new Usage('--for-all takes one item, and not --train')
  const id = wholeNumber('item', ids[0])
  if (confirm === undefined || dryRun) {
    const found = verbs.items.caughtForAll(id)
    const todo = `lazaret item release ${id} --for-all --confirm ${found}`
    return {
      value: { count: found },
      text: `This message is caught for ${count(found, 'recipient')}. Release it for all of them: ${todo}`,
    }
  }
  const released = await verbs.items.releaseForAll(id, wholeNumber('--confirm', confirm, 1))
  return { value: { released }, text: `Released for ${count(released, 'recipient')}.` }
}

export function train(): Command {
  return new Command('train')
    .description('learn from messages, without delivering them')
    .argument('<ids...>', 'items, as lazaret item list shows them')
    .option('--ham', 'they are ham, as a drag to Not Spam says')
    .option('--spam', 'they are spam, as a drag to Spam says')
    .option('--dry-run', DRY)
    .addHelpText(
      'after',
      `
Files of mail are learned by lazaret train.

Examples:
  lazaret item train 1234 --ham
  lazaret item train 1240 1241 --spam --as example.com`,
    )
    .action(
      act<Dry & { ham?: boolean; spam?: boolean }, [string[]]>(
        async ({ verbs }, { ham = false, spam = false, ...options }, ids) => {
          if (ham === spam) throw new Usage('say what they are: either --ham or --spam')
          const label = ham ? 'ham' : 'spam'
          const answer = await each(ids, options, `learned as ${label}`, (id) =>
            ham ? verbs.items.notSpam(id) : verbs.items.spam(id),
          )
          return options.dryRun ? await withEffect(verbs, answer, ids, label) : answer
        },
      ),
    )
}

export function undo(): Command {
  return new Command('undo')
    .description(
      'back to where they were caught: a release that waits is cancelled, a lesson taken back',
    )
    .argument('<ids...>', 'items, as lazaret item list shows them')
    .option('--dry-run', DRY)
    .addHelpText('after', '\nExample:\n  lazaret item undo 1234')
    .action(
      act<Dry, [string[]]>(
        async ({ verbs }, options, ids) =>
          await each(ids, options, 'taken back', (id) => verbs.items.undo(id)),
      ),
    )
}

export function drop(): Command {
  return new Command('delete')
    .description('delete messages; they can be restored for main.grace_hours')
    .argument('<ids...>', 'items, as lazaret item list shows them')
    .option('--dry-run', DRY)
    .addHelpText('after', '\nExample:\n  lazaret item delete 1234 1240')
    .action(
      act<Dry, [string[]]>(
        async ({ verbs }, options, ids) =>
          await each(ids, options, 'deleted', (id) => verbs.items.delete(id)),
      ),
    )
}

/** One after the other, with a result for each; the exit code is 1 where one was refused. */
async function each(
  ids: readonly string[],
  { dryRun = false }: Dry,
  done: string,
  run: (id: number) => Promise<Item>,
): Promise<Answer> {
  const numbers = [...new Set(ids)].map((id) => wholeNumber('item', id))
  const results: {
    id: number
    ok: boolean
    error?: { code: string; message: string }
  }[] = []
  const lines: string[] = []
  for (const id of numbers) {
    try {
      const item = await run(id)
      results.push({ id, ok: true })
      lines.push(`Item ${id} ${dryRun ? 'would be' : 'is'} ${done}${lies(item)}.`)
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Bad)) throw error
      const { code, message } = tell(error)
      results.push({ id, ok: false, error: { code, message } })
      lines.push(`${colors.red(`Item ${id}:`)} ${clean(message)}`)
    }
  }
  return { value: results, text: lines.join('\n'), ok: results.every(({ ok }) => ok) }
}

/** What the lessons would do to mail on hand, behind the answer for people. */
async function withEffect(
  verbs: Verbs,
  answer: Answer,
  ids: readonly string[],
  label: Label,
): Promise<Answer> {
  if (answer.ok === false || ids.length > WISHES_MAX) return answer
  const wishes = [...new Set(ids)].map((id) => ({ item: wholeNumber('item', id), label }))
  const effect = await verbs.whatIf.taught(wishes)
  return { ...answer, text: `${answer.text}\n${tellWhatIf(effect)}` }
}

function lies({ release: one }: Item): string {
  return one?.state === 'delivered' ? ` (it was delivered before: ${clean(one.reply)})` : ''
}
