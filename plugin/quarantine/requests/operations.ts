// Many items handled by one request: what became of each can be asked for a day.
import { randomBytes } from 'node:crypto'
import { Refused, type RefusedKind } from '../../errors.ts'
import type { Item, Login } from '../../mail.ts'
import { DAY } from '../../time.ts'
import type { Context } from '../context.ts'
import { batch, type Action } from '../drop/batch.ts'

export type Result =
  { id: number; done: true } | { id: number; done: false; kind: RefusedKind; reason: string }

export interface Operation {
  id: string
  action: Action
  /** `interrupted`: the server stopped meanwhile; of items without a result nothing is known. */
  state: 'running' | 'done' | 'interrupted'
  /** Unix time in ms. */
  began: number
  ended: number | null
  /** Items that were named. */
  total: number
  /** In the order of the request, as far as they are known. */
  results: Result[]
}

/** Items in one operation. */
export const OPERATION_MAX = 500
/** Operations that are kept of an account. */
const KEPT_MAX = 200

/** Operations of an account that are under way at one time. */
const RUNNING_MAX = 4

/** Those under way in this process. */
const running = new Map<string, { account: string; operation: Operation }>()

/** Begins an operation; `done` resolves when it has ended. */
export async function beginOperation(
  ctx: Context,
  login: Login,
  ids: readonly number[],
  action: Action,
): Promise<{ operation: Operation; done: Promise<Operation> }> {
  if (ids.length === 0 || ids.length > OPERATION_MAX)
    throw new Refused('limit', `A batch has 1 to ${OPERATION_MAX} items.`)
  const { account } = login
  const mine = [...running.values()].filter((one) => one.account === account)
  if (mine.length >= RUNNING_MAX)
    throw new Refused(
      'busy',
      `${RUNNING_MAX} batches of this account are under way; try again when one of them has ended.`,
    )
  const operation: Operation = {
    id: randomBytes(12).toString('base64url'),
    action,
    state: 'running',
    began: Date.now(),
    ended: null,
    total: ids.length,
    results: [],
  }
  // Counted before anything is waited for.
  running.set(operation.id, { account, operation })
  const over = (): boolean => running.delete(operation.id)
  await keep(ctx, login, operation).catch((error: unknown) => {
    over()
    throw error
  })
  const done = run(ctx, login, ids, operation).finally(over)
  done.catch(() => undefined) // told by who waits for it, and by what is kept
  return { operation, done }
}

async function run(
  ctx: Context,
  login: Login,
  ids: readonly number[],
  operation: Operation,
): Promise<Operation> {
  try {
    await batch(ctx, login, ids, operation.action, (id, outcome) =>
      operation.results.push(resultOf(id, outcome)),
    )
    operation.state = 'done'
  } catch (error) {
    operation.state = 'interrupted'
    throw error
  } finally {
    operation.ended = Date.now()
    await keep(ctx, login, operation)
    await ctx.store.beside.kept.bound(['operation', login.account], KEPT_MAX)
  }
  return operation
}

const resultOf = (id: number, outcome: Item | Refused): Result =>
  outcome instanceof Refused
    ? { id, done: false, kind: outcome.kind, reason: outcome.message }
    : { id, done: true }

/** One that this account has begun. */
export function findOperation(ctx: Context, login: Login, id: string): Operation {
  const found = ctx.store.beside.kept.get<Operation>(keyOf(login, id))?.value
  if (!found)
    throw new Refused('not-found', 'There is no such operation of yours; they are kept for a day.')
  const now = running.get(id)?.operation
  return now ?? (found.state === 'running' ? { ...found, state: 'interrupted' } : found)
}

async function keep(ctx: Context, login: Login, operation: Operation): Promise<void> {
  await ctx.store.beside.kept.change<Operation>(keyOf(login, operation.id), () => ({
    value: operation,
    until: operation.began + DAY,
  }))
}

const keyOf = ({ account }: Login, id: string): string[] => ['operation', account, id]
