// A client that does anything at any time, believes only what it is told, and notices when that is wrong.
import type { Answer, WireClient } from './wire-client.ts'

export type Random = (below: number) => number

/** Numbers from a seed: mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const FOLDERS = ['one', 'two', 'three']
const FLAGS = ['\\Seen', '\\Flagged', '\\Deleted', '\\Answered', '$Work', 'Later']
const RAW =
  'From: a@example.com\r\nSubject: random\r\nMessage-ID: <r@example.com>\r\n\r\nline one\r\nline two\r\n'

export class RandomClient {
  readonly #client: WireClient
  readonly #random: Random
  /** sequence numbers and their UIDs, as far as known; null when no mailbox is selected */
  #uids: (number | undefined)[] | null = null

  constructor(client: WireClient, random: Random) {
    this.#client = client
    this.#random = random
  }

  /** Does one thing; throws when an answer contradicts what was told before. */
  async step(): Promise<void> {
    const command = this.#choose()
    if (command === 'IDLE') await this.#idle()
    else await this.#do(command)
    if (this.#uids && this.#random(12) === 0) await this.#check()
  }

  /** Asks for all UIDs: they must be those that are known. */
  async #check(): Promise<void> {
    const answer = await this.#client.command('FETCH 1:* (UID)')
    // Of an empty mailbox there is no message to ask for; what is told of it counts.
    if (this.#uids?.length === 0) return this.#hear(answer.untagged)
    this.#expect(answer, 'FETCH 1:* (UID)', /^OK/)
    const told = answer.untagged.flatMap((line) => {
      const match = /^\* (\d+) FETCH \(UID (\d+)\)$/.exec(line)
      return match ? [Number(match[2])] : []
    })
    this.#hear(answer.untagged)
    const known = this.#uids ?? []
    for (const [i, uid] of told.entries())
      if (known[i] !== uid) throw new Error(`message ${i + 1} is ${uid}, was ${known[i]}`)
  }

  #choose(): string {
    const r = this.#random
    const pick = <T>(list: readonly T[]): T => list[r(list.length)]
    const count = this.#uids?.length ?? 0
    if (!this.#uids || r(25) === 0) return `SELECT ${pick(FOLDERS)}`
    const append = `APPEND ${pick(FOLDERS)} (${pick(FLAGS)}) {${RAW.length}+}\r\n${RAW}`
    const free = [
      append,
      append,
      'NOOP',
      'IDLE',
      'CHECK',
      `STATUS ${pick(FOLDERS)} (MESSAGES UNSEEN HIGHESTMODSEQ)`,
      'LIST "" * RETURN (STATUS (MESSAGES))',
      'UID SEARCH RETURN (COUNT) ALL',
      'EXPUNGE',
      'UID FETCH 1:* FLAGS',
      `UID STORE 1:* ${pick(['+', '-'])}FLAGS.SILENT (${pick(FLAGS)})`,
    ]
    if (r(80) === 0)
      return pick([
        'NOTIFY NONE',
        'NOTIFY SET (selected-delayed (MessageNew MessageExpunge))',
        'NOTIFY SET STATUS (selected-delayed (MessageNew (FLAGS) MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange))',
      ])
    if (r(60) === 0) return pick(['CLOSE', 'UNSELECT', 'ENABLE CONDSTORE', 'NONSENSE', 'FETCH'])
    if (count === 0) return pick(free)
    const from = 1 + r(count)
    const to = Math.min(count, from + r(4))
    return pick([
      ...free,
      `FETCH ${from}:${to} (UID FLAGS ENVELOPE)`,
      `FETCH ${from} BODY[]`,
      `STORE ${from}:${to} ${pick(['+', '-', ''])}FLAGS (${pick(FLAGS)})`,
      `STORE ${from}:${to} +FLAGS.SILENT (\\Deleted)`,
      `COPY ${from}:${to} ${pick(FOLDERS)}`,
      `MOVE ${from} ${pick(FOLDERS)}`,
      `SEARCH ${from}:* UNSEEN`,
      `SORT (REVERSE DATE) UTF-8 ${from}:${to}`,
    ])
  }

  async #do(command: string): Promise<void> {
    const select = command.startsWith('SELECT')
    if (select) this.#uids = []
    const answer = await this.#client.command(command)
    if (command === 'NONSENSE' || command === 'FETCH') this.#expect(answer, command, /^BAD/)
    else this.#expect(answer, command, /^(OK|NO \[(EXPUNGEISSUED|CANNOT)\])/)
    if (/^(FETCH|STORE|SEARCH|SORT)/.test(command) && answer.untagged.some(isExpunge))
      throw new Error(`${command}: an EXPUNGE in between`)
    // what was told before is of the mailbox of before
    const closed = answer.untagged.findIndex((line) => line.startsWith('* OK [CLOSED]'))
    this.#hear(select ? answer.untagged.slice(closed + 1) : answer.untagged)
    if (command === 'CLOSE' || command === 'UNSELECT') this.#uids = null
  }

  async #idle(): Promise<void> {
    const tag = this.#client.send('IDLE')
    for (let line = await this.#client.line(); !line.startsWith('+');)
      line = await this.#heard(line)
    this.#client.write('DONE\r\n')
    const answer = await this.#client.answer(tag)
    this.#expect(answer, 'IDLE', /^OK/)
    this.#hear(answer.untagged)
  }

  async #heard(line: string): Promise<string> {
    this.#hear([line])
    return await this.#client.line()
  }

  #hear(lines: readonly string[]): void {
    if (!this.#uids) return
    for (const line of lines) {
      const [, number, what] = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)/.exec(line) ?? []
      const n = Number(number)
      if (what === 'EXPUNGE') {
        if (n > this.#uids.length) throw new Error(`${line} of ${this.#uids.length}`)
        this.#uids.splice(n - 1, 1)
      } else if (what === 'EXISTS') {
        if (n < this.#uids.length) throw new Error(`${line} after ${this.#uids.length}`)
        this.#uids.length = n
      } else if (what === 'FETCH') this.#hearFetch(n, line)
    }
  }

  #hearFetch(number: number, line: string): void {
    const uids = this.#uids ?? []
    if (number > uids.length) throw new Error(`${line} of ${uids.length} messages`)
    const uid = Number(/[( ]UID (\d+)/.exec(line)?.[1] ?? 0)
    if (uid === 0) return
    const known = uids[number - 1]
    if (known !== undefined && known !== uid) throw new Error(`${line}: was UID ${known}`)
    uids[number - 1] = uid
  }

  #expect(answer: Answer, command: string, tagged: RegExp): void {
    if (!tagged.test(answer.tagged)) throw new Error(`${command}: ${answer.tagged}`)
  }
}

const isExpunge = (line: string): boolean => /^\* \d+ EXPUNGE$/.test(line)
