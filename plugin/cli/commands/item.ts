// lazaret item: what lies in the quarantine.
import { Command, Option } from 'commander'
import { Refused } from '../../errors.ts'
import type { Deletion } from '../../mail.ts'
import type { FolderId } from '../../quarantine/folders/folders.ts'
import { CHIPS, type Chip } from '../../quarantine/listing/chips.ts'
import { ORDERS, type Order } from '../../quarantine/listing/cursor.ts'
import type { Listed } from '../../quarantine/listing/listed.ts'
import type { Page } from '../../quarantine/listing/page.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { Usage } from '../errors.ts'
import { clean, table, when } from '../output.ts'
import { act, SCOPE_HELP, scopeOf } from '../action.ts'

interface ListOptions {
  folder?: string
  only?: Chip
  search?: string
  order?: Order
  cursor?: string
  scope?: string
  limit: string
}

export function item(): Command {
  const command = new Command('item').description('messages in the quarantine')
  command
    .command('list')
    .description('messages of a folder or of a class')
    .option('--folder <name>', 'a folder as mail clients show it (default: that of caught mail)')
    .addOption(
      new Option('--only <class>', 'a class instead of a folder')
        .choices(CHIPS)
        .conflicts('folder'),
    )
    .option(
      '--search <words>',
      'from: to: subject: before: after: larger: smaller: score:, or any word',
    )
    .addOption(new Option('--order <order>', 'which first').choices(ORDERS).default('newest'))
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--limit <n>', 'how many', '50')
    .addHelpText(
      'after',
      `
Examples:
  lazaret item list --scope example.com
  lazaret item list --only doubtful --order wanted --search 'from:shop subject:"your order" after:2026-11-01'
  lazaret item list --folder Release --json`,
    )
    .action(
      act<ListOptions, []>(async ({ verbs }, options) => {
        const limit = Number(options.limit)
        if (!Number.isInteger(limit) || limit < 1)
          throw new Usage(`--limit ${options.limit}: give a number`)
        const { name, ...where } = placeOf(verbs, options)
        const query = { ...where, search: options.search, order: options.order }
        const scope = scopeOf(options.scope)
        const listed: Listed[] = []
        let cursor: string | null = options.cursor ?? ''
        while (cursor !== null && listed.length < limit) {
          const page: Page = await verbs.items.list({
            ...query,
            scope,
            limit: Math.min(limit - listed.length, 500),
            ...(cursor !== '' && { cursor }),
          })
          listed.push(...page.items)
          cursor = page.next
        }
        const rows = listed.map(({ item: one, subject }) => [
          String(one.id),
          when(one.at),
          one.verdict ? `${one.verdict.class} ${one.verdict.score.toFixed(3)}` : '',
          one.sender || '<>',
          one.recipients.join(' '),
          one.release?.state ?? '',
          subject.slice(0, 50),
        ])
        return {
          value: listed.map(value),
          text: rows.length === 0 ? `There is nothing in ${name}.` : text(rows, cursor),
        }
      }),
    )
  command
    .command('show <id>')
    .description('one message: envelope, verdict, where it lies, how its release stands')
    .action(
      act<object, [string]>(async ({ verbs }, _options, id) => {
        const listed = verbs.items.get(Number(id))
        if (!listed) throw new Refused('not-found', `There is no item ${id}.`)
        return { value: value(listed), text: whole(listed) }
      }),
    )
  command
    .command('release-all <id>')
    .description(
      'release a message for all recipients for whom it was caught; without --confirm, count them',
    )
    .option('--confirm <count>', 'do it for so many, as counted before')
    .addHelpText(
      'after',
      `
Examples:
  lazaret item release-all 1234
  lazaret item release-all 1234 --confirm 17`,
    )
    .action(
      act<{ confirm?: string }, [string]>(async ({ verbs }, { confirm }, id) => {
        const item = Number(id)
        if (confirm === undefined) {
          const count = verbs.items.caughtForAll(item)
          return {
            value: { count },
            text: `This message is caught for ${count} recipients. Release it for all of them: lazaret item release-all ${item} --confirm ${count}`,
          }
        }
        const count = Number(confirm)
        if (!Number.isInteger(count) || count < 1)
          throw new Usage(`--confirm ${confirm}: give the number that was counted`)
        const released = await verbs.items.releaseForAll(item, count)
        return { value: { released }, text: `released for ${released} recipients` }
      }),
    )
  return command
}

const HEAD = ['item', 'received (UTC)', 'verdict', 'sender', 'recipient', 'release', 'subject']

/** Which messages are meant, and what that is called. */
function placeOf(
  verbs: Verbs,
  { folder: wanted, only }: ListOptions,
): { name: string; chip?: Chip; folder?: FolderId } {
  if (only !== undefined) return { name: `the class '${only}'`, chip: only }
  const name = wanted ?? verbs.config.folders.caught
  const folder = verbs.folders.find(name)
  if (folder) return { name, folder: folder.id }
  const names = verbs.folders.all().map((one) => one.name)
  throw new Refused('not-found', `There is no folder '${name}'; there are ${names.join(', ')}.`)
}

/** Why it lies nowhere any more. */
export function whoDeleted({ actor }: Deletion): string {
  return actor === 'system' ? 'expired' : actor === '' ? 'by somebody' : `by ${actor}`
}

function text(rows: string[][], cursor: string | null): string {
  const more = cursor === null ? '' : `\nThere are more; go on with --cursor ${cursor}`
  return table([HEAD, ...rows], [0]) + more
}

/** What `--json` shows of an item. `due`: when it expires, or is gone for good where it was deleted; 0: never. */
export function value({ item: one, subject, from, folders, seen, end }: Listed): unknown {
  const { identity: _, places: _places, since: _since, release, ...rest } = one
  const told = release && {
    state: release.state,
    at: release.at,
    reply: release.reply,
    actor: release.actor,
  }
  return { ...rest, subject, from, folders, seen, due: end, release: told }
}

function whole({ item: one, subject, folders, end }: Listed): string {
  const { release, verdict } = one
  const lines: [string, string][] = [
    ['Item', `${one.id} (${one.kind}, ${one.direction === 'in' ? 'incoming' : 'outgoing'})`],
    ['Subject', subject],
    ['Received', `${when(one.at)} UTC, ${one.size} octets, SHA-256 ${one.blob}`],
    ['Sender', one.sender || '<>'],
    ['Recipient', one.recipients.join(', ')],
    ['Folders', folders.join(', ') || 'none: deleted, still recoverable'],
    ['Learned as', one.trained ?? 'nothing'],
    ['Route', one.route?.nextHop ?? 'as Haraka decides'],
    ['Signals', one.signals.join(' ') || 'none'],
  ]
  const { deleted } = one
  if (deleted) lines.push(['Deleted', `${when(deleted.at)} UTC, ${whoDeleted(deleted)}`])
  if (end > 0) lines.push([deleted ? 'Gone' : 'Expires', `${when(end)} UTC`])
  if (release)
    lines.push([
      'Release',
      `${release.state} at ${when(release.at)} UTC, asked by ${release.actor}`,
    ])
  if (release?.reply) lines.push(['Reply', release.reply])
  if (verdict) lines.push(['Verdict', `${verdict.class} ${verdict.score.toFixed(4)}`])
  for (const { text } of verdict?.evidence ?? []) lines.push(['', text])
  return lines.map(([name, text]) => `${name.padEnd(11)}${clean(text)}`).join('\n')
}
