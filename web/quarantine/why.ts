// Why, in words: what the classifier found by what it looked at; lists and plugins say it themselves.
import { t, type Word } from '../words.ts'
import { translated } from '../sentences.ts'
import type { Item, Reason } from './item.ts'

const VIEWS = ['text', 'correspondents', 'transport'] as const
/** From which weight on it is clear, in logits: a factor of about seven. */
const CLEAR = 2

export function reasonWords({ name, text, weight }: Reason): string {
  const view = VIEWS.find((one) => one === name)
  if (!view) return translated(text)
  const word: Word = `why.${view}.${weight > 0 ? 'spam' : 'ham'}`
  return Math.abs(weight) < CLEAR ? t('why.somewhat', { why: t(word) }) : t(word)
}

/** The few that say most for how it was judged. */
export function chiefReasons({ why, class: found }: Item): string[] {
  const towards = found === 'ham' ? -1 : 1
  const same = why.filter(({ weight }) => weight * towards > 0)
  return (same.length > 0 ? same : why).slice(0, 2).map(reasonWords)
}
