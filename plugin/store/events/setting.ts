import type { Scope } from '../../mail.ts'
import { encode } from '../codec.ts'
import { NONE, type Kind } from './kind.ts'

/** A setting of one scope; null: as inherited. */
export interface Setting {
  type: 'setting'
  scope: Scope
  key: string
  value: string | null
}

export const setting: Kind<Setting> = {
  fold: (tables, { scope, key, value }) => {
    if (value === null) tables.settings.remove([scope, key])
    else tables.settings.put([scope, key], encode(value))
  },
  changes: NONE,
  followed: 'settings',
  blobs: NONE,
  gone: NONE,
  names: false,
}
