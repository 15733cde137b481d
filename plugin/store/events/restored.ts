import { encode } from '../codec.ts'
import { NONE, type Kind } from './kind.ts'

/** The data were restored from a backup: UIDs given since then are given again, to other messages. */
export interface Restored {
  type: 'restored'
  /** RFC 9051 §2.3.1.1: such UIDs need another UIDVALIDITY, which is a larger one. */
  uidValidity: number
  /** When the backup was made, Unix ms. */
  made: number
}

export const restored: Kind<Restored> = {
  fold: (tables, { uidValidity }) => tables.meta.put('uidValidity', encode(uidValidity)),
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
