// What the Software API answers and `--json` prints of what people have: one form, with names and values for programs, times
// in RFC 3339. Of items: listing/shown.ts.
import { scopeName } from '../../scope.ts'
import type { Account, Shown } from '../accounts/accounts.ts'
import type { AppPassword } from '../accounts/apps.ts'
import type { ApiToken } from '../accounts/tokens.ts'
import type { HistoryEntry } from '../history.ts'
import type { ListEntry } from '../lists/lists.ts'
import type { GivenLesson } from '../model/given.ts'
import type { SettingValue } from '../settings.ts'
import type { Alias } from '../accounts/aliases.ts'
import type { Scope } from '../../mail.ts'

const time = (ms: number): string => new Date(ms).toISOString()

const visit = (at: { at: number; network: string } | null) =>
  at && { at: time(at.at), network: at.network }

export interface ShownSetting {
  key: string
  value: string
  /** `default`, or the scope at which it is set. */
  source: string
  /** What it would be without a value of its own; null: there is nothing above. */
  inherited: { value: string; source: string } | null
}

export interface ShownSettings {
  scope: string
  settings: ShownSetting[]
}

/** `inherited`: in the same order. */
export function shownSettings(
  scope: Scope,
  values: readonly SettingValue[],
  inherited: readonly SettingValue[],
): ShownSettings {
  return {
    scope: scopeName(scope),
    settings: values.map(({ key, value, level }, i) => {
      const above = inherited.at(i)
      return {
        key,
        value,
        source: source(level),
        inherited: above ? { value: above.value, source: source(above.level) } : null,
      }
    }),
  }
}

const source = (level: string | null): string => (level === null ? 'default' : scopeName(level))

/** Imported ones have no date and author. */
export const shownEntry = ({ scope, at, ...rest }: ListEntry) => ({
  ...rest,
  scope: scopeName(scope),
  ...(at !== undefined && { at: time(at) }),
})

export const shownHistory = ({ seq, at, actor, as, via, type, text }: HistoryEntry) => ({
  seq,
  at: time(at),
  by: actor,
  as: as ?? null,
  via: via ?? null,
  type,
  text,
})

export const shownAccount = ({ name, tier, scope, created, disabled }: Account) => ({
  name,
  tier,
  scope: scopeName(scope),
  created: time(created),
  disabled: disabled === true,
})

/** With what is kept of its logins. */
export const shownWhole = (account: Shown) => ({
  ...shownAccount(account),
  lastLogin: visit(account.lastLogin),
  locked: account.locked.map(({ network, until }) => ({ network, until: time(until) })),
  apps: account.apps.map(shownApp),
  factor: account.factor,
  aliases: account.aliases,
})

export const shownApp = ({ id, name, created, lastUse }: AppPassword) => ({
  id,
  name,
  created: time(created),
  lastUse: visit(lastUse),
})

export const shownAlias = ({ name, owner }: Alias) => ({ alias: name, owner })

export const shownToken = ({ created, expires, lastUse, ...rest }: ApiToken) => ({
  ...rest,
  created: time(created),
  expires: time(expires),
  lastUse: visit(lastUse),
})

export const shownLesson = ({ at, actor, scope, ...rest }: GivenLesson) => ({
  ...rest,
  scope: scopeName(scope),
  at: time(at),
  by: actor,
})
