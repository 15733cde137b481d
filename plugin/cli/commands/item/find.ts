// lazaret item list and search: which messages there are.
import { Command, Option } from 'commander'
import { Refused } from '../../../errors.ts'
import type { FolderId } from '../../../quarantine/folders/folders.ts'
import { CHIPS, type Chip } from '../../../quarantine/listing/chips.ts'
import { ORDERS, type Order } from '../../../quarantine/listing/cursor.ts'
import type { Listed } from '../../../quarantine/listing/listed.ts'
import { shownItem } from '../../../quarantine/listing/shown.ts'
import type { Page } from '../../../quarantine/listing/page.ts'
import type { Verbs } from '../../../quarantine/verbs/verbs.ts'
import { act, ownScope, SCOPE_HELP } from '../../action.ts'
import { wholeNumber } from '../../numbers.ts'
import { table, when, type Answer } from '../../output.ts'
import { whoDeleted } from './show.ts'

interface Options {
  folder?: string
  only?: Chip
  order: Order
  cursor?: string
  scope?: string
  limit: string
}

const PAGE_MAX = 500

export function list(): Command {
  return which(new Command('list').description('messages of a folder or of a class'))
    .addHelpText(
      'after',
      `
Without --folder and --only: what is caught. Classes: ${CHIPS.join(', ')}; "deleted" is what was deleted or has
expired, and can be brought back for main.grace_hours.

Examples:
  lazaret item list --scope example.com
  lazaret item list --only doubtful --order wanted
  lazaret item list --only deleted --as user@example.com
  lazaret item list --folder Release --json`,
    )
    .action(act<Options, []>(async ({ verbs }, options) => await find(verbs, options, 'caught')))
}

export function search(): Command {
  return which(new Command('search').description('messages that have all of these words'))
    .argument('<words...>', 'from: to: subject: before: after: larger: smaller: score:, or a word')
    .addHelpText(
      'after',
      `
A word without a key may stand in sender, recipient or subject. Without --folder and --only all are searched but
those that were deleted.

Examples:
  lazaret item search from:shop 'subject:"your order"' after:2026-11-01
  lazaret item search larger:5m score:<0.97 --only caught
  lazaret item search invoice --scope user@example.com`,
    )
    .action(
      act<Options, [string[]]>(
        async ({ verbs }, options, words) => await find(verbs, options, 'all', words.join(' ')),
      ),
    )
}

function which(command: Command): Command {
  return command
    .option('--folder <name>', 'one folder, as mail clients show it')
    .addOption(new Option('--only <class>', 'one class').choices(CHIPS).conflicts('folder'))
    .addOption(new Option('--order <order>', 'which first').choices(ORDERS).default('newest'))
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--limit <n>', 'how many', '50')
}

async function find(
  verbs: Verbs,
  options: Options,
  otherwise: Chip,
  words?: string,
): Promise<Answer> {
  const limit = wholeNumber('--limit', options.limit, 1)
  const { name, ...where } = placeOf(verbs, options, otherwise)
  const listed: Listed[] = []
  let cursor: string | null = options.cursor ?? ''
  while (cursor !== null && listed.length < limit) {
    const page: Page = await verbs.items.list({
      ...where,
      order: options.order,
      scope: ownScope(verbs, options.scope),
      limit: Math.min(limit - listed.length, PAGE_MAX),
      ...(words !== undefined && { search: words }),
      ...(cursor !== '' && { cursor }),
    })
    listed.push(...page.items)
    cursor = page.next
  }
  const text = listed.length === 0 ? `There is nothing in ${name}.` : rows(listed, where.chip)
  const more = cursor === null ? '' : `\nThere are more; go on with --cursor ${cursor}`
  return { value: listed.map(shownItem), text: text + more }
}

function rows(listed: readonly Listed[], chip?: Chip): string {
  const deleted = chip === 'deleted'
  const head = ['item', 'received (UTC)', 'verdict', 'sender', 'recipient']
  head.push(...(deleted ? ['deleted (UTC)', 'gone for good (UTC)'] : ['release']), 'subject')
  const all = listed.map(({ item, subject, end }) => [
    String(item.id),
    when(item.at),
    item.verdict ? `${item.verdict.class} ${item.verdict.score.toFixed(3)}` : '',
    item.sender || '<>',
    item.recipients.join(' '),
    ...(deleted
      ? [item.deleted ? `${when(item.deleted.at)} ${whoDeleted(item.deleted)}` : '', when(end)]
      : [item.release?.state ?? '']),
    subject.slice(0, 50),
  ])
  return table([head, ...all], [0])
}

/** Which messages are meant, and what that is called. */
function placeOf(
  verbs: Verbs,
  { folder: wanted, only }: Options,
  otherwise: Chip,
): { name: string; chip?: Chip; folder?: FolderId } {
  if (wanted === undefined) {
    const chip = only ?? otherwise
    return { name: `the class '${chip}'`, chip }
  }
  const folder = verbs.folders.find(wanted)
  if (folder) return { name: folder.name, folder: folder.id }
  const names = verbs.folders.all().map((one) => one.name)
  throw new Refused('not-found', `There is no folder '${wanted}'; there are ${names.join(', ')}.`)
}
