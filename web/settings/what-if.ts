// What another threshold would do to mail on hand, asked while it moves: one question at a time, the latest next.
import { signal } from '@preact/signals'
import { Problem, question } from '../api.ts'
import { t } from '../words.ts'

interface WhatIf {
  caught: { seen: number; freed: number; freedHam: number }
  delivered: { seen: number; held: number; moved: number } | null
}

/** The answer to what was asked last; null: nothing was, or it was kept. */
export const asIf = signal<WhatIf | null>(null)

interface Question {
  scope: string
  wanted: { unsure?: number; spam?: number }
}
let next: Question | null = null
let isAsking = false

export function wonder(scope: string, wanted: Question['wanted']): void {
  next = { scope, wanted }
  if (!isAsking) void askOn()
}

export function forget(): void {
  next = null
  asIf.value = null
}

async function askOn(): Promise<void> {
  isAsking = true
  try {
    while (next) {
      const asked: Question = next
      const answer = await question<WhatIf>('what-if/thresholds', {
        scope: asked.scope,
        ...asked.wanted,
      })
      // Kept or taken back meanwhile.
      if (next === null) break
      asIf.value = answer
      if (next === asked) break
    }
  } catch (error) {
    // Nothing depends on it: what is wrong is told when the value is kept.
    if (!(error instanceof Problem)) throw error
    asIf.value = null
  } finally {
    isAsking = false
  }
}

/** In a sentence. */
export function guess({ caught, delivered }: WhatIf): string {
  const parts = [t('whatif.caught', { n: caught.freed, seen: caught.seen })]
  if (caught.freedHam > 0) parts.push(t('whatif.ham', { n: caught.freedHam }))
  if (delivered) {
    parts.push(t('whatif.delivered', { n: delivered.held, seen: delivered.seen }))
    const other = delivered.moved - delivered.held
    if (other > 0) parts.push(t('whatif.moved', { n: other }))
  }
  return `${parts.join('; ')}.`
}
