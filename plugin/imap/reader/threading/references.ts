// THREAD=REFERENCES (RFC 5256 §3): the six steps, in the words of the RFC. Nothing here recurses: a
// conversation is as deep as its messages say.
import type { ThreadNode } from '../../wire/index.ts'
import type { Threadable } from './threadable.ts'
import { Forest } from './forest.ts'

/** A message, or a dummy for one that is only referred to. */
interface Node {
  message: Threadable | null
  parent: Node | null
  children: Node[]
}

/**
 * Threads in order; `number` tells what stands for a message in the answer. `check` is called within what may be long.
 */
export function references(
  messages: readonly Threadable[],
  number: (index: number) => number,
  check: () => void = () => {},
): ThreadNode[] {
  let roots = link(messages, check)
  roots = prune(roots)
  sortAll(roots)
  roots = mergeSubjects(roots)
  sortAll(roots)
  return answer(roots, number)
}

function newNode(): Node {
  return { message: null, parent: null, children: [] }
}

/** Steps 1 and 2: parents by References; answers the nodes without one, in the order of the folder. */
function link(messages: readonly Threadable[], check: () => void): Node[] {
  const byId = new Map<string, Node>()
  const nodes: Node[] = []
  const add = (): Node => {
    const node = newNode()
    nodes.push(node)
    return node
  }
  const nodeOf = (id: string): Node => {
    let node = byId.get(id)
    if (!node) {
      node = add()
      byId.set(id, node)
    }
    return node
  }
  const own = messages.map((message) => {
    const known = message.id === '' ? undefined : byId.get(message.id)
    // A missing id, or one that another message has already: the message is known by no id.
    const node = message.id === '' || known?.message ? add() : nodeOf(message.id)
    node.message = message
    return node
  })
  const forest = new Forest<Node>()
  for (const [i, { references: ids }] of messages.entries()) {
    check()
    let parent: Node | null = null
    for (const id of ids) {
      const node = nodeOf(id)
      // (A): links that are there stay, and none may close a loop
      if (parent && !node.parent && forest.rootOf(parent) !== node) node.parent = parent
      parent = node
    }
    // (B): the last reference is the parent, whatever others said
    const node = own[i]
    if (node.parent === parent) continue
    if (node.parent) forest.cut(node)
    if (parent && forest.rootOf(parent) !== node) node.parent = parent
  }
  for (const node of nodes) node.parent?.children.push(node)
  return nodes.filter(({ parent }) => parent === null)
}

/** All nodes, every parent before its children. */
function* topDown(roots: readonly Node[]): Generator<Node> {
  const todo = [...roots]
  for (let node = todo.pop(); node; node = todo.pop()) {
    yield node
    for (const child of node.children) todo.push(child)
  }
}

const bottomUp = (roots: readonly Node[]): Node[] => [...topDown(roots)].toReversed()

/** Step 3: dummies without children go, others give their place to their children. */
function prune(roots: readonly Node[]): Node[] {
  for (const node of bottomUp(roots)) {
    node.children = node.children.flatMap((child) => (child.message ? [child] : child.children))
  }
  // (B): at the top a dummy stays, unless it has one child only
  return roots.flatMap((node) => {
    if (node.message) return [node]
    return node.children.length > 1 ? [node] : node.children
  })
}

/** What a node is sorted by; a dummy by its first child, which is sorted already. */
function first(node: Node): Threadable {
  const message = node.message ?? node.children[0].message
  if (!message) throw new Error('a dummy whose first child is a dummy')
  return message
}

function compare(a: Node, b: Node): number {
  const [left, right] = [first(a), first(b)]
  return left.date - right.date || left.index - right.index
}

/** Steps 4 and 6: siblings by date, the youngest sets of them first. */
function sortAll(roots: Node[]): void {
  for (const node of bottomUp(roots)) node.children.sort(compare)
  roots.sort(compare)
}

/** Step 5: threads of one subject become one. */
function mergeSubjects(roots: readonly Node[]): Node[] {
  const table = new Map<string, Node>()
  for (const node of roots) {
    const { subject, isReply } = first(node)
    if (subject === '') continue
    const known = table.get(subject)
    const better =
      !known ||
      (known.message !== null && (node.message === null || (known.message.isReply && !isReply)))
    if (better) table.set(subject, node)
  }
  const merged = new Set(roots)
  for (const node of roots) {
    const { subject, isReply } = first(node)
    const known = table.get(subject)
    if (subject === '' || !known || known === node) continue
    merged.delete(node)
    if (!known.message) {
      for (const one of node.message ? [node] : node.children) known.children.push(one)
    } else if (isReply && !known.message.isReply) {
      known.children.push(node)
    } else {
      // Neither answers the other: both stand under a dummy, which the table has from now on.
      const dummy = newNode()
      dummy.children = [known, node]
      merged.delete(known)
      merged.add(dummy)
      table.set(subject, dummy)
    }
  }
  return [...merged]
}

function answer(roots: readonly Node[], number: (index: number) => number): ThreadNode[] {
  const top: ThreadNode[] = []
  const todo = roots.map((node) => ({ node, into: top })).toReversed()
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { node, into } = next
    const children: ThreadNode[] = []
    into.push(node.message ? { number: number(node.message.index), children } : { children })
    for (const child of node.children.toReversed()) todo.push({ node: child, into: children })
  }
  return top
}
