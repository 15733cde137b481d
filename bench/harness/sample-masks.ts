// Lists like those of servers, always the same ones.
import type { MaskEntry } from '../../plugin/filter/mask-index.ts'
import { random } from './random.ts'

/** A whole number from 0 to below `below`. */
type Next = (below: number) => number

const TLDS = ['com', 'net', 'org', 'info', 'co.uk', 'example']

const SYLLABLES = 'ba ce di fo gu ka le mi no pu ra se ti vo xu za ber dan fil gor'.split(' ')

function word(next: Next, syllables: number): string {
  let text = ''
  for (let i = 0; i < syllables; i++) text += SYLLABLES[next(SYLLABLES.length)]
  return text
}

/** The local part of a person or of a machine that sends much. */
export function mailbox(next: Next): string {
  const name = word(next, 1 + next(3))
  const kind = next(4)
  if (kind === 0) return `${name}${next(10_000)}`
  return kind === 1 ? `${name}.${word(next, 1 + next(3))}` : name + word(next, 1)
}

export function host(next: Next): string {
  return `${word(next, 2 + next(4))}.${TLDS[next(TLDS.length)]}`
}

/** Lists as servers have them: mostly addresses and whole domains, every form of wildcard among
 *  them; four of five entries global, the rest of domains and of people. */
export function* sampleMasks(count: number, start = 7): Generator<MaskEntry> {
  const next = random(start)
  for (let i = 0; i < count; i++) {
    const local = mailbox(next)
    const domain = host(next)
    const form = next(100)
    const mask =
      form < 45
        ? `${local}@${domain}`
        : form < 80
          ? `*@${domain}`
          : form < 87
            ? `*${local.slice(-2 - next(6))}@${domain}`
            : form < 94
              ? `${local}@${domain.slice(0, 3 + next(8))}*`
              : `*${local.slice(-4 - next(5))}@${domain.slice(0, 3 + next(8))}*`
    const owner = next(10)
    const site = `example${next(1000)}.com`
    const scope = owner < 8 ? '' : owner < 9 ? site : `user${next(50)}@${site}`
    yield { scope, list: next(4) === 0 ? 'allow' : 'block', mask }
  }
}
