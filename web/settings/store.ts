// Settings of a scope, as read and as changed: what somebody else changed meanwhile is told and shown.
import { signal } from '@preact/signals'
import { ask, login, Problem } from '../api.ts'
import { route } from '../route.ts'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'

export interface Setting {
  key: string
  value: string
  /** `default`, or the scope at which it is set. */
  source: string
  inherited: { value: string; source: string } | null
}

interface Read {
  scope: string
  settings: Setting[]
}

export const settings = signal<ReadonlyMap<string, Setting> | null>(null)
export const problem = signal<unknown>(null)
let tag: string | null = null

/** Whose settings are shown: the login's own, or those that an administrator asked for. */
export function scopeShown(): string {
  const own = login.value?.scope || 'global'
  return route.value.words.get('scope') ?? own
}

export async function read(scope: string): Promise<void> {
  try {
    take(await ask<Read>(`settings/${encodeURIComponent(scope)}`))
    problem.value = null
  } catch (error) {
    settings.value = null
    problem.value = error
  }
}

function take({ value, tag: seen }: { value: Read; tag: string | null }): void {
  tag = seen
  settings.value = new Map(value.settings.map((one) => [one.key, one]))
}

/**
 * Null takes a value back to what is inherited. Answers why not, in a sentence; null: it is done. What somebody else changed
 * meanwhile is read; where it was something else, this is kept as well.
 */
export async function save(
  changes: Record<string, string | null>,
  isAgain = false,
): Promise<string | null> {
  const scope = scopeShown()
  const seen = settings.value
  try {
    take(
      await ask<Read>(`settings/${encodeURIComponent(scope)}`, {
        method: 'PATCH',
        body: changes,
        match: tag,
      }),
    )
    tell(t('saved'))
    return null
  } catch (error) {
    if (error instanceof Problem && error.kind === 'precondition') {
      await read(scope)
      const isOther = Object.keys(changes).every((key) => isSame(seen?.get(key), key))
      return isOther && !isAgain ? await save(changes, true) : sentence(error)
    }
    if (error instanceof Problem) return sentence(error)
    tellBad(error)
    return null
  }
}

function isSame(seen: Setting | undefined, key: string): boolean {
  const now = settings.value?.get(key)
  return seen !== undefined && seen.value === now?.value && seen.source === now.source
}

export const isYes = (value: string): boolean => /^(?:yes|true|on|1)$/i.test(value)
export const isOff = (value: string): boolean => value === '' || value.toLowerCase() === 'off'
