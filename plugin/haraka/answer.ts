// How a hook is answered: once, on every path. Haraka reads a hook that throws as "go on", which would let
// mail slip by; so all that can fail is awaited here.
import type { Next } from './types.ts'

/** Haraka's code and message; an empty one says "go on". */
export type Answer = [code?: number, message?: unknown]

/** Answers with what `work` resolves to, or with what `failed` makes of its error. */
export async function answer(
  next: Next,
  work: Promise<Answer>,
  failed: (error: unknown) => Answer,
): Promise<void> {
  let said: Answer
  try {
    said = await work
  } catch (error) {
    said = failed(error)
  }
  next(...said)
}
