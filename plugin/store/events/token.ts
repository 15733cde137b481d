import { decode, encode } from '../codec.ts'
import type { Views } from '../env.ts'
import { timeOf, NONE, type Kind } from './kind.ts'

/**
 * What a token may do: `read`; `act` also with mail, lists and settings; `admin` all that its account may; `report` tell
 * this server of classification errors of another one, and nothing else.
 */
export type TokenScope = 'read' | 'act' | 'admin' | 'report'

export interface TokenRecord {
  account: string
  /** `created` of that account: one that is made anew under the name does not inherit it. */
  since: number
  /** What its owner calls it. */
  name: string
  may: TokenScope
  /** Of the token, hex: it has 256 bits of chance, so that nobody finds it from this. */
  sha256: string
  /** Unix time in ms. */
  created: number
  /** Unix time in ms; 0: it does not end by itself. */
  expires: number
}

/** A token of the Software API is made, and its id is the seq; or that of `id` is no more. */
export type Token = { type: 'token' } & (
  { token: Omit<TokenRecord, 'created'>; id?: undefined } | { token: null; id: number }
)

export const token: Kind<Token> = {
  fold: ({ tokens }, event, seq) => {
    if (event.token) {
      tokens.put(seq, encode({ ...event.token, created: timeOf(event) } satisfies TokenRecord))
      tokens.put([event.token.account, seq], Buffer.alloc(0))
      return
    }
    const bytes = tokens.get(event.id)
    if (!bytes) return
    tokens.remove(event.id)
    tokens.remove([decode<TokenRecord>(bytes).account, event.id])
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}

export function getToken(views: Views, id: number): TokenRecord | null {
  const bytes = views.tokens.get(id)
  return bytes ? decode<TokenRecord>(bytes) : null
}

/** Ids of the tokens of an account. */
export function tokensOf(views: Views, account: string): number[] {
  const keys = views.tokens.keys({ start: [account, 0], end: [account, Infinity] })
  return Array.from(keys, (key) => (key as [string, number])[1])
}
