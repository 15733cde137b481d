// What every command runs in: the data folder opened, the answer printed, the exit code set.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Scope } from '../mail.ts'
import { CLI, open, type Lazaret } from '../open.ts'
import type { Verbs } from '../quarantine/verbs/verbs.ts'
import { parseScope } from '../scope.ts'
import { safeJson } from '../text.ts'
import { userName } from '../whose.ts'
import { dataDirOf } from '../ini.ts'
import { EXIT, Usage } from './errors.ts'
import { print, type Answer } from './output.ts'
import { findPlace, type Place, type PlaceOptions } from './place.ts'

/** What the action of a command is given. */
export interface Given {
  /**
   * Of whoever runs the command: the owner of the data, with the eyes of the super-admin; with --as, with those of that
   * account.
   */
  verbs: Verbs
  lazaret: Lazaret
  place: Place
  json: boolean
}

interface GlobalOptions extends PlaceOptions {
  json?: boolean
  /** An account in whose place the administrator acts. */
  as?: string
  /** Where a command has it: nothing is kept. */
  dryRun?: boolean
}

const BARRIER_MS = 1000

/** The action of a command: `run` gets what it is given, its options and its arguments. */
export function act<O extends object, A extends unknown[]>(
  run: (given: Given, options: O, ...args: A) => Promise<Answer>,
  { creates = false }: { creates?: boolean } = {},
): (this: Command, ...all: unknown[]) => Promise<void> {
  return bare<O, A>(async (options, json, ...args) => {
    const place = findPlace(options)
    if (!creates && !existsSync(join(place.dataDir, 'data.mdb')))
      throw new Usage(
        `there are no data in ${place.dataDir}: start Haraka with the plugin once, or add an account, or name another folder with --config or --data`,
      )
    const lazaret = open(place.config, place.dataDir, { apart: isApart(place, options) })
    // Of several machines: what the others did so far, if that can be had soon.
    await lazaret.store.barrier(BARRIER_MS)
    for (const note of lazaret.notes) process.stderr.write(`${note}\n`)
    try {
      return await run(
        { verbs: verbsFor(lazaret, options), lazaret, place, json },
        options,
        ...args,
      )
    } finally {
      await lazaret.close()
    }
  })
}

/** Whether a data folder was named that is not the one of this server: a backup, mostly. */
function isApart({ config, dataDir, harakaDir }: Place, { data }: GlobalOptions): boolean {
  return data !== undefined && (!harakaDir || dataDirOf(harakaDir, config) !== dataDir)
}

/** Of whoever runs the command; `name`: of an account in whose place they act. */
function verbsFor({ quarantine }: Lazaret, { as: name, dryRun }: GlobalOptions): Verbs {
  const how = { via: `command ${unixUser()}`, ...(dryRun && { dry: true }) }
  const verbs = quarantine.as({ ...CLI, ...how })
  if (name === undefined) return verbs
  const { name: account, tier, scope } = verbs.accounts.show(name)
  return quarantine.as({ account, tier, scope, administrator: CLI.account, ...how })
}

/** Who sits before it, also where sudo made root of them. */
function unixUser(): string {
  const user = userName(process.geteuid?.() ?? 0)
  const { SUDO_USER } = process.env
  return user === 'root' && SUDO_USER ? `root (sudo of ${SUDO_USER})` : user
}

/** The action of a command that needs no data folder. */
export function bare<O extends object, A extends unknown[]>(
  run: (options: O & GlobalOptions, json: boolean, ...args: A) => Promise<Answer>,
): (this: Command, ...all: unknown[]) => Promise<void> {
  return async function (this: Command, ...all: unknown[]): Promise<void> {
    // commander hands over the arguments, then the options, then the command.
    const args = all.slice(0, -2) as A
    const options = this.optsWithGlobals<O & GlobalOptions>()
    const json = options.json ?? false
    const { value, text, ok = true, silent = false } = await run(options, json, ...args)
    process.exitCode = ok ? EXIT.ok : EXIT.refused
    if (silent) return
    if (json) await print(`${safeJson(value)}\n`)
    else if (text !== '') await print(`${text}\n`)
  }
}

/** `--scope`: an address, a domain, or everybody; no --scope is all that the login sees. */
export function ownScope({ login }: Verbs, text: string | undefined): Scope {
  return text === undefined ? login.scope : parseScope(text)
}

export const SCOPE_HELP = 'an address, a domain, or "global" (default; with --as all that it sees)'
