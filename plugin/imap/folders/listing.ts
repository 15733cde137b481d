// What LIST, LSUB and XLIST answer (RFC 9051 §6.3.9, RFC 5258, RFC 6154): pure, of a list of mailboxes.
import { matchesAny, parentsOf, type List } from '../wire/index.ts'

/**
 * A mailbox; or a name without one that is subscribed (its mailbox was deleted) or stands above
 * mailboxes (`parent`).
 */
export interface Box {
  readonly name: string
  readonly exists: boolean
  readonly parent?: boolean
  readonly specialUse: string | null
  readonly subscribed: boolean
}

export interface Listed {
  readonly name: string
  readonly attributes: string[]
  readonly childInfo: string[]
  readonly exists: boolean
}

/** Mailboxes that LIST tells, in the order of `boxes`. */
export function listed(boxes: readonly Box[], list: List): Listed[] {
  const { joined, select, returns, extended } = list
  const chosen = (box: Box): boolean =>
    (!select.has('SUBSCRIBED') || box.subscribed) &&
    (!select.has('SPECIAL-USE') || box.specialUse !== null)
  const answer: Listed[] = []
  for (const box of boxes) {
    // RFC 5258 §3.1: names without a mailbox are told to those who ask for subscriptions
    if (!box.exists && !box.parent && !select.has('SUBSCRIBED')) continue
    if (!matchesAny(joined, box.name)) continue
    const below = boxes.filter((child) => child.name.startsWith(`${box.name}/`) && chosen(child))
    // RFC 5258 §3.5: a parent that is not chosen itself stands for children that are not told
    const stands = below.some(({ name }) => !matchesAny(joined, name))
    const recursive = select.has('RECURSIVEMATCH') && (chosen(box) ? below.length > 0 : stands)
    if (!chosen(box) && !recursive) continue
    const info = recursive
      ? [...select].filter((option) => option !== 'RECURSIVEMATCH' && option !== 'REMOTE')
      : []
    const attributes = attributesOf(boxes, box)
    if (box.specialUse !== null) attributes.push(box.specialUse)
    if (box.subscribed && (returns.has('SUBSCRIBED') || select.has('SUBSCRIBED')))
      attributes.push('\\Subscribed')
    const { name, exists } = box
    answer.push({ name, attributes, childInfo: extended ? info : [], exists })
  }
  return answer
}

/**
 * Subscribed mailboxes (RFC 3501 §6.3.9). Where `%` hides a subscribed child, its parent is told
 * with \Noselect instead.
 */
export function subscribed(boxes: readonly Box[], list: List): Listed[] {
  const answer = new Map<string, Listed>()
  for (const box of boxes) {
    if (!box.subscribed) continue
    const { name, exists } = box
    const attributes = [exists ? children(boxes, name) : '\\Noselect']
    if (matchesAny(list.joined, name)) answer.set(name, { name, attributes, childInfo: [], exists })
    else if (list.patterns.some((pattern) => pattern.endsWith('%')))
      for (const parent of parentsOf(name))
        if (matchesAny(list.joined, parent) && !answer.has(parent))
          answer.set(parent, {
            name: parent,
            attributes: ['\\Noselect'],
            childInfo: [],
            exists: false,
          })
  }
  return [...answer.values()]
}

/** All attributes of one name, for a LIST response that nobody asked for (RFC 5465 §5.4, §5.5). */
export function attributesFor(boxes: readonly Box[], name: string): string[] {
  const box = boxes.find((one) => one.name === name)
  const below = boxes.some((one) => one.exists && one.name.startsWith(`${name}/`))
  const attributes = box?.exists ? [children(boxes, name)] : ['\\NonExistent']
  if (!box?.exists && below) attributes.push('\\HasChildren')
  if (box?.specialUse) attributes.push(box.specialUse)
  if (box?.subscribed) attributes.push('\\Subscribed')
  return attributes
}

function attributesOf(boxes: readonly Box[], { name, exists, parent }: Box): string[] {
  if (exists) return [children(boxes, name)]
  // RFC 9051 §7.3.1: \NonExistent is for names that are nothing at all
  return parent ? ['\\Noselect', '\\HasChildren'] : ['\\NonExistent']
}

function children(boxes: readonly Box[], name: string): string {
  return boxes.some((box) => box.exists && box.name.startsWith(`${name}/`))
    ? '\\HasChildren'
    : '\\HasNoChildren'
}
