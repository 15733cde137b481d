// All that an account holds, for whoever wants it in his hands: messages as they came, everything else as JSON. Piece by
// piece, so that no more than one message is in memory.
import { unlessDamaged } from '../errors.ts'
import type { Login } from '../mail.ts'
import type { Event } from '../store/events/index.ts'
import { type Turn, turnOf } from '../turns.ts'
import { showAccount } from './accounts/accounts.ts'
import type { Context } from './context.ts'
import { itemsOf } from './estate.ts'
import { rawFor } from './folders/contents.ts'
import { concerning, type HistoryEntry } from './history.ts'
import { listedItem } from './listing/listed.ts'
import { listEntries } from './lists/lists.ts'
import { listLessons } from './model/given.ts'
import { settingValues } from './settings.ts'

/** What comes next in a file of the export; files of one name are one file. */
export interface ExportPart {
  /** `account.json`, `items.jsonl`, `messages/12.eml` ... */
  file: string
  bytes: Uint8Array
}

/** Lessons that are read at one time. */
const LESSONS = 200

/**
 * Of an address its own, of a domain that of its addresses, too; of a super-admin what concerns the account itself, since the
 * mail of everybody is not its. Secrets are in none of it.
 */
export async function* exportAccount(
  ctx: Context,
  login: Login,
  user: string,
): AsyncGenerator<ExportPart> {
  const account = showAccount(ctx, login, user)
  const { name, scope, tier } = account
  yield whole('account.json', account)
  // As the account itself would see it: nothing of whoever asks is in it.
  const its: Login = { account: name, tier, scope }
  const turn = turnOf(login)
  if (tier !== 'super-admin') {
    yield whole('settings.json', settingValues(ctx, ctx.store.views, scope))
    yield* lists(ctx, its)
    yield* messages(ctx, its, turn)
    yield* lessons(ctx, its)
  }
  // Everything concerns a super-admin: of it what the account did, what was done as it, and to it.
  const mine = ({ actor, as }: HistoryEntry, event: Event): boolean =>
    actor === name || as === name || (event.type === 'account' && event.name === name)
  for await (const { entry, event } of concerning(ctx, its, 0, turn))
    if (entry && (tier !== 'super-admin' || mine(entry, event))) yield row('audit.jsonl', entry)
}

function* lists(ctx: Context, its: Login): Generator<ExportPart> {
  for (const entry of listEntries(ctx, its)) yield row('lists.jsonl', entry)
}

async function* messages(ctx: Context, its: Login, turn: Turn): AsyncGenerator<ExportPart> {
  for await (const { id } of itemsOf(ctx, its.scope, turn)) {
    const listed = listedItem(ctx, its, id)
    if (!listed) continue // it has gone meanwhile
    const { item, ...shown } = listed
    const { front: _front, identity: _identity, places: _places, ...known } = item
    // Copied: its bytes are valid until the next turn.
    const raw = unlessDamaged(() => Buffer.from(rawFor(ctx, its, id)))
    yield row('items.jsonl', { ...known, ...shown, ...(raw === null && { damaged: true }) })
    if (raw !== null) yield { file: `messages/${id}.eml`, bytes: raw }
  }
}

function* lessons(ctx: Context, its: Login): Generator<ExportPart> {
  for (let before: number | undefined; ;) {
    const some = listLessons(ctx, its, { before, limit: LESSONS })
    for (const one of some) yield row('lessons.jsonl', one)
    if (some.length < LESSONS) return
    before = some.at(-1)?.id
  }
}

const whole = (file: string, value: unknown): ExportPart => ({
  file,
  bytes: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
})

const row = (file: string, value: unknown): ExportPart => ({
  file,
  bytes: Buffer.from(`${JSON.stringify(value)}\n`),
})
