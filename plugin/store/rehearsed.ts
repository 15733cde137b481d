// The view of rehearsal: the course of everybody's lessons, and those that are remembered, each under its kind and place.
import { BEGINNING, type Course } from '../layers/course.ts'
import type { Label } from '../mail.ts'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'

const COURSE = ['course']

interface Kept {
  blob: string
  /** As layers/course.ts encodes them. */
  slots: Uint8Array
}

export function getCourse(views: Views): Course {
  const bytes = views.rehearsed.get(COURSE)
  return bytes ? decode<Course>(bytes) : BEGINNING
}

export function putCourse(tables: Tables, course: Course): void {
  tables.rehearsed.put(COURSE, encode(course))
}

/** The slots of what is remembered there; null: it was taken back, or nothing ever was. */
export function rememberedAt(views: Views, label: Label, place: number): Uint8Array | null {
  return keptAt(views, label, place)?.slots ?? null
}

function keptAt(views: Views, label: Label, place: number): Kept | null {
  const bytes = views.rehearsed.get([label, place])
  return bytes ? decode<Kept>(bytes) : null
}

export function remember(tables: Tables, label: Label, place: number, kept: Kept): void {
  const old = keptAt(tables, label, place)
  if (old) tables.rehearsed.remove(['of', old.blob])
  tables.rehearsed.put([label, place], encode(kept))
  tables.rehearsed.put(['of', kept.blob], encode([label, place]))
}

/** A lesson that is taken back is not rehearsed any more. */
export function forgetOf(tables: Tables, blob: string): void {
  const bytes = tables.rehearsed.get(['of', blob])
  if (!bytes) return
  tables.rehearsed.remove(['of', blob])
  tables.rehearsed.remove(decode<[Label, number]>(bytes))
}

export function forgetCourse(tables: Tables): void {
  for (const key of Array.from(tables.rehearsed.keys({}))) tables.rehearsed.remove(key)
}
