// Ordinary folders (test switch): names under ids that are for ever.
import { decode } from './codec.ts'
import type { Views } from './env.ts'

export interface FolderRecord {
  name: string
  uidValidity: number
}

/** The greatest UIDVALIDITY that an ordinary folder ever had, or 0. */
export function folderValidity(views: Views): number {
  const bytes = views.meta.get('folderValidity')
  return bytes ? decode<number>(bytes) : 0
}

/** The id of a new one, made by the event of this seq. */
export const ordinaryId = (seq: number): `box-${number}` => `box-${seq}`

/** Is the folder of this id one of them? */
export const isOrdinary = (folder: string): boolean => folder.startsWith('box-')
