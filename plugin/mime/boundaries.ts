// Boundary lines of the multiparts that are open around a point of the message: RFC 2046 §5.1.1.
// Real mail asks for prefixes: a line belongs to the longest open boundary that it starts with, and
// of two equal ones to the inner one. All open boundaries stand in one trie, so that a line costs its
// own length and not the number of multiparts around it.
import { SEARCH_LINE, SEARCH_MAX } from './bounds.ts'
import { LF } from './octets.ts'

const DASH = 45

interface Node {
  next: Map<number, Node> | null
  /** Depths of the open multiparts whose boundary ends here, inner ones last. */
  readonly owners: number[]
}

export interface Match {
  /** Depth of the multipart: 0 is the outermost. */
  depth: number
  /** The line ends that multipart: `--boundary--`. */
  closing: boolean
}

export class Boundaries {
  readonly #root: Node = { next: null, owners: [] }
  readonly #open: Node[] = []
  #work = 0

  get depth(): number {
    return this.#open.length
  }

  push(boundary: string): void {
    let node = this.#root
    for (let i = 0; i < boundary.length; i++) {
      node.next ??= new Map()
      let child = node.next.get(boundary.charCodeAt(i))
      if (child === undefined) {
        child = { next: null, owners: [] }
        node.next.set(boundary.charCodeAt(i), child)
      }
      node = child
    }
    node.owners.push(this.#open.length)
    this.#open.push(node)
  }

  /** Forgets the multiparts from `depth` inwards. */
  cut(depth: number): void {
    while (this.#open.length > depth) this.#open.pop()?.owners.pop()
  }

  /** What the line at `at` means, or null when it is no boundary line. */
  match(raw: Buffer, at: number): Match | null {
    if (this.#open.length === 0 || raw[at] !== DASH || raw[at + 1] !== DASH) return null
    // Enough was looked at: what follows belongs to the part in which it stands.
    if (this.#work > SEARCH_MAX) {
      this.cut(0)
      return null
    }
    let node: Node | undefined = this.#root
    let best = node.owners.at(-1)
    let end = at + 2
    let i = at + 2
    let shorter: number | undefined // owner of a boundary two bytes shorter than the best
    for (; node.next !== null && i < raw.length && raw[i] !== LF;) {
      node = node.next.get(raw[i++])
      if (node === undefined) break
      const owner = node.owners.at(-1)
      if (owner === undefined) continue
      shorter = end === i - 2 ? best : undefined
      best = owner
      end = i
    }
    this.#work += SEARCH_LINE + i - at
    if (best === undefined) return null
    // "--foo--" ends "foo" or goes on with "foo--": the inner one of the two is meant.
    if (shorter !== undefined && shorter > best && raw[end - 1] === DASH && raw[end - 2] === DASH) {
      return { depth: shorter, closing: true }
    }
    return { depth: best, closing: raw[end] === DASH && raw[end + 1] === DASH }
  }
}
