// Events have a bound: what one verb changes at once may be a folder of 200,000 messages.
import type { PlaceGroup } from './events/index.ts'

/** Octets of one event that grows with what a client asks for, roughly. An entry holds several. */
export const EVENT_MAX = 64 * 1024

/** Of a UID, and of a group without its texts, as encoded. */
const UID = 5
const GROUP = 64

/** The same places in as many events as they need. */
export function boundGroups<G extends PlaceGroup>(groups: Iterable<G>): G[][] {
  const events = new Bounded<G>()
  for (const group of groups) {
    const { uids, ...rest } = group
    // What stands once a group: its scope, its folder, and the keywords of its flags.
    const head = GROUP + Buffer.byteLength(JSON.stringify(rest))
    const room = Math.max(1, Math.floor((EVENT_MAX - head) / UID))
    for (let at = 0; at < uids.length; at += room) {
      const some = uids.slice(at, at + room)
      events.add({ ...group, uids: some }, head + some.length * UID)
    }
  }
  return events.all
}

/** The same for texts, such as masks; `octets` of each event. */
export function boundTexts(texts: Iterable<string>, octets = EVENT_MAX): string[][] {
  const events = new Bounded<string>(octets)
  for (const text of texts) events.add(text, Buffer.byteLength(text) + UID)
  return events.all
}

class Bounded<One> {
  readonly all: One[][] = []
  readonly #most: number
  #octets = Infinity

  constructor(most = EVENT_MAX) {
    this.#most = most
  }

  add(one: One, octets: number): void {
    if (this.#octets + octets > this.#most) {
      this.all.push([])
      this.#octets = 0
    }
    this.all[this.all.length - 1].push(one)
    this.#octets += octets
  }
}
