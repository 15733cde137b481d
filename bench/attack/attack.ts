// What an attack is, and what the attackers work with.
import { connect, type Socket } from 'node:net'
import { connect as secure } from 'node:tls'
import { Wire } from '../soak/wire.ts'
import { PASSWORD, type Victim } from './victim.ts'

/** What an attacker spends. */
export class Cost {
  octets = 0
  /** Commands, requests or messages. */
  asked = 0
}

/** Whoever attacks: an account of the victim, with what it spends, and the end of its time. */
export interface Attacker {
  readonly victim: Victim
  readonly account: string
  /** Bearer of its token; empty where there is no HTTP. */
  readonly token: string
  readonly cost: Cost
  readonly over: AbortSignal
}

export interface Attack {
  readonly name: string
  readonly by: 'imap' | 'http' | 'smtp'
  /** Mail that lies there before. */
  fill?(): Iterable<string>
  /** Resolves when all that it sent is answered or refused. */
  run(attacker: Attacker): Promise<void>
}

export const mail = (fields: readonly string[], body: string): string =>
  ['From: a@spam.example', ...fields, '', body].join('\r\n')

export function* repeated(count: number, make: (n: number) => string): Iterable<string> {
  for (let n = 0; n < count; n++) yield make(n)
}

export const LINE = `${'lorem ipsum dolor sit amet '.repeat(2)}\r\n`
const PARTS = 200_000
export const partsMail = (n: number): string =>
  mail(
    [`Subject: parts ${n}`, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
    '--b\r\n\r\n'.repeat(PARTS),
  )

/** Does it so often at one time; resolves when all have ended. */
export async function atOnce(count: number, one: (n: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => one(n)))
}

/** An IMAP session: what is sent counts. */
export class Session {
  readonly #wire: Wire
  readonly #cost: Cost
  #tags = 0

  constructor({ victim, cost, over }: Attacker) {
    this.#wire = new Wire(victim.imap)
    this.#cost = cost
    over.addEventListener('abort', () => this.#wire.destroy())
  }

  send(text: string): void {
    this.#cost.octets += text.length
    this.#wire.send(text)
  }

  async line(): Promise<string> {
    return await this.#wire.line()
  }

  /** Sends without waiting; answers the tag. */
  begin(command: string): string {
    const tag = `t${this.#tags++}`
    this.#cost.asked++
    this.send(`${tag} ${command}\r\n`)
    return tag
  }

  /** The tagged line of an answer. */
  async ended(tag: string): Promise<string> {
    for (;;) {
      const line = await this.line()
      if (line.startsWith(`${tag} `)) return line
    }
  }

  async ask(command: string): Promise<string> {
    return await this.ended(this.begin(command))
  }

  close(): void {
    this.#wire.destroy()
  }
}

/** A session that is logged in; what throws it out ends it. */
export async function session(
  attacker: Attacker,
  work: (session: Session) => Promise<unknown>,
  folder: string | null = 'Caught',
): Promise<void> {
  const one = new Session(attacker)
  try {
    await one.line()
    await one.ask(`LOGIN ${attacker.account} "${PASSWORD}"`)
    if (folder !== null) await one.ask(`SELECT "${folder}"`)
    await work(one)
  } catch {
    // He was thrown out, or time is up.
  } finally {
    one.close()
  }
}

/** Commands one after the other, on so many connections. */
export const says =
  (connections: number, ...commands: string[]) =>
  async (attacker: Attacker): Promise<void> => {
    await atOnce(connections, () =>
      session(attacker, async (one) => {
        for (const command of commands) await one.ask(command)
      }),
    )
  }

export interface Request {
  readonly method?: string
  /** Below `/api/v1/`. */
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Without his token. */
  readonly stranger?: boolean
}

/** The octets of a request without its body. */
function headOf({ token }: Attacker, { method = 'GET', path, headers = {}, stranger }: Request) {
  const all = { host: 'x', ...(stranger ? {} : { authorization: `Bearer ${token}` }), ...headers }
  const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} /api/v1/${path} HTTP/1.1\r\n${fields.join('')}`
}

/** A connection to the HTTP server, of which what is sent counts. */
export function httpSocket({ victim, cost, over }: Attacker): {
  socket: Socket
  send: (data: string) => void
} {
  const socket = secure({ host: '127.0.0.1', port: victim.http, rejectUnauthorized: false })
  socket.on('error', () => socket.destroy())
  over.addEventListener('abort', () => socket.destroy())
  return {
    socket,
    send: (data) => {
      cost.octets += data.length
      socket.write(data, 'latin1')
    },
  }
}

/** Sends the head of a request, without an end or a body. */
export function begun(attacker: Attacker, request: Request): ReturnType<typeof httpSocket> {
  const made = httpSocket(attacker)
  attacker.cost.asked++
  made.send(headOf(attacker, request))
  return made
}

/** Asks on a connection of its own; resolves when the answer has ended, or the connection. */
export async function http(attacker: Attacker, request: Request): Promise<void> {
  const { socket, send } = begun(attacker, {
    ...request,
    headers: { ...request.headers, connection: 'close' },
  })
  const { body } = request
  send(body === undefined ? '\r\n' : `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  socket.resume()
  await closed(socket)
}

export const JSON_TYPE = { 'content-type': 'application/json' }

/** Ids of the items that the attacker sees, at most 500. */
export async function itemsOf(attacker: Attacker): Promise<number[]> {
  const { socket, send } = begun(attacker, {
    path: 'items?limit=500',
    headers: { connection: 'close' },
  })
  let text = ''
  socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
  send('\r\n')
  await closed(socket)
  return [...text.matchAll(/"id":(\d+)/g)].map(([, id]) => Number(id))
}

export async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
}

/** Speaks SMTP line by line, as long as it is answered. */
export async function smtp(
  { victim, cost, over }: Attacker,
  lines: Iterable<string | Buffer>,
): Promise<void> {
  const socket = connect(victim.port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  over.addEventListener('abort', () => socket.destroy())
  let text = ''
  let wake: (() => void) | null = null
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1')
    wake?.()
  })
  socket.on('close', () => wake?.())
  const reply = async (): Promise<void> => {
    while (!/(?:^|\n)\d{3} [^\n]*\n$/.test(text) && !socket.destroyed)
      await new Promise<void>((resolve) => (wake = resolve))
    text = ''
  }
  await reply()
  for (const line of lines) {
    if (socket.destroyed) break
    cost.asked++
    cost.octets += line.length
    socket.write(line)
    await reply()
  }
  socket.destroy()
}
