// Many items handled one after the other, each for itself: what is refused for one does not keep the others from it.
import { Refused } from '../../errors.ts'
import type { Item, Login } from '../../mail.ts'
import type { Tx } from '../../store/store.ts'
import { turnOf } from '../../turns.ts'
import { write, type Context } from '../context.ts'
import { nextStep } from '../steps.ts'
import { by } from '../eyes.ts'
import { deleteIn, pressIn, seenIn } from './by-id.ts'

/** What can be done with an item, by the names of the API. */
export const ACTIONS = {
  release: (ctx, tx, login, id) => pressIn(ctx, tx, login, id, 'release'),
  releaseAndTrain: (ctx, tx, login, id) => pressIn(ctx, tx, login, id, 'releaseAndTrain'),
  notSpam: (ctx, tx, login, id) => pressIn(ctx, tx, login, id, 'notSpam'),
  spam: (ctx, tx, login, id) => pressIn(ctx, tx, login, id, 'spam'),
  undo: (ctx, tx, login, id) => pressIn(ctx, tx, login, id, 'undo'),
  delete: (_ctx, tx, login, id) => deleteIn(tx, login, id),
  markSeen: (_ctx, tx, login, id) => seenIn(tx, login, id, true),
  markUnseen: (_ctx, tx, login, id) => seenIn(tx, login, id, false),
} satisfies Record<string, Act>

type Act = (ctx: Context, tx: Tx, login: Login, id: number) => Item
export type Action = keyof typeof ACTIONS

/** `tell` hears of each, in their order: the item as it is then, or why not. */
export async function batch(
  ctx: Context,
  login: Login,
  ids: readonly number[],
  action: Action,
  tell: (id: number, outcome: Item | Refused) => void,
): Promise<void> {
  const act: Act = ACTIONS[action]
  const turn = turnOf(login)
  let took = 0
  const decide = (some: readonly number[]): Promise<Item[]> =>
    write(ctx, { ...by(login), bulk: ids.length > 1 }, (tx) => {
      const began = performance.now()
      try {
        return some.map((id) => act(ctx, tx, login, id))
      } finally {
        took = performance.now() - began
      }
    })
  for (let at = 0, size = 1; at < ids.length; size = nextStep(size, size, took)) {
    const some = ids.slice(at, at + size)
    at += size
    const done = await orRefused(decide(some))
    if (done instanceof Refused && some.length === 1) tell(some[0], done)
    else if (done instanceof Refused)
      // One of them is the reason, and nothing was done: each by itself tells which.
      for (const id of some) {
        const one = await orRefused(decide([id]))
        tell(id, one instanceof Refused ? one : one[0])
      }
    else for (const [i, item] of done.entries()) tell(some[i], item)
    // What was done of it is paid for by then.
    const spent = await orRefused(turn.give())
    if (!(spent instanceof Refused)) continue
    for (const id of ids.slice(at)) tell(id, spent)
    return
  }
}

async function orRefused<T>(work: Promise<T>): Promise<T | Refused> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}
