// Requests that a client sends again when it did not hear the answer: the second one is answered as the first was, and
// done once. Known by a key that the client made up (draft-ietf-httpapi-idempotency-key-header), kept beside the views.
import { createHash } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { DAY, MINUTE } from '../../time.ts'
import type { Context } from '../context.ts'

/** What a request was answered. */
export interface Answered {
  status: number
  body: string
  /** Of a resource that was made. */
  location?: string
}

interface Kept {
  /** Of what was asked: the same key is for the same request. */
  asked: string
  answered: Answered | null
}

/** One that is under way is given up after so long, in ms: its process has ended. */
const UNDERWAY = 5 * MINUTE
const KEPT_FOR = DAY
/** Keys that are kept of an account: those that end first give way. */
const KEYS_MAX = 1000
/** Octets of them. */
const KEYS_OCTETS = 4 * 2 ** 20
const KEY_MAX = 255
/** Looking through an account's keys costs more than keeping some too many. */
const BOUND_EVERY = 100

let begun = 0

/** Null: it is to be done now, and `answer` or `giveUp` has to follow. Refused where the key is another request's. */
export async function beginOnce(
  ctx: Context,
  login: Login,
  key: string,
  request: string,
): Promise<Answered | null> {
  if (key === '' || key.length > KEY_MAX)
    throw new Refused('invalid', `An Idempotency-Key has 1 to ${KEY_MAX} characters.`)
  const asked = hash(request)
  let found = null as Kept | null
  const { kept } = ctx.store.beside
  await kept.change<Kept>(keyOf(login, key), (old) => {
    found = old?.value ?? null
    return old ?? { value: { asked, answered: null }, until: Date.now() + UNDERWAY }
  })
  if (++begun % BOUND_EVERY === 0) await kept.bound(['once', login.account], KEYS_MAX, KEYS_OCTETS)
  if (!found) return null
  if (found.asked !== asked)
    throw new Refused(
      'invalid',
      'This Idempotency-Key was used for another request; use a new one for each.',
    )
  if (!found.answered)
    throw new Refused('conflict', 'The same request is under way; ask again in a moment.')
  return found.answered
}

export async function answerOnce(
  ctx: Context,
  login: Login,
  key: string,
  answered: Answered,
): Promise<void> {
  await ctx.store.beside.kept.change<Kept>(
    keyOf(login, key),
    (old) => old && { value: { ...old.value, answered }, until: Date.now() + KEPT_FOR },
  )
}

/** It was not done: the same request may come again. */
export async function giveUpOnce(ctx: Context, login: Login, key: string): Promise<void> {
  await ctx.store.beside.kept.remove([keyOf(login, key)])
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const keyOf = ({ account }: Login, key: string): string[] => ['once', account, hash(key)]
