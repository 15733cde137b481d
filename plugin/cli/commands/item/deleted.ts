// lazaret item restore and purge: what was deleted is brought back, or taken for good to make room on a full disk.
import { Command } from 'commander'
import { act, ownScope, SCOPE_HELP } from '../../action.ts'
import { Usage } from '../../errors.ts'
import { wholeNumber } from '../../numbers.ts'
import { count } from '../../output.ts'

interface Within {
  scope?: string
  dryRun?: boolean
}

interface RestoreOptions extends Within {
  all?: boolean
  expired?: boolean
}

export function restore(): Command {
  return new Command('restore')
    .description('brings messages back to where they lay; nothing is released or learned by it')
    .argument('[ids...]', 'items, as lazaret item list --only deleted shows them')
    .option('--all', 'all that were deleted or have expired, in --scope')
    .option('--expired', 'all that have expired, in --scope')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--dry-run', 'say how many, and do nothing')
    .addHelpText(
      'after',
      `
A clock that was wrong for hours may have let mail expire: --expired brings it back.

Examples:
  lazaret item restore 1234 1240
  lazaret item restore --expired
  lazaret item restore --all --scope user@example.com`,
    )
    .action(
      act<RestoreOptions, [string[]]>(async ({ verbs }, options, ids) => {
        const everything = options.all === true || options.expired === true
        if (everything === ids.length > 0) throw new Usage('give items, or --all, or --expired')
        const restored = everything
          ? await verbs.items.restoreAll({
              scope: ownScope(verbs, options.scope),
              expired: options.all !== true,
            })
          : (await verbs.items.restore(ids.map((id) => wholeNumber('item', id)))).length
        const text = options.dryRun
          ? `${count(restored, 'message')} would come back.`
          : `${many(restored)} back in the quarantine.`
        return { value: { restored }, text }
      }),
    )
}

interface PurgeOptions extends Within {
  olderThan?: string
  count?: string
  held?: boolean
  yes?: boolean
}

export function purge(): Command {
  return new Command('purge')
    .description('takes messages for good, the oldest first, to make room on a full disk')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--older-than <days>', 'only those deleted, or held, for more days than this')
    .option('--count <n>', 'no more than so many')
    .option('--held', 'also what still lies in folders, after all that was deleted')
    .option('--yes', 'I know that these messages do not come back')
    .option('--dry-run', 'say how many, and do nothing')
    .addHelpText(
      'after',
      `
Messages whose release is under way stay. The database file does not shrink: what it has free is used
again before it grows.

Examples:
  lazaret item purge --yes
  lazaret item purge --older-than 14 --held --scope example.com --yes
  lazaret item purge --count 5000 --held --yes`,
    )
    .action(
      act<PurgeOptions, []>(async ({ verbs }, options) => {
        if (!options.yes && !options.dryRun)
          throw new Usage('these messages do not come back: say --yes')
        const purged = await verbs.items.purge({
          scope: ownScope(verbs, options.scope),
          held: options.held ?? false,
          ...(options.olderThan !== undefined && {
            olderThanDays: wholeNumber('--older-than', options.olderThan),
          }),
          ...(options.count !== undefined && { count: wholeNumber('--count', options.count) }),
        })
        const { items, octets } = purged
        if (options.dryRun)
          return { value: { items }, text: `${count(items, 'message')} would be gone for good.` }
        return {
          value: purged,
          text: `${many(items)} gone for good; ${octets} octets can be used again.`,
        }
      }),
    )
}

const many = (n: number): string => `${n} message${n === 1 ? ' is' : 's are'}`
