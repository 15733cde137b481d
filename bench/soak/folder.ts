// What a client knows of its selected folder, and what it may be told of it (RFC 9051 §7.4.1, §7.5.1).
import type { Value } from './response.ts'

interface Known {
  uid: number
  modseq: number
  flags: string | null
}

export class SeenFolder {
  readonly name: string
  /** By sequence number - 1; uid 0 while it is not known. */
  messages: Known[] = []
  /** QRESYNC is enabled: VANISHED instead of EXPUNGE (RFC 7162 §3.2.10) */
  readonly qresync: boolean

  constructor(name: string, qresync: boolean) {
    this.name = name
    this.qresync = qresync
  }

  exists(count: number): void {
    if (count < this.messages.length) throw new Error(`${count} EXISTS of ${this.messages.length}`)
    while (this.messages.length < count) this.messages.push({ uid: 0, modseq: 0, flags: null })
  }

  expunge(number: number): void {
    if (this.qresync) throw new Error('EXPUNGE although QRESYNC is enabled')
    if (number < 1 || number > this.messages.length)
      throw new Error(`${number} EXPUNGE of ${this.messages.length}`)
    this.messages.splice(number - 1, 1)
  }

  vanished(set: string): void {
    if (!this.qresync) throw new Error('VANISHED without QRESYNC')
    for (const uid of setOf(set)) {
      const known = this.messages.findIndex((one) => one.uid === uid)
      const at = known >= 0 ? known : this.#unknown(uid)
      if (at < 0) throw new Error(`UID ${uid} vanished that never was`)
      this.messages.splice(at, 1)
    }
  }

  /** Index of a message whose UID was not told, and could be this one. */
  #unknown(uid: number): number {
    let before = 0
    for (const [i, one] of this.messages.entries()) {
      if (one.uid > uid) return -1
      if (one.uid > 0) before = one.uid
      const behind = this.messages.slice(i + 1).find((next) => next.uid > 0)?.uid ?? Infinity
      if (one.uid === 0 && before < uid && uid < behind) return i
    }
    return -1
  }

  fetch(number: number, items: ReadonlyMap<string, Value>): void {
    const message = this.messages[number - 1]
    if (!message) throw new Error(`${number} FETCH of ${this.messages.length}`)
    const uid = Number(items.get('UID') ?? 0)
    if (uid > 0) {
      if (message.uid !== 0 && message.uid !== uid)
        throw new Error(`message ${number} has UID ${uid}, had ${message.uid}`)
      message.uid = uid
      this.#inOrder(number - 1)
    }
    const modseq = Number((items.get('MODSEQ') as string[] | undefined)?.[0] ?? 0)
    if (modseq > 0) {
      if (modseq < message.modseq) throw new Error(`MODSEQ ${modseq} after ${message.modseq}`)
      message.modseq = modseq
    }
    const flags = items.get('FLAGS') as string[] | undefined
    if (flags)
      message.flags = flags
        .filter((flag) => flag !== '\\Recent')
        .toSorted()
        .join(' ')
  }

  #inOrder(index: number): void {
    const { uid } = this.messages[index]
    const before = this.messages.slice(0, index).findLast((one) => one.uid > 0)?.uid ?? 0
    const behind = this.messages.slice(index + 1).find((one) => one.uid > 0)?.uid ?? Infinity
    if (before >= uid || behind <= uid)
      throw new Error(`UID ${uid} stands between ${before} and ${behind}`)
  }
}

/** Numbers of a set without `*`. */
export function setOf(set: string): Set<number> {
  const numbers = new Set<number>()
  for (const range of set.split(',')) {
    if (!/^\d+(:\d+)?$/.test(range)) throw new Error(`not a set: ${set}`)
    const [from, to = from] = range.split(':').map(Number)
    for (let n = Math.min(from, to); n <= Math.max(from, to); n++) numbers.add(n)
  }
  return numbers
}
