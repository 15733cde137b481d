import type { DigestState, Scope } from '../../mail.ts'
import { getDigest, OPEN_DIGEST, putDigest } from '../digests.ts'
import { NONE, timeOf, type Kind } from './kind.ts'

/** A digest for an address is made, or how that of `id` stands: see mail.ts. */
export interface Digest {
  type: 'digest'
  scope: Scope
  id: string
  state: DigestState
  worker: string
  reply: string
  /** Of one that is made. */
  made?: {
    /** Unix time in ms of the period that it ends; absent: a person asked for it. */
    slot?: number
    /** Items up to this id are told of. */
    upto: number
    items: number
    /** Name of its message; null: none goes by mail. */
    blob: string | null
  }
}

export const digest: Kind<Digest> = {
  fold: (tables, event, seq) => {
    const { scope, id, state, worker, reply, made } = event
    const old = getDigest(tables, scope)
    if (state === 'forgotten') return putDigest(tables, scope, null)
    if (made) {
      const { slot = old?.slot ?? 0, upto, items, blob } = made
      const since = old?.upto ?? 0
      const at = timeOf(event)
      const record = { id, seq, at, slot, upto, since, items, state, worker, reply, blob }
      return putDigest(tables, scope, record)
    }
    if (old?.id !== id) return
    const isOpen = OPEN_DIGEST.has(state)
    const upto = state === 'failed' ? old.since : old.upto
    putDigest(tables, scope, {
      ...old,
      upto,
      state,
      worker,
      reply,
      blob: isOpen ? old.blob : null,
    })
  },
  changes: NONE,
  followed: 'outbox',
  blobs: ({ made }) => (made && made.blob !== null ? [made.blob] : []),
  gone: NONE,
  names: false,
}
