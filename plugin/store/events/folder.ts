import { encode } from '../codec.ts'
import { folderValidity, type FolderRecord } from '../folders.ts'
import { NONE, type Kind } from './kind.ts'

/** An ordinary folder of the super-admin (test switch), as it is from now on; without a name it is gone. */
export interface Folder {
  type: 'folder'
  /** Names the folder for ever. */
  id: string
  name: string | null
  uidValidity: number
}

export const folder: Kind<Folder> = {
  fold: (tables, { id, name, uidValidity }) => {
    if (name === null) tables.folders.remove(id)
    else tables.folders.put(id, encode({ name, uidValidity } satisfies FolderRecord))
    // What a deleted folder had is not given again (RFC 9051 §2.3.1.1).
    tables.meta.put('folderValidity', encode(Math.max(uidValidity, folderValidity(tables))))
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: true,
}
