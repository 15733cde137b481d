// lazaret model: the classifier's model as a whole.
import { readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { ModelCounts, ScopeStanding } from '../../quarantine/verbs/model.ts'
import { scopeName } from '../../scope.ts'
import { Usage } from '../errors.ts'
import { count, table, type Answer } from '../output.ts'
import { act } from '../action.ts'

export function model(): Command {
  const command = new Command('model').description('what the classifier has learned, as a whole')
  command
    .command('info [scope]')
    .description('how much it has learned, as a whole or for the mail of an address or a domain')
    .action(
      act<object, [string | undefined]>(async ({ verbs }, _options, scope) => {
        if (scope !== undefined) return standingOf(verbs.model.standing(scope))
        const info = verbs.model.info()
        const rows = [
          ['ham', String(info.ham)],
          ['spam', String(info.spam)],
          ['where it stands', info.standing.text],
          [
            'scopes of people that others hear',
            `${info.people.ham} for ham, ${info.people.spam} for spam`,
          ],
          ['ceiling of a voice', `${info.people.ceiling}/1024`],
          ['began with a base model', info.prior ? 'yes' : 'no'],
          ['lessons since the last snapshot', String(info.since)],
          ['octets of the last snapshot', String(info.snapshot)],
          ['slots', `2^${info.bits}`],
          ['version of the features', String(info.featureVersion)],
          ...(info.lost ? [lostRow(info.lost)] : []),
        ]
        return { value: info, text: table([['messages learned as', ''], ...rows]) }
      }),
    )
  command
    .command('export <file>')
    .description('write the model to a file')
    .action(
      act<object, [string]>(async ({ verbs }, _options, file) => {
        const bytes = verbs.model.export()
        // Words of people's mail cannot be read out of it, but need not lie open either.
        writeFileSync(file, bytes, { mode: 0o600 })
        return {
          value: { file, octets: bytes.length },
          text: `Wrote ${count(bytes.length, 'octet')} to ${file}.`,
        }
      }),
    )
  command
    .command('import <file>')
    .description('put a model from a file in the place of this one')
    .option('--prior', 'as an opinion from elsewhere, that lessons given here outweigh soon')
    .option('--yes', 'really: what was learned here is forgotten')
    .option('--dry-run', 'say what it would be, and what would be forgotten; change nothing')
    .action(
      act<{ prior?: boolean; yes?: boolean; dryRun?: boolean }, [string]>(
        async ({ verbs }, { prior = false, yes = false, dryRun = false }, file) => {
          const { ham, spam } = verbs.model.info()
          if (!dryRun && ham + spam > 0) confirm(yes, ham + spam)
          const counts = await verbs.model.import(readFileSync(file), { prior })
          if (dryRun) return ifReplaced(ham + spam, counts)
          return { value: verbs.model.info(), text: `The model of ${file} is in force.` }
        },
        { creates: true },
      ),
    )
  command
    .command('reset')
    .description('forget everything that was learned')
    .option('--yes', 'really')
    .option('--dry-run', 'say what would be forgotten; change nothing')
    .action(
      act<{ yes?: boolean; dryRun?: boolean }, []>(async ({ verbs }, options) => {
        const { yes = false, dryRun = false } = options
        const { ham, spam } = verbs.model.info()
        if (!dryRun) confirm(yes, ham + spam)
        await verbs.model.reset()
        if (dryRun) return ifReplaced(ham + spam, { ham: 0, spam: 0, prior: false })
        return { value: verbs.model.info(), text: 'The model knows nothing any more.' }
      }),
    )
  return command
}

function standingOf(standing: ScopeStanding): Answer {
  const { scope, ham, spam, from, text } = standing
  const rows = [
    ['ham', String(ham)],
    ['spam', String(spam)],
    ['where it stands', text],
    ['holds from a score of', from === null ? '-' : from.toFixed(3)],
  ]
  const value = { ...standing, scope: scopeName(scope) }
  return { value, text: table([[`lessons that count for ${scopeName(scope)}`, ''], ...rows]) }
}

/** What a command that only tried has to tell. */
function ifReplaced(forgotten: number, { ham, spam, prior }: ModelCounts): Answer {
  const begins = prior ? ', on a model of elsewhere' : ''
  return {
    value: { dryRun: true, forgotten, ham, spam, prior },
    text: `It would forget ${count(forgotten, 'lesson')} and know ${count(ham, 'ham message')} and ${count(spam, 'spam message')}${begins}. Nothing was changed.`,
  }
}

/** Lessons that another version of the features ended, since their messages are gone. */
function lostRow({ ham, spam, at }: { ham: number; spam: number; at: number }): [string, string] {
  const day = new Date(at).toISOString().slice(0, 10)
  return [`lost when the features changed, ${day}`, `${ham} ham, ${spam} spam`]
}

function confirm(yes: boolean, lessons: number): void {
  if (yes) return
  throw new Usage(
    `this forgets ${count(lessons, 'lesson')}; keep a copy with \`lazaret model export FILE\`, then say --yes`,
  )
}
