// Reads and plays transcripts: what a client says and what the server has to answer, line by line.
//
//   # a comment
//   @ config imap.trash=true          before all others: a key of lazaret.ini
//   @ hold 2 [for address]            messages 1 and 2 are held
//   @ item 1: caught release label=ham release=wanted    where item 1 lies and what became of it
//   @ closed                          the server has closed the connection
//   C: line to send      S: line to get       C2:, S2: the same on a second connection
//   C| line of the literal that {#} in the C: line before stands for
//   C< 1                 the bytes of message 1;  C< 1 + X-TUID: a   with this field in front
// In S: lines `...` is any text, and `***` alone any number of lines. `<name>` is any word the first time,
// and the same word from then on, also in C: lines.
import { expect } from 'vitest'
import { startServer, type Held, type Running } from '../imap/harness.ts'
import { CLI } from '../../plugin/open.ts'
import type { WireClient } from '../imap/wire-client.ts'

type Line =
  | { at: number; kind: 'directive'; text: string }
  | { at: number; kind: 'send'; who: string; text: string }
  | { at: number; kind: 'get'; who: string; text: string }
  | { at: number; kind: 'literal'; text: string }
  | { at: number; kind: 'message'; text: string }

function parse(text: string): Line[] {
  const lines: Line[] = []
  for (const [i, line] of text.split('\n').entries()) {
    const at = i + 1
    if (line.trim() === '' || line.startsWith('#')) continue
    const talk = /^([CS])(\d*):(?: (.*))?$/.exec(line)
    const rest = /^(@|C\||C<)(?: (.*))?$/.exec(line)
    if (talk) {
      const [, side, who, said = ''] = talk
      lines.push({ at, kind: side === 'C' ? 'send' : 'get', who, text: said })
    } else if (rest) {
      const kind = { '@': 'directive', 'C|': 'literal', 'C<': 'message' } as const
      lines.push({ at, kind: kind[rest[1] as '@' | 'C|' | 'C<'], text: rest[2] ?? '' })
    } else throw new Error(`line ${at} is no line of a transcript: ${line}`)
  }
  return lines
}

/** Plays a transcript against a server of its own; throws with the line where they part. */
export async function play(text: string): Promise<void> {
  const lines = parse(text)
  const ini: Record<string, Record<string, unknown>> = {}
  for (const line of lines) {
    const match = line.kind === 'directive' && /^config (\w+)\.(\w+)=(.*)$/.exec(line.text)
    if (match) (ini[match[1]] ??= {})[match[2]] = match[3]
  }
  const player = new Player(await startServer(ini), lines)
  await player.play()
}

class Player {
  readonly #server: Running
  readonly #lines: Line[]
  readonly #clients = new Map<string, WireClient>()
  readonly #words = new Map<string, string>()
  readonly #held: Held[] = []

  constructor(server: Running, lines: Line[]) {
    this.#server = server
    this.#lines = lines
  }

  async play(): Promise<void> {
    let skip = false
    for (const [i, line] of this.#lines.entries()) {
      if (line.kind === 'directive') await this.#directive(line)
      else if (line.kind === 'send') {
        const client = await this.#client(line.who)
        client.write(Buffer.from(`${this.#fill(line.text, i)}\r\n`, 'latin1'))
      } else if (line.kind === 'literal' || line.kind === 'message') {
        if (this.#lines[i - 1].kind === line.kind) continue
        const client = await this.#client('')
        client.write(Buffer.concat([this.#literal(i), Buffer.from('\r\n')]))
      } else if (line.text === '***') skip = true
      else {
        await this.#get(line, skip)
        skip = false
      }
    }
  }

  async #client(who: string): Promise<WireClient> {
    const known = this.#clients.get(who)
    if (known) return known
    const client = await this.#server.connect()
    this.#clients.set(who, client)
    return client
  }

  async #get({ at, who, text }: Line & { kind: 'get' }, skip: boolean): Promise<void> {
    const client = await this.#client(who)
    const seen: string[] = []
    for (;;) {
      let line: string
      try {
        line = await client.line()
      } catch (error) {
        throw new Error(`line ${at}: expected '${text}', after ${JSON.stringify(seen)}`, {
          cause: error,
        })
      }
      seen.push(line)
      if (this.#matches(text, line)) return
      // A tagged line ends what may be skipped: the expected one did not come.
      if (!skip || !line.startsWith('*'))
        throw new Error(`line ${at}: expected\n  ${text}\ngot\n  ${seen.join('\n  ')}`)
    }
  }

  #matches(text: string, line: string): boolean {
    const names: string[] = []
    const pattern = text
      .split(/(\.\.\.|<[a-z]+\d*>)/)
      .map((part, i) => {
        if (i % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
        if (part === '...') return '[^]*'
        const known = this.#words.get(part)
        if (known !== undefined) return known.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
        names.push(part)
        return '([^ ()\\[\\]]+)'
      })
      .join('')
    const match = new RegExp(`^${pattern}$`).exec(line)
    for (const [i, name] of names.entries()) if (match) this.#words.set(name, match[i + 1])
    return match !== null
  }

  #fill(text: string, i: number): string {
    return text
      .replace(/<[a-z]+\d*>/g, (word) => this.#words.get(word) ?? word)
      .replace(/\{#(\+?)\}/, (_, plus) => {
        const from = this.#lines.findIndex(
          ({ kind }, j) => j > i && (kind === 'literal' || kind === 'message'),
        )
        return `{${this.#literal(from).length}${plus}}`
      })
  }

  /** The literal whose first line is line `from`. */
  #literal(from: number): Buffer {
    const first = this.#lines[from]
    if (first.kind === 'message') {
      const [, number, field] = /^(\d+)(?: \+ (.*))?$/.exec(first.text) ?? []
      const { raw } = this.#held[Number(number) - 1]
      return field ? Buffer.concat([Buffer.from(`${field}\r\n`), raw]) : raw
    }
    const lines: string[] = []
    for (let i = from; this.#lines[i]?.kind === 'literal'; i++) lines.push(this.#lines[i].text)
    return Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
  }

  async #directive({ at, text }: Line & { kind: 'directive' }): Promise<void> {
    const hold = /^hold (\d+)(?: for (\S+))?$/.exec(text)
    const item = /^item (\d+):(.*)$/.exec(text)
    if (hold) this.#held.push(...(await this.#server.hold(Number(hold[1]), hold[2])))
    else if (item)
      expect(this.#stateOf(Number(item[1])), `line ${at}`).toEqual(item[2].trim().split(/\s+/))
    else if (text === 'closed') await (await this.#client('')).closed()
    else if (!text.startsWith('config ')) throw new Error(`line ${at}: unknown: @ ${text}`)
  }

  /** Folders, then label and release, as in the directive. */
  #stateOf(number: number): string[] {
    const { lazaret } = this.#server
    const item = lazaret.quarantine.as(CLI).items.get(this.#held[number - 1].id)?.item
    if (!item) return ['purged']
    const places = item.places.map(([, folder]) => folder)
    const label = `label=${item.trained ?? 'none'}`
    return [...places.toSorted(), label, `release=${item.release?.state ?? 'none'}`]
  }
}
