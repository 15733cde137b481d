// Which tree a node stands in, asked again and again while trees grow together: a chain of ten thousand answers that
// each name their parent must not be walked ten thousand times.

interface Noded<N> {
  parent: N | null
}

/** Trees by their `parent` links, which only become more; what takes one away says so. */
export class Forest<N extends Noded<N>> {
  /** Nodes further up, found by an earlier walk. */
  #above = new Map<N, N>()

  /** The node without a parent above `node`, or itself. */
  rootOf(node: N): N {
    const walked: N[] = []
    let at = node
    for (let parent = at.parent; parent; parent = at.parent) {
      walked.push(at)
      at = this.#above.get(at) ?? parent
    }
    // The last but one has the root as its parent already.
    walked.pop()
    for (const one of walked) this.#above.set(one, at)
    return at
  }

  /** Takes a node from its parent. */
  cut(node: N): void {
    node.parent = null
    if (this.#above.size > 0) this.#above = new Map()
  }
}
