// lazaret deleted: what was deleted and can be brought back, and what makes room on a full disk.
import { Command } from 'commander'
import type { Listed } from '../../quarantine/listing/listed.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import type { Scope } from '../../mail.ts'
import { act, SCOPE_HELP, scopeOf } from '../action.ts'
import { Usage } from '../errors.ts'
import { table, when } from '../output.ts'
import { value, whoDeleted } from './item.ts'

interface Within {
  scope?: string
}

export function deleted(): Command {
  const command = new Command('deleted').description(
    'messages that were deleted or have expired, and can be brought back for main.grace_hours',
  )
  command.addCommand(list())
  command.addCommand(restore())
  command.addCommand(purge())
  return command
}

function list(): Command {
  return new Command('list')
    .description('what can be brought back, the newest first')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--limit <n>', 'how many', '50')
    .addHelpText(
      'after',
      `
Examples:
  lazaret deleted list --scope user@example.com
  lazaret deleted list --limit 1000 --json`,
    )
    .action(
      act<Within & { limit: string }, []>(async ({ verbs }, options) => {
        const limit = whole('--limit', options.limit)
        const listed = await all(verbs, scopeOf(options.scope), limit)
        const rows = listed.map(({ item, subject, end }) => [
          String(item.id),
          when(item.at),
          item.deleted ? `${when(item.deleted.at)} ${whoDeleted(item.deleted)}` : '',
          when(end),
          item.sender || '<>',
          item.recipients.join(' '),
          subject.slice(0, 50),
        ])
        return {
          value: listed.map(value),
          text: rows.length === 0 ? 'Nothing was deleted.' : table([HEAD, ...rows], [0]),
        }
      }),
    )
}

const HEAD = [
  'item',
  'received (UTC)',
  'deleted (UTC)',
  'gone for good (UTC)',
  'sender',
  'recipient',
  'subject',
]

async function all(verbs: Verbs, scope: Scope, limit: number): Promise<Listed[]> {
  const listed: Listed[] = []
  for (let cursor: string | null = ''; cursor !== null && listed.length < limit;) {
    const page = await verbs.items.list({
      chip: 'deleted',
      scope,
      limit: Math.min(limit - listed.length, 500),
      ...(cursor !== '' && { cursor }),
    })
    listed.push(...page.items)
    cursor = page.next
  }
  return listed
}

interface RestoreOptions extends Within {
  all?: boolean
  expired?: boolean
}

function restore(): Command {
  return new Command('restore')
    .description('brings messages back to where they lay; nothing is released or learned by it')
    .argument('[ids...]', 'items, as `lazaret deleted list` shows them')
    .option('--all', 'all that were deleted or have expired, in --scope')
    .option('--expired', 'all that have expired, in --scope')
    .option('--scope <scope>', SCOPE_HELP)
    .addHelpText(
      'after',
      `
A clock that was wrong for hours may have let mail expire: --expired brings it back.

Examples:
  lazaret deleted restore 1234 1240
  lazaret deleted restore --expired
  lazaret deleted restore --all --scope user@example.com`,
    )
    .action(
      act<RestoreOptions, [string[]]>(async ({ verbs }, options, ids) => {
        const everything = options.all === true || options.expired === true
        if (everything === ids.length > 0) throw new Usage('give items, or --all, or --expired')
        const restored = everything
          ? await verbs.items.restoreAll({
              scope: scopeOf(options.scope),
              expired: options.all !== true,
            })
          : (await verbs.items.restore(ids.map((id) => whole('item', id)))).length
        return { value: { restored }, text: `${many(restored)} back in the quarantine.` }
      }),
    )
}

interface PurgeOptions extends Within {
  olderThan?: string
  count?: string
  held?: boolean
  yes?: boolean
}

function purge(): Command {
  return new Command('purge')
    .description('takes messages for good, the oldest first, to make room on a full disk')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--older-than <days>', 'only those deleted, or held, for more days than this')
    .option('--count <n>', 'no more than so many')
    .option('--held', 'also what still lies in folders, after all that was deleted')
    .option('--yes', 'I know that these messages do not come back')
    .addHelpText(
      'after',
      `
Messages whose release is under way stay. The database file does not shrink: what it has free is used
again before it grows.

Examples:
  lazaret deleted purge --yes
  lazaret deleted purge --older-than 14 --held --scope example.com --yes
  lazaret deleted purge --count 5000 --held --yes`,
    )
    .action(
      act<PurgeOptions, []>(async ({ verbs }, options) => {
        if (!options.yes) throw new Usage('these messages do not come back: say --yes')
        const purged = await verbs.items.purge({
          scope: scopeOf(options.scope),
          held: options.held ?? false,
          ...(options.olderThan !== undefined && {
            olderThanDays: whole('--older-than', options.olderThan),
          }),
          ...(options.count !== undefined && { count: whole('--count', options.count) }),
        })
        const { items, octets } = purged
        return {
          value: purged,
          text: `${many(items)} gone for good; ${octets} octets can be used again.`,
        }
      }),
    )
}

const many = (n: number): string => `${n} message${n === 1 ? ' is' : 's are'}`

function whole(what: string, text: string): number {
  const n = Number(text)
  if (text.trim() === '' || !Number.isInteger(n) || n < 0)
    throw new Usage(`${what} ${text}: give a whole number`)
  return n
}
