// lazaret list: allow and block lists.
import { createReadStream, statSync } from 'node:fs'
import { Command } from 'commander'
import type { ListKind } from '../../mail.ts'
import { Usage } from '../errors.ts'
import { matchesEverybody } from '../../quarantine/lists/lists.ts'
import { shownEntry } from '../../quarantine/verbs/shown.ts'
import { check } from './list-check.ts'
import { clean, colors, when, count, print, progress, table, type Answer } from '../output.ts'
import { scopeName } from '../../scope.ts'
import { DRY_RUN, shownWhatIf } from '../what-if.ts'
import { act, ownScope, SCOPE_HELP, type Given } from '../action.ts'
import { needServed, YES_SCOPE } from '../served.ts'

interface ListOptions {
  allow?: boolean
  block?: boolean
  scope?: string
}

interface AddOptions extends ListOptions {
  comment?: string
  dryRun?: boolean
  yes?: boolean
}

const MASKS = `
A mask is an address; * may be its first and its last character: john@spam.com, *@spam.com,
john@*, *box@dom*. Quote it, or the shell takes the * for file names. .spam.com (or *@*.spam.com)
is no mask, but the domain with all its sub-domains.`

export function list(): Command {
  const command = new Command('list')
    .description('allow and block lists of an address, a domain, or everybody')
    .addHelpText('after', MASKS)
  which(command.command('add <mask...>'))
    .description('add masks; all of them or, where one is no mask, none')
    .option('--yes', `add a mask that matches everybody without asking; ${YES_SCOPE}`)
    .option('--comment <text>', 'why, for whoever reads the list later')
    .option('--dry-run', DRY_RUN)
    .addHelpText(
      'after',
      `
Examples:
  lazaret list add '*@spam.com' --block
  lazaret list add boss@example.net --allow --scope user@example.com --comment 'my manager'`,
    )
    .action(
      act<AddOptions, [string[]]>(
        async (given, options, masks) => {
          if (options.dryRun) return await ifAdded(given, options, masks)
          if (!options.yes && masks.some(matchesEverybody)) throw new Usage(everybody(options))
          needServed(given, ownScope(given.verbs, options.scope), options.yes)
          return await change(given, options, { add: masks, comment: options.comment })
        },
        { creates: true },
      ),
    )
  which(command.command('remove <mask...>'))
    .description('remove masks')
    .action(
      act<ListOptions, [string[]]>(
        async (given, options, masks) => await change(given, options, { remove: masks }),
      ),
    )
  which(command.command('show'))
    .description('entries of all scopes, or of one')
    .action(
      act<ListOptions, []>(async ({ verbs }, options) => {
        const scope = options.scope === undefined ? undefined : ownScope(verbs, options.scope)
        const kind = options.allow || options.block ? kindOf(options) : undefined
        const entries = [...verbs.lists.entries(scope, kind)]
        const rows = entries.map(({ scope: of, list: on, mask, at, by = '', comment = '' }) => [
          scopeName(of),
          on,
          mask,
          at === undefined ? '' : when(at),
          clean(by),
          clean(comment),
        ])
        return {
          value: entries.map(shownEntry),
          text:
            rows.length === 0
              ? 'There are no such entries.'
              : `${table([['scope', 'list', 'mask', 'added (UTC)', 'by', 'comment'], ...rows])}\n${colors.dim(count(rows.length, 'entry', 'entries'))}`,
        }
      }),
    )
  command.addCommand(check())
  which(command.command('import <file>'))
    .description('add the masks of a file, or of - for stdin')
    .option('--yes', `also add a mask that matches everybody, else it is refused; ${YES_SCOPE}`)
    .addHelpText(
      'after',
      `
One mask a line, # starts a comment; postfix access tables (sender, OK or REJECT) and SpamAssassin
lines (welcomelist_from, blocklist_from) are understood, and say themselves which list they are for
(.spam.com of the one and *@*.spam.com of the other become .spam.com, which has spam.com itself in it):
--allow or --block is for the others. All good lines are added in one step or, after a failure, none;
refused lines are told with number and reason, and make the exit code 1.

Examples:
  lazaret list import spammers.txt --block
  lazaret list import /etc/postfix/sender_access --scope example.com
  zcat masks.gz | lazaret list import - --allow`,
    )
    .action(
      act<AddOptions, [string]>(
        async (given, options, file) => {
          const { verbs } = given
          const kind = options.allow || options.block ? kindOf(options) : null
          const scope = ownScope(verbs, options.scope)
          needServed(given, scope, options.yes)
          const imported = await verbs.lists.import(scope, kind, chunksOf(file), {
            everybody: options.yes ?? false,
          })
          const { added, known, refused, refusals } = imported
          const told = refused.map(
            (one) => `line ${one.line}: ${one.reason} ${colors.dim(clean(one.text))}`,
          )
          if (refusals > refused.length) told.push(`... and ${refusals - refused.length} more`)
          const said = `Added ${count(added, 'mask')}; ${known} known already, ${refusals} refused.`
          return {
            value: { scope: scopeName(scope), ...imported },
            text: [...told, said].join('\n'),
            ok: refusals === 0,
          }
        },
        { creates: true },
      ),
    )
  which(command.command('export'))
    .description('one list, a mask a line; without --allow or --block both, as SpamAssassin lines')
    .addHelpText(
      'after',
      `
Example:
  lazaret list export --block --scope example.com > masks.txt`,
    )
    .action(
      act<ListOptions, []>(async ({ verbs, json }, options) => {
        const kind = options.allow || options.block ? kindOf(options) : null
        const scope = ownScope(verbs, options.scope)
        const lines = verbs.lists.export(scope, kind)
        if (json)
          return {
            value: { scope: scopeName(scope), lines: [...lines].map((one) => one.trimEnd()) },
            text: '',
          }
        // In pieces: a list may hold millions.
        let piece = ''
        for (const one of lines) {
          piece += one
          if (piece.length < PIECE) continue
          await print(piece)
          piece = ''
        }
        await print(piece)
        return { value: null, text: '' }
      }),
    )
  return command
}

/** Characters printed at a time. */
const PIECE = 65_536

/** A file or stdin, with a bar that shows how much of a file is read. */
async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  const bar = progress('Reading', 'octets')
  try {
    if (file !== '-') bar.total(statSync(file).size)
    const input = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
    for await (const chunk of input as AsyncIterable<Buffer>) {
      yield chunk
      bar.add(chunk.length)
    }
  } finally {
    bar.stop()
  }
}

function everybody(options: ListOptions): string {
  const what =
    kindOf(options) === 'allow' ? 'all mail would be delivered' : 'all mail would be spam'
  return `this mask matches every sender: ${what} without asking the classifier; give --yes if that is what you want`
}

function which(command: Command): Command {
  return command
    .option('--allow', 'the allow list: mail is delivered without asking the classifier')
    .option('--block', 'the block list: mail is spam without asking the classifier')
    .option('--scope <scope>', SCOPE_HELP)
}

function kindOf({ allow = false, block = false }: ListOptions): ListKind {
  if (allow === block) throw new Usage('say which list: either --allow or --block')
  return allow ? 'allow' : 'block'
}

async function ifAdded(
  { verbs }: Given,
  options: ListOptions,
  masks: readonly string[],
): Promise<Answer> {
  const list = kindOf(options)
  const effect = await verbs.whatIf.listed(ownScope(verbs, options.scope), list, masks)
  const { matched, matchedHam, matchedSpam } = effect
  const known = `${matchedHam} of it released or known to be ham, ${matchedSpam} known to be spam`
  return shownWhatIf(effect, [
    `The ${list} list would match ${count(matched, 'caught message')}${matched > 0 ? `: ${known}` : ''}.`,
  ])
}

async function change(
  { verbs }: Given,
  options: ListOptions,
  masks: { add?: string[]; remove?: string[]; comment?: string },
): Promise<Answer> {
  const [scope, kind] = [ownScope(verbs, options.scope), kindOf(options)]
  const made = await verbs.lists.change(scope, kind, masks)
  const { added, known, removed } = made
  const where = scope === '' ? `the global ${kind} list` : `the ${kind} list of ${scope}`
  if (masks.remove) {
    const missing = masks.remove.length - removed
    const rest = missing > 0 ? `; ${count(missing, 'mask')} not on it` : ''
    return {
      value: { scope: scopeName(scope), list: kind, ...made },
      text: `Removed ${count(removed, 'mask')} from ${where}${rest}.`,
      ok: removed > 0,
    }
  }
  return {
    value: { scope: scopeName(scope), list: kind, ...made },
    text: `Added ${count(added, 'mask')} to ${where}${known > 0 ? `; ${known} known already` : ''}.`,
  }
}
