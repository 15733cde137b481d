// One client: does anything at any time, believes what it is told, and throws when that cannot be.
import { random } from '../harness/random.ts'
import { USER } from '../phases/imap/side.ts'
import { SeenFolder, setOf } from './folder.ts'
import { CONDITION, readValues, type Text, type Value } from './response.ts'
import { Wire } from './wire.ts'

type Pick = (below: number) => number

export const FOLDERS = ['one', 'two', 'three', 'Caught', 'Spam', '"Not Spam"']
const FLAGS = ['\\Seen', '\\Flagged', '\\Deleted', '\\Answered', '$Work', 'Later']
/** While these are answered, no message may lose its number (RFC 9051 §7.5.1). */
const KEEP_NUMBERS = /^(?:FETCH|STORE|SEARCH|SORT|THREAD) /
/** Told between commands, too: in a folder that is open without EXPUNGE, which has its times (RFC 5465 §6.1.2). */
const NOTIFY = [
  'NOTIFY SET (selected-delayed (MessageNew MessageExpunge))',
  'NOTIFY SET STATUS (selected-delayed (MessageNew (UID FLAGS) MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))',
]
/** A response, or nothing at all. */
const ACCEPTED = /^(?:OK|NO \[(?:EXPUNGEISSUED|CANNOT|NOPERM|NONEXISTENT|MODIFIED)[^\]]*\])/

export class SoakClient {
  readonly #port: number
  readonly #pick: Pick
  #wire: Wire | null = null
  #folder: SeenFolder | null = null
  /** the one that is being selected, while what is told may still be of the one before */
  #next: SeenFolder | null = null
  #qresync = false
  #tag = 0
  /** tagged responses so far */
  answers = 0

  constructor(port: number, seed: number) {
    this.#port = port
    this.#pick = random(seed)
  }

  /** Does one thing. */
  async step(): Promise<void> {
    if (!this.#wire) await this.#logIn()
    else if (this.#pick(150) === 0) this.#leave()
    else if (!this.#folder || this.#pick(25) === 0) await this.#select(this.#one(FOLDERS))
    else if (this.#pick(12) === 0) await this.#idle()
    else if (this.#pick(10) === 0) await this.#pipeline()
    else await this.#do([this.#command(this.#folder.messages.length)])
    if (this.#folder && this.#pick(15) === 0) await this.#check()
  }

  /** The messages of a folder, as the server has them now: UID and flags of each. */
  async state(name: string): Promise<string[]> {
    if (!this.#wire) await this.#logIn()
    if (this.#folder?.name === name) await this.#do(['NOOP'])
    else await this.#select(name)
    await this.#do(['UID FETCH 1:* FLAGS'])
    return (this.#folder?.messages ?? []).map(({ uid, flags }) => `${uid} ${flags}`)
  }

  /** Name of the selected folder. */
  get selected(): string | null {
    return this.#folder?.name ?? null
  }

  leave(): void {
    this.#leave()
  }

  async #logIn(): Promise<void> {
    this.#wire = new Wire(this.#port)
    const greeting = await this.#wire.line()
    if (!greeting.startsWith('* OK ')) throw new Error(`greeting: ${greeting}`)
    await this.#do([`LOGIN ${USER.name} ${USER.password}`])
    const extension = this.#one(['', '', 'CONDSTORE', 'QRESYNC', 'IMAP4rev2'])
    this.#qresync = extension === 'QRESYNC'
    if (extension !== '') await this.#do([`ENABLE ${extension}`])
    if (this.#pick(3) === 0) await this.#do([this.#one(NOTIFY)])
  }

  #leave(): void {
    if (this.#wire && this.#pick(2) === 0) this.#wire.send(`z UID FETCH 1:* BODY.PEEK[]\r\n`)
    this.#wire?.destroy()
    this.#wire = null
    this.#folder = null
  }

  async #select(name: string): Promise<void> {
    const folder = new SeenFolder(name, this.#qresync)
    if (this.#folder) this.#next = folder
    else this.#folder = folder
    await this.#do([`SELECT ${name}`])
    // VANISHED names UIDs, so a client of QRESYNC has to know all of them.
    if (this.#qresync) await this.#do(['UID FETCH 1:* (UID FLAGS)'])
  }

  /** Commands that name no message by its number may be sent ahead (RFC 9051 §5.5). */
  async #pipeline(): Promise<void> {
    const safe = ['NOOP', 'UID FETCH 1:* FLAGS', 'UID SEARCH RETURN (COUNT) ALL', this.#append()]
    await this.#do(Array.from({ length: 2 + this.#pick(8) }, () => this.#one(safe)))
  }

  /** All UIDs in order: those that are known. */
  async #check(): Promise<void> {
    await this.#do([(this.#folder?.messages.length ?? 0) > 0 ? 'FETCH 1:* (UID FLAGS)' : 'NOOP'])
    const all = this.#folder?.messages ?? []
    // What came with the answer itself stands at the end and was not asked for.
    const last = all.findLastIndex(({ uid }) => uid > 0)
    if (all.slice(0, Math.max(0, last)).some(({ uid }) => uid === 0))
      throw new Error('FETCH 1:* left a message out')
  }

  async #idle(): Promise<void> {
    const { wire, tag } = this.#begin('IDLE')
    let line = await wire.line()
    for (; !line.startsWith('+ '); line = await wire.line()) this.#hear(line, 'IDLE')
    if (this.#pick(2) === 0) await new Promise((resolve) => setTimeout(resolve, this.#pick(200)))
    wire.send('DONE\r\n')
    await this.#end(wire, tag, 'IDLE')
  }

  async #do(commands: readonly string[]): Promise<void> {
    const sent = commands.map((command) => ({ command, ...this.#begin(command) }))
    for (const { wire, tag, command } of sent) await this.#end(wire, tag, command)
  }

  #begin(command: string): { wire: Wire; tag: string } {
    const wire = this.#wire as Wire
    const tag = `s${++this.#tag}`
    wire.send(`${tag} ${command}\r\n`)
    return { wire, tag }
  }

  async #end(wire: Wire, tag: string, command: string): Promise<void> {
    for (;;) {
      const line = await wire.line()
      if (line.startsWith('* ')) this.#hear(line, command)
      else if (line.startsWith(`${tag} `)) {
        this.answers++
        const text = line.slice(tag.length + 1)
        if (!CONDITION.test(text)) throw new Error(`${command}: ${line}`)
        if (command === 'NONSENSE' ? !text.startsWith('BAD ') : !ACCEPTED.test(text))
          throw new Error(`${command.slice(0, 200)}: ${line}`)
        if (command === 'UNSELECT' || command === 'CLOSE') this.#folder = null
        return
      } else if (!line.startsWith('+ ')) throw new Error(`${command.slice(0, 80)}: got ${line}`)
    }
  }

  #hear(line: string, command: string): void {
    try {
      this.#take(line.slice(2), command)
    } catch (error) {
      const why = (error as Error).message
      throw new Error(`${command.slice(0, 200)} answered ${line.slice(0, 300)}: ${why}`, {
        cause: error,
      })
    }
  }

  #take(text: string, command: string): void {
    if (CONDITION.test(text)) {
      if (text.startsWith('BYE ')) throw new Error('BYE')
      if (text.startsWith('OK [CLOSED]')) this.#folder = this.#next
      const copied = /\[COPYUID \d+ (\S+) (\S+)\]/.exec(text)
      if (copied && setOf(copied[1]).size !== setOf(copied[2]).size)
        throw new Error('COPYUID of two lengths')
      return
    }
    const [first, what, items] = readValues(text)
    const folder = this.#folder
    if (first === 'VANISHED') {
      if (KEEP_NUMBERS.test(command)) throw new Error('a message lost its number')
      if (typeof what !== 'string') throw new Error('VANISHED without UIDs')
      folder?.vanished(what)
    } else if (first === 'SEARCH' || first === 'SORT') this.#numbers(text, command)
    if (!folder || typeof what !== 'string' || typeof first !== 'string') return
    if (!/^\d+$/.test(first)) return
    const number = Number(first)
    if (what === 'EXISTS') folder.exists(number)
    else if (what === 'EXPUNGE') {
      if (KEEP_NUMBERS.test(command)) throw new Error('a message lost its number')
      folder.expunge(number)
    } else if (what === 'FETCH') this.#fetched(folder, number, pairsOf(items))
    else if (what !== 'RECENT') throw new Error(`what is ${what}?`)
  }

  #numbers(text: string, command: string): void {
    const numbers = text.split(' ').slice(1).map(Number)
    const most = command.startsWith('UID ') ? Infinity : (this.#folder?.messages.length ?? 0)
    if (numbers.some((n) => !(n >= 1 && n <= most))) throw new Error('a number out of range')
  }

  #fetched(folder: SeenFolder, number: number, items: ReadonlyMap<string, Value>): void {
    folder.fetch(number, items)
    const body = items.get('BODY[]') as Text | undefined
    const seed = body && /^X-Soak: (\d+)\r\n/.exec(body.text)
    if (seed && body.text !== messageOf(Number(seed[1]))) throw new Error('other bytes than sent')
  }

  #append(): string {
    const raw = messageOf(this.#pick(100_000))
    return `APPEND ${this.#one(FOLDERS.slice(0, 3))} (${this.#one(FLAGS)}) {${raw.length}+}\r\n${raw}`
  }

  #command(count: number): string {
    const free = [
      this.#append(),
      this.#append(),
      'NOOP',
      'CHECK',
      `STATUS ${this.#one(FOLDERS)} (MESSAGES UNSEEN HIGHESTMODSEQ)`,
      'LIST "" * RETURN (STATUS (MESSAGES))',
      'UID SEARCH RETURN (COUNT MIN) ALL',
      'EXPUNGE',
      'UID FETCH 1:* FLAGS',
      `UID STORE 1:* ${this.#one(['+', '-'])}FLAGS.SILENT (${this.#one(FLAGS)})`,
    ]
    if (this.#pick(50) === 0) return this.#one(['CLOSE', 'UNSELECT', 'NONSENSE'])
    if (count === 0) return this.#one(free)
    const from = 1 + this.#pick(count)
    const to = Math.min(count, from + this.#pick(4))
    const sign = this.#one(['+', '-', ''])
    return this.#one([
      ...free,
      `FETCH ${from}:${to} (UID FLAGS ENVELOPE BODYSTRUCTURE INTERNALDATE)`,
      `FETCH ${from} (UID BODY[])`,
      `FETCH ${from}:${to} BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)]`,
      `STORE ${from}:${to} ${sign}FLAGS (${this.#one(FLAGS)})`,
      `STORE ${from}:${to} +FLAGS.SILENT (\\Deleted)`,
      `COPY ${from}:${to} ${this.#one(FOLDERS.slice(0, 3))}`,
      `MOVE ${from} ${this.#one(FOLDERS)}`,
      `SEARCH ${from}:* UNSEEN`,
      `SEARCH TEXT "soak"`,
      `SORT (REVERSE DATE) UTF-8 ${from}:${to}`,
      `THREAD REFERENCES UTF-8 ${from}:${to}`,
    ])
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#pick(list.length)]
  }
}

function pairsOf(items: Value | undefined): Map<string, Value> {
  if (!Array.isArray(items) || items.length % 2 !== 0) throw new Error('FETCH without pairs')
  const pairs = new Map<string, Value>()
  for (let i = 0; i < items.length; i += 2) {
    const name = items[i]
    if (typeof name !== 'string') throw new Error('an item without a name')
    pairs.set(name, items[i + 1])
  }
  return pairs
}

/** The bytes of a message follow from its seed, so whoever fetches it can compare. */
function messageOf(seed: number): string {
  const lines = Array.from({ length: 1 + (seed % 300) }, (_, i) => `line ${i} of soak ${seed}`)
  return [
    `X-Soak: ${seed}`,
    'From: "A (B" <a@example.com>',
    `Subject: =?utf-8?q?soak_${seed}_=C3=A4?=`,
    `Message-ID: <${seed}@example.com>`,
    '',
    ...lines,
    '',
  ].join('\r\n')
}
