// What LIST, LSUB and XLIST answer (RFC 9051 §6.3.9, RFC 5258, RFC 6154): pure, of a list of folders.
import { matchesAny, parentsOf, type List } from '../wire/index.ts'

/**
 * A folder; or a name without one that is subscribed (its folder was deleted) or stands above
 * folders (`parent`).
 */
export interface FolderName {
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

/** Names that LIST tells, in the order of `names`. */
export function listed(names: readonly FolderName[], list: List): Listed[] {
  const { joined, select, returns, extended } = list
  const chosen = (folder: FolderName): boolean =>
    (!select.has('SUBSCRIBED') || folder.subscribed) &&
    (!select.has('SPECIAL-USE') || folder.specialUse !== null)
  const answer: Listed[] = []
  for (const folder of names) {
    // RFC 5258 §3.1: names without a folder are told to those who ask for subscriptions
    if (!folder.exists && !folder.parent && !select.has('SUBSCRIBED')) continue
    if (!matchesAny(joined, folder.name)) continue
    const below = names.filter((child) => child.name.startsWith(`${folder.name}/`) && chosen(child))
    // RFC 5258 §3.5: a parent that is not chosen itself stands for children that are not told
    const stands = below.some(({ name }) => !matchesAny(joined, name))
    const recursive = select.has('RECURSIVEMATCH') && (chosen(folder) ? below.length > 0 : stands)
    if (!chosen(folder) && !recursive) continue
    const info = recursive
      ? [...select].filter((option) => option !== 'RECURSIVEMATCH' && option !== 'REMOTE')
      : []
    const attributes = attributesOf(names, folder)
    if (folder.specialUse !== null) attributes.push(folder.specialUse)
    if (folder.subscribed && (returns.has('SUBSCRIBED') || select.has('SUBSCRIBED')))
      attributes.push('\\Subscribed')
    const { name, exists } = folder
    answer.push({ name, attributes, childInfo: extended ? info : [], exists })
  }
  return answer
}

/**
 * Subscribed folders (RFC 3501 §6.3.9). Where `%` hides a subscribed child, its parent is told
 * with \Noselect instead.
 */
export function subscribed(names: readonly FolderName[], list: List): Listed[] {
  const answer = new Map<string, Listed>()
  for (const folder of names) {
    if (!folder.subscribed) continue
    const { name, exists } = folder
    const attributes = [exists ? children(names, name) : '\\Noselect']
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
export function attributesFor(names: readonly FolderName[], name: string): string[] {
  const folder = names.find((one) => one.name === name)
  const below = names.some((one) => one.exists && one.name.startsWith(`${name}/`))
  const attributes = folder?.exists ? [children(names, name)] : ['\\NonExistent']
  if (!folder?.exists && below) attributes.push('\\HasChildren')
  if (folder?.specialUse) attributes.push(folder.specialUse)
  if (folder?.subscribed) attributes.push('\\Subscribed')
  return attributes
}

function attributesOf(
  names: readonly FolderName[],
  { name, exists, parent }: FolderName,
): string[] {
  if (exists) return [children(names, name)]
  // RFC 9051 §7.3.1: \NonExistent is for names that are nothing at all
  return parent ? ['\\Noselect', '\\HasChildren'] : ['\\NonExistent']
}

function children(names: readonly FolderName[], name: string): string {
  return names.some((folder) => folder.exists && folder.name.startsWith(`${name}/`))
    ? '\\HasChildren'
    : '\\HasNoChildren'
}
