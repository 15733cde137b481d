// The listeners: implicit TLS and STARTTLS, with limits on who may connect.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Door } from '../quarantine/quarantine.ts'
import { AccountWatch } from './login/account-watch.ts'
import { Budget } from '../budget.ts'
import { plainAddress } from '../network.ts'
import type { Certificate } from './connection/certificate.ts'
import { Admission, type AdmissionLimits } from './login/admission.ts'
import type { Log } from './log.ts'
import { ImapConnection } from './connection/connection.ts'
import type { Context } from './connection/context.ts'
import { newReaders } from './reader/readers.ts'
import { Underway } from './connection/underway.ts'
import { Transport } from './connection/transport.ts'
import { limits } from './wire/index.ts'

export interface ServerOptions {
  readonly quarantine: Door
  readonly log: Log
  /** Where TLS begins with the first byte, and where by STARTTLS; null: off. */
  readonly tls: Listen | null
  readonly startTls: Listen | null
  readonly certificate: Certificate
  readonly admission: AdmissionLimits
  /** delay of the first wrong password, in ms */
  readonly authDelay?: number
  /** octets of memory that sessions may hold */
  readonly memory?: number
}

/** An address (port 0: any free one), or the descriptor of a bound socket. */
export type Listen = { readonly host: string; readonly port: number } | { readonly fd: number }

/** Ports on which the server listens; null where it is off. */
export interface Listening {
  readonly tls: number | null
  readonly startTls: number | null
}

export class ImapServer {
  readonly #options: ServerOptions
  readonly #admission: Admission
  readonly #sessions: Budget
  readonly #readers = newReaders()
  readonly #underway: Underway
  readonly #servers: Server[] = []
  readonly #connections = new Map<ImapConnection, Promise<void>>()

  constructor(options: ServerOptions) {
    this.#options = options
    this.#admission = new Admission(options.admission)
    this.#underway = new Underway(options.quarantine.config.imap.max_commands)
    this.#sessions = new Budget(options.memory ?? limits.SESSIONS_MEMORY)
  }

  /** Connections now. */
  get connections(): number {
    return this.#admission.total
  }

  /** Commands that run or wait now. */
  get commands(): number {
    return this.#underway.total
  }

  /** Octets that sessions hold now. */
  get held(): number {
    return this.#sessions.held
  }

  /** Resolves when clients are served; rejects when a port is taken. */
  async listen(): Promise<Listening> {
    const { tls, startTls } = this.#options
    const context = this.#prepare()
    return {
      tls: tls && (await this.#open(context, tls, true)),
      startTls: startTls && (await this.#open(context, startTls, false)),
    }
  }

  /** Stops listening, tells every client, and waits until all are gone. */
  async close(): Promise<void> {
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    )
    for (const connection of this.#connections.keys()) connection.shutdown()
    await Promise.all([...this.#connections.values(), ...closed])
    await this.#readers.close()
  }

  #prepare(): Context {
    const { quarantine, log, certificate, authDelay } = this.#options
    return {
      quarantine,
      log,
      admission: this.#admission,
      accounts: new AccountWatch(quarantine),
      strangers: new Budget(limits.STRANGERS_MEMORY),
      sessions: this.#sessions,
      readers: this.#readers,
      underway: this.#underway,
      secureContext: () => certificate.context,
      authDelay: authDelay ?? limits.AUTH_DELAY,
    }
  }

  async #open(context: Context, where: Listen, tls: boolean): Promise<number> {
    // allowHalfOpen: what a script sent before its end is still answered.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      this.#accept(context, socket, tls)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ ...where }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => this.#options.log.error(`imap listener: ${error.message}`))
    this.#servers.push(server)
    return (server.address() as AddressInfo).port
  }

  #accept(context: Context, socket: Socket, tls: boolean): void {
    const address = plainAddress(socket.remoteAddress)
    const leave = this.#admission.enter(address)
    if (!leave) {
      this.#options.log.warn(`imap connection refused: rip=${address}, reason="too many"`)
      if (tls) socket.destroy()
      else socket.end('* BYE [UNAVAILABLE] Too many connections, try again later\r\n')
      return
    }
    const transport = new Transport(socket)
    const connection = new ImapConnection(context, transport, address)
    const served = connection.serve({ tls }).then(() => transport.closed)
    this.#connections.set(connection, served)
    void served.then(() => {
      this.#connections.delete(connection)
      leave()
    })
  }
}
