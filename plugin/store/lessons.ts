// The view of the learned model: what each message counts as and the change it made, so that it can be
// taken back; and the snapshot that later lessons build on. The weights themselves live in the kernel.
import type { Label } from '../mail.ts'
import { decode } from './codec.ts'
import type { Views } from './env.ts'

export interface Lesson {
  label: Label | null
  /** The change in the model, as filter/kernel.ts encoded it; null when it counts as nothing. */
  change: Uint8Array | null
  /** Who voted, latest last: [item, label]; item 0 is from outside the quarantine. */
  votes: [number, Label][]
}

export interface ModelState {
  /** Blob of the newest snapshot, `''` for none. */
  snapshot: string
  /** Seq up to which the snapshot holds every lesson. */
  upto: number
  /** Messages that count as ham and as spam now, apart from a prior. */
  ham: number
  spam: number
  /** A base model was imported: weights exist without local lessons. */
  prior: boolean
  /** Messages that counted until a version with other features came, and when that was (Unix ms). */
  lost?: Lost
}

export interface Lost {
  ham: number
  spam: number
  at: number
}

const NO_MODEL: ModelState = { snapshot: '', upto: 0, ham: 0, spam: 0, prior: false }

export function getLesson(views: Views, blob: string): Lesson | null {
  const bytes = views.lessons.get(blob)
  return bytes ? decode<Lesson>(bytes) : null
}

/** With the name of the message's blob. */
export function* allLessons(views: Views): Generator<Lesson & { blob: string }> {
  for (const { key, value } of views.lessons.range({}))
    yield { blob: key as string, ...decode<Lesson>(value) }
}

export function getModel(views: Views): ModelState {
  const bytes = views.model.get('state')
  return bytes ? decode<ModelState>(bytes) : NO_MODEL
}
