// lazaret lessons: what people have taught, and how to take it back.
import { Command } from 'commander'
import type { GivenLesson } from '../../quarantine/verbs/lessons.ts'
import { scopeName } from '../../scope.ts'
import { shownLesson } from '../../quarantine/verbs/shown.ts'
import { act } from '../action.ts'
import { Usage } from '../errors.ts'
import { clean, colors, count, sheet, table, when } from '../output.ts'

const STANDINGS = ['heard', 'waiting', 'refused', 'over', 'overruled'] as const

interface ListOptions {
  scope?: string
  standing?: string
  limit?: string
}

export function lessons(): Command {
  const command = new Command('lessons')
    .description('what people have taught the filter: show it, take it back, let others hear it')
    .addHelpText(
      'after',
      `
A lesson of an address or a domain counts for its own mail at once; others hear it as a voice with a ceiling. Standing:
heard; waiting for an administrator (setting lessons_approval, or it would change more than lessons_effect), or refused by
one; over (more than lessons_per_day); overruled, since an administrator said the opposite of that very message. Those given before there were layers of the
model are part of everybody's and are not listed.`,
    )
  command
    .command('list')
    .description('lessons, newest first, and whose contradict everybody else in bulk')
    .option('--scope <scope>', 'of an address, or of a domain with its addresses')
    .option('--standing <standing>', `only ${STANDINGS.join(', ')}`)
    .option('--limit <n>', 'how many at most', '50')
    .addHelpText(
      'after',
      `
Examples:
  lazaret lessons list --scope user@example.com
  lazaret lessons list --standing waiting --as example.com`,
    )
    .action(
      act<ListOptions, []>(({ verbs }, { scope, standing, limit }) => {
        const found = verbs.lessons.list({
          limit: idOf(limit ?? '50'),
          ...(scope !== undefined && { scope }),
          ...(standing !== undefined && { standing: standingOf(standing) }),
        })
        const alarms = verbs.lessons.alarms()
        return Promise.resolve({
          value: {
            lessons: found.map(shownLesson),
            alarms: alarms.map((one) => ({ ...one, scope: scopeName(one.scope) })),
          },
          text: [
            ...(found.length > 0 ? [shown(found)] : ['There are no such lessons.']),
            ...alarms.map((one) => colors.yellow(clean(one.text))),
          ].join('\n'),
        })
      }),
    )
  command
    .command('show <id>')
    .description('one lesson')
    .action(
      act<object, [string]>(({ verbs }, _, id) => {
        const lesson = verbs.lessons.show(idOf(id))
        return Promise.resolve({ value: shownLesson(lesson), text: told(lesson) })
      }),
    )
  command
    .command('undo <id...>')
    .description('take lessons back, as if they had never been given')
    .option('--dry-run', DRY)
    .action(
      act<Dry, [string[]]>(async ({ verbs }, { dryRun }, ids) => {
        const gone = await verbs.lessons.undo(ids.map(idOf))
        const text = `${tookBack(dryRun)} ${count(gone.length, 'lesson')}.`
        return { value: gone.map(shownLesson), text }
      }),
    )
  command
    .command('forget <scope>')
    .description('take back all lessons of an address, or of a domain with its addresses')
    .addHelpText(
      'after',
      `
Example:
  lazaret lessons forget user@example.com`,
    )
    .option('--dry-run', DRY)
    .action(
      act<Dry, [string]>(async ({ verbs }, { dryRun }, scope) => {
        const forgotten = await verbs.lessons.forget(scope)
        const text = `${tookBack(dryRun)} ${count(forgotten, 'lesson')} of ${clean(scope)}.`
        return { value: { scope, forgotten }, text, ok: forgotten > 0 }
      }),
    )
  for (const [name, heard] of [
    ['approve', true],
    ['refuse', false],
  ] as const)
    command
      .command(`${name} <id...>`)
      .description(
        heard
          ? 'let others hear lessons that wait (settings lessons_approval, lessons_effect)'
          : 'lessons that wait count for their own mail only',
      )
      .option('--dry-run', DRY)
      .action(
        act<Dry, [string[]]>(async ({ verbs }, { dryRun }, ids) => {
          const settled = await (heard
            ? verbs.lessons.approve(ids.map(idOf))
            : verbs.lessons.refuse(ids.map(idOf)))
          const text = dryRun
            ? `${count(settled.length, 'lesson')} would be ${heard ? 'heard by others' : 'refused'}.`
            : shown(settled)
          return { value: settled.map(shownLesson), text }
        }),
      )
  return command
}

interface Dry {
  dryRun?: boolean
}

const DRY = 'say what would be done, and do nothing'
const tookBack = (dryRun = false): string => (dryRun ? 'Would take back' : 'Took back')

function shown(all: readonly GivenLesson[]): string {
  const rows = all.map((one) => [
    String(one.id),
    when(one.at),
    scopeName(one.scope),
    one.label,
    one.against ? `${one.standing}, against all others` : one.standing,
    one.items.length > 0 ? one.items.join(' ') : 'files',
  ])
  return table([['lesson', 'given (UTC)', 'by', 'says', 'standing', 'items'], ...rows], [0])
}

function told(one: GivenLesson): string {
  const { id, scope, label, standing, at, actor, against, message, items } = one
  return sheet([
    ['Lesson', String(id)],
    ['Given', `${when(at)} UTC by ${actor}`],
    ['Counts for', scopeName(scope)],
    ['Says', label],
    [
      'Standing',
      against ? `${standing}; the opposite of what everybody else's mail has taught` : standing,
    ],
    ['Message', message],
    ['Items', items.length > 0 ? items.join(', ') : 'none: from files'],
  ])
}

function idOf(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text))
    throw new Usage(`'${text}' is no number; lazaret lessons list shows the numbers of lessons`)
  return Number(text)
}

function standingOf(text: string): (typeof STANDINGS)[number] {
  const found = STANDINGS.find((one) => one === text)
  if (!found) throw new Usage(`'${text}' is no standing; there are ${STANDINGS.join(', ')}`)
  return found
}
