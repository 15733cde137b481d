// lazaret settings: what holds for an address, a domain, everybody.
import { Command } from 'commander'
import { Refused } from '../../errors.ts'
import type { Scope } from '../../mail.ts'
import { SETTINGS, isSettingKey } from '../../settings.ts'
import type { SettingValue } from '../../quarantine/settings.ts'
import { shownSettings, type ShownSetting } from '../../quarantine/verbs/shown.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { table, terms } from '../output.ts'
import { scopeName, scopeTitle } from '../../scope.ts'
import { DRY_RUN, shownWhatIf } from '../what-if.ts'
import { Usage } from '../errors.ts'
import { act, ownScope, SCOPE_HELP } from '../action.ts'
import { needServed, YES_SCOPE } from '../served.ts'

interface ScopeOptions {
  scope?: string
}

const KEYS = terms(
  Object.entries(SETTINGS).map(([key, { doc, values }]) => [
    key,
    `${doc}${values ? ` (${values})` : ''}`,
  ]),
)

export function settings(): Command {
  const command = new Command('settings')
    .description('settings of an address, a domain, or everybody')
    .addHelpText('after', `\nKeys:\n${KEYS}`)
  command
    .command('get [key]')
    .description('the values that hold, and where each comes from')
    .option('--scope <scope>', SCOPE_HELP)
    .addHelpText(
      'after',
      `
Examples:
  lazaret settings get
  lazaret settings get spam --scope user@example.com`,
    )
    .action(
      act<ScopeOptions, [string | undefined]>(async ({ verbs }, { scope }, key) => {
        if (key !== undefined && !isSettingKey(key)) throw noSetting(key)
        const of = ownScope(verbs, scope)
        const values = verbs.settings.values(of)
        const whole = shownSettings(of, values, verbs.settings.inherited(of))
        const rows = values
          .filter((one) => key === undefined || one.key === key)
          .map((one) => [one.key, shown(typed(one)), from(one.level)])
        return {
          value: key === undefined ? whole : whole.settings.find((one) => one.key === key),
          text: table([['key', 'value', 'from'], ...rows]),
        }
      }),
    )
  command
    .command('set <key> <value>')
    .description('set a value; it holds from the next message on')
    .option('--scope <scope>', SCOPE_HELP)
    .option('--dry-run', `of unsure and spam: ${DRY_RUN}`)
    .option('--yes', YES_SCOPE)
    .addHelpText(
      'after',
      `
Examples:
  lazaret settings set action tag --scope example.com
  lazaret settings set spam 0.8 --scope example.com --dry-run
  lazaret settings set enabled no --scope postmaster@example.com`,
    )
    .action(
      act<ScopeOptions & { dryRun?: boolean; yes?: boolean }, [string, string]>(
        async (given, options, key, value) => {
          const { verbs } = given
          const scope = ownScope(verbs, options.scope)
          needServed(given, scope, options.yes)
          if (options.dryRun) {
            if (key !== 'unsure' && key !== 'spam')
              throw new Usage(
                '--dry-run is for unsure and spam: of other settings nothing can be told',
              )
            const number = value.trim() === '' ? Number.NaN : Number(value)
            return shownWhatIf(await verbs.whatIf.thresholds(scope, { [key]: number }))
          }
          await verbs.settings.set(scope, key, value)
          const now = `${key} is ${value} for ${scopeName(scope)}.`
          return { value: settingOf(verbs, scope, key), text: now }
        },
        { creates: true },
      ),
    )
  command
    .command('unset <key>')
    .description('take a value back: what holds for the next wider scope holds again')
    .option('--scope <scope>', SCOPE_HELP)
    .action(
      act<ScopeOptions, [string]>(async ({ verbs }, options, key) => {
        const scope = ownScope(verbs, options.scope)
        await verbs.settings.set(scope, key, null)
        const now = verbs.settings.values(scope).find((one) => one.key === key)
        if (!now) throw noSetting(key)
        return {
          value: settingOf(verbs, scope, now.key),
          text: `${key} is ${shown(typed(now))} for ${scopeName(scope)}, from ${from(now.level)}.`,
        }
      }),
    )
  return command
}

/** One as the API shows it. */
function settingOf(verbs: Verbs, scope: Scope, key: string): ShownSetting | undefined {
  const [values, inherited] = [verbs.settings.values(scope), verbs.settings.inherited(scope)]
  return shownSettings(scope, values, inherited).settings.find((one) => one.key === key)
}

const typed = ({ key, value }: SettingValue): unknown => SETTINGS[key].parse(value)
const shown = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)

/** Where a value was set, for people. */
function from(level: Scope | null): string {
  if (level === null) return 'lazaret.ini'
  return scopeTitle(level)
}

const noSetting = (key: string): Refused =>
  new Refused(
    'invalid',
    `There is no setting '${key}'; there are ${Object.keys(SETTINGS).join(', ')}.`,
  )
