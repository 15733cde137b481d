// Settings at three levels: an address's own beat its domain's, these beat the global ones, and these the
// defaults of lazaret.ini.
import { createHash } from 'node:crypto'
import { Refused } from '../errors.ts'
import type { Login, Scope } from '../mail.ts'
import { levels, tell, tierOf } from '../scope.ts'
import { SETTINGS, isSettingKey, type SettingKey, type Settings } from '../settings.ts'
import { decode } from '../store/codec.ts'
import type { Views } from '../store/env.ts'
import { by, ownScope } from './eyes.ts'
import { write, type Context } from './context.ts'

/** A value as set, and at which level; level null is the default of lazaret.ini. */
export interface SettingValue {
  key: SettingKey
  value: string
  level: Scope | null
}

/** Texts of all settings that hold for a scope. */
export function settingValues(ctx: Context, views: Views, scope: Scope): SettingValue[] {
  return valuesOf(ctx, views, levels(scope))
}

/** The same without those of the scope itself. */
export function inheritedValues(ctx: Context, views: Views, scope: Scope): SettingValue[] {
  return valuesOf(ctx, views, levels(scope).slice(1))
}

function valuesOf(ctx: Context, views: Views, scopes: readonly Scope[]): SettingValue[] {
  return (Object.keys(SETTINGS) as SettingKey[]).map((key) => {
    for (const level of scopes) {
      const bytes = views.settings.get([level, key])
      if (bytes) return { key, value: decode<string>(bytes), level }
    }
    return { key, value: String(ctx.config.settings[key]), level: null }
  })
}

/** Parsed settings that hold for a scope. */
export function settingsFor(ctx: Pick<Context, 'config'>, views: Views, scope: Scope): Settings {
  const values: Record<string, unknown> = { ...ctx.config.settings }
  // The most general first, so that the more special one has the last word.
  for (const level of levels(scope).toReversed())
    for (const { key, value } of views.settings.range({ start: [level, ''], end: [level, '￿'] })) {
      const name = (key as [Scope, string])[1]
      if (isSettingKey(name)) values[name] = SETTINGS[name].parse(decode<string>(value))
    }
  return values as unknown as Settings
}

/** Settings of a scope that those above it make. */
const GIVEN: ReadonlySet<SettingKey> = new Set([
  'quota_mb',
  'lessons_per_day',
  'lessons_effect',
  'lessons_approval',
])

/** What `changeSettings` compares: another one after each change of what holds for the scope. */
export function settingsTag(values: readonly SettingValue[]): string {
  const text = values.map(({ key, value, level }) => `${key}\0${level ?? '-'}\0${value}`).join('\n')
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Sets a value for a scope of this login; null takes it back to the next level's. */
export async function setSetting(
  ctx: Context,
  login: Login,
  of: Scope,
  key: string,
  value: string | null,
): Promise<void> {
  await changeSettings(ctx, login, of, { [key]: value })
}

/**
 * The same with several at once: all of them or none. `tag`: what the caller has seen; refused where it is otherwise by
 * now. Answers all values as they are then.
 */
export async function changeSettings(
  ctx: Context,
  login: Login,
  of: Scope,
  changes: Readonly<Record<string, string | null>>,
  tag?: string,
): Promise<SettingValue[]> {
  const scope = ownScope(ctx, login, of, 'settings')
  const checked = Object.entries(changes).map(([key, value]) =>
    checkedChange(login, scope, key, value),
  )
  return await write(ctx, by(login), (tx) => {
    if (tag !== undefined && settingsTag(settingValues(ctx, tx.views, scope)) !== tag)
      throw new Refused(
        'conflict',
        `The settings of ${tell(scope)} were changed meanwhile; look at them again.`,
      )
    for (const { key, value } of checked) tx.append({ type: 'setting', scope, key, value })
    const now = settingsFor(ctx, tx.views, scope)
    if (now.unsure > now.spam)
      throw new Refused('invalid', `unsure (${now.unsure}) would be above spam (${now.spam}).`)
    return settingValues(ctx, tx.views, scope)
  })
}

function checkedChange(
  login: Login,
  scope: Scope,
  key: string,
  value: string | null,
): { key: SettingKey; value: string | null } {
  if (!isSettingKey(key))
    throw new Refused(
      'invalid',
      `There is no setting '${key}'; there are ${Object.keys(SETTINGS).join(', ')}.`,
    )
  // Whoever is given space, or is heard, does not give it to himself.
  const given = GIVEN.has(key) || (key === 'digest_links' && login.tier === 'address')
  if (given && login.scope === scope && scope !== '')
    throw new Refused('not-allowed', `${key} of ${scope} is set by those above it.`)
  if (key === 'recipient_delimiter' && tierOf(scope) === 'address')
    throw new Refused('invalid', `${key} is of a domain, or of everybody: not of ${scope}.`)
  if (value !== null) {
    try {
      SETTINGS[key].parse(value)
    } catch (error) {
      throw new Refused('invalid', `${key}: ${(error as Error).message}.`)
    }
  }
  return { key, value }
}
