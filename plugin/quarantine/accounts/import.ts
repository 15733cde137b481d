// Accounts from a file of comma-separated values: all of them or none, with what becomes of each line.
import { Refused } from '../../errors.ts'
import type { Login, Tier } from '../../mail.ts'
import { secretBytes, type Secrets } from '../../store/events/index.ts'
import type { Tx } from '../../store/store.ts'
import { write, type Context } from '../context.ts'
import { by, needAdministrator } from '../eyes.ts'
import { putAccount } from './accounts.ts'
import { putAlias } from './aliases.ts'
import { readCsv } from './csv.ts'
import { NO_SECRETS } from './first-login.ts'
import { asker } from './managed.ts'
import { accountName } from './names.ts'
import { checkPassword, newSecrets } from './password.ts'
import { saltOf } from './salt.ts'

export interface ImportedLine {
  /** From 1. */
  line: number
  name: string
  /** `exists`: it is left as it is. */
  result: 'added' | 'exists' | 'wrong'
  /** What is wrong, in a sentence. */
  reason?: string
}

export interface ImportedAccounts {
  lines: ImportedLine[]
  added: number
  exists: number
  wrong: number
  /** False: nothing was changed. */
  done: boolean
}

interface Wanted {
  line: number
  name: string
  tier: Tier
  /** Null: none of ours. */
  password: string | null
  aliases: string[]
  disabled: boolean
}

/** One decision makes them all, and others wait for it that long. */
const LINES_MAX = 2000
const COLUMNS = ['name', 'password', 'tier', 'aliases', 'disabled'] as const
type Column = (typeof COLUMNS)[number]

/**
 * The first line names the columns: `name`, and any of the others. Without a password none is set; several aliases stand
 * with spaces between. With `dryRun`, or where a line is wrong, nothing is changed.
 */
export async function importAccounts(
  ctx: Context,
  login: Login,
  text: string,
  { dryRun = false, tell = () => {} }: { dryRun?: boolean; tell?: (done: number) => void } = {},
): Promise<ImportedAccounts> {
  needAdministrator(login, 'import accounts')
  const wanted = readWanted(text)
  // As if, to see what is wrong with each line: passwords take their time.
  const before = await tried(ctx, login, wanted)
  if (dryRun || before.wrong > 0) return before
  const secrets = new Map<number, Secrets>()
  for (const { line, name, password } of wanted) {
    const is = before.lines.find((one) => one.line === line)
    if (password !== null && is?.result === 'added')
      secrets.set(line, await newSecrets(password, asker(name), saltOf(ctx, accountName(name))))
    tell(secrets.size)
  }
  const lines = await write(ctx, by(login), (tx) => {
    const all = applied(ctx, tx, login, wanted, secrets)
    const wrong = all.find(({ result }) => result === 'wrong')
    if (wrong)
      throw new Refused('conflict', `Line ${wrong.line}: ${wrong.reason} Nothing was changed.`)
    return all
  })
  return counted(lines, true)
}

async function tried(
  ctx: Context,
  login: Login,
  wanted: readonly Wanted[],
): Promise<ImportedAccounts> {
  let lines: ImportedLine[] = []
  try {
    await write(ctx, by(login), (tx) => {
      lines = applied(ctx, tx, login, wanted, new Map())
      throw NOT_FOR_GOOD
    })
  } catch (error) {
    if (error !== NOT_FOR_GOOD) throw error
  }
  return counted(lines, false)
}

const NOT_FOR_GOOD = new Error('not for good')

function applied(
  ctx: Context,
  tx: Tx,
  login: Login,
  wanted: readonly Wanted[],
  secrets: ReadonlyMap<number, Secrets>,
): ImportedLine[] {
  const seen = new Map<string, number>()
  return wanted.map(({ line, name: typed, tier, password, aliases, disabled }) => {
    const name = accountName(typed)
    try {
      const other = seen.get(name)
      if (other !== undefined) throw new Refused('exists', `'${name}' stands on line ${other}.`)
      seen.set(name, line)
      if (password !== null) checkPassword(password)
      const secret = tx.blob(secretBytes(secrets.get(line) ?? NO_SECRETS))
      putAccount(ctx, tx, login, name, tier, { secret, ...(disabled && { disabled }) })
      for (const alias of aliases) putAlias(tx, login, alias, name)
      return { line, name, result: 'added' }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.kind === 'exists' && tx.views.accounts.has(name) && seen.get(name) === line)
        return { line, name, result: 'exists' }
      return { line, name, result: 'wrong', reason: error.message }
    }
  })
}

function counted(lines: ImportedLine[], done: boolean): ImportedAccounts {
  const of = (what: ImportedLine['result']): number =>
    lines.filter(({ result }) => result === what).length
  return { lines, added: of('added'), exists: of('exists'), wrong: of('wrong'), done }
}

function readWanted(text: string): Wanted[] {
  const [head, ...rows] = readCsv(text)
  if (!head) throw new Refused('invalid', 'The file is empty.')
  const columns = head.fields.map((field) => field.toLowerCase())
  const unknown = columns.find((one) => !COLUMNS.some((known) => known === one))
  if (unknown !== undefined || !columns.includes('name') || new Set(columns).size < columns.length)
    throw new Refused(
      'invalid',
      `Line ${head.line} has to name the columns, each once: name, and any of ${COLUMNS.slice(1).join(', ')}${unknown === undefined ? '' : `; '${unknown}' is none`}.`,
    )
  if (rows.length > LINES_MAX)
    throw new Refused(
      'too-large',
      `The file has ${rows.length} accounts, and ${LINES_MAX} are the most at one time: divide it.`,
    )
  const wrong: string[] = []
  const wanted = rows.map(({ line, fields }): Wanted => {
    const of = (column: Column): string => fields[columns.indexOf(column)] ?? ''
    const name = of('name')
    if (fields.length > columns.length)
      wrong.push(
        `Line ${line} has ${fields.length} fields, and there are ${columns.length} columns.`,
      )
    const tier = of('tier') || (name.includes('@') ? 'address' : 'domain')
    if (!isTier(tier)) wrong.push(`Line ${line}: '${tier}' is none of ${TIERS.join(', ')}.`)
    const disabled = of('disabled').toLowerCase()
    if (!['', 'yes', 'no'].includes(disabled))
      wrong.push(`Line ${line}: disabled is '${disabled}', and not yes or no.`)
    return {
      line,
      name,
      tier: tier as Tier,
      password: of('password') || null,
      aliases: of('aliases').split(/\s+/).filter(Boolean),
      disabled: disabled === 'yes',
    }
  })
  if (wrong.length > 0) throw new Refused('invalid', wrong.join('\n'))
  return wanted
}

const TIERS: readonly Tier[] = ['super-admin', 'domain', 'address']
const isTier = (text: string): text is Tier => TIERS.some((tier) => tier === text)
