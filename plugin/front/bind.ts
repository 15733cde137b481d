// Binds a port now, in this process, without listening: a child listens on the descriptor, also one that comes
// when the right to bind ports below 1024 is long gone. The one file that knows how Node does it.
import net from 'node:net'

/** What node:cluster itself calls; not documented, so test/front/front.test.ts watches over it. */
type CreateServerHandle = (
  address: string,
  port: number,
  addressType: 4 | 6,
  fd: undefined,
  flags: number,
) => Handle | number

interface Handle {
  readonly fd: number
  /** 0, or the negative number of an error; fills in address and port. */
  getsockname(out: { address?: string; port?: number }): number
  close(): void
}

/** A bound port. */
export interface Bound {
  /** Descriptor, to be handed to a child process. */
  readonly fd: number
  readonly port: number
  close(): void
}

/** The address as numbers; throws in words for a name, since register() cannot wait for a resolver. */
export function addressOf(host: string): string {
  if (host === 'localhost') return '127.0.0.1'
  if (net.isIP(host) === 0)
    throw new Error(`'${host}' is no IP address; give one (0.0.0.0 or :: for all)`)
  return host
}

/** @param port 0: any free one. Throws what is wrong in words. */
export function bind(host: string, port: number): Bound {
  const address = addressOf(host)
  const create = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle
  const handle = create(address, port, net.isIPv6(address) ? 6 : 4, undefined, 0)
  if (typeof handle === 'number') throw new Error(reason(handle, host, port))
  // libuv keeps EADDRINUSE for listen(), and a child that listens on an unbound socket gets a random port on all
  // addresses: asking for its name tells.
  const name: { port?: number } = {}
  const failed = handle.getsockname(name)
  if (failed !== 0 || name.port === undefined) {
    handle.close()
    throw new Error(reason(failed, host, port))
  }
  return { fd: handle.fd, port: name.port, close: () => handle.close() }
}

const IN_USE = -98
const DENIED = -13
const NO_ADDRESS = -99

function reason(code: number, host: string, port: number): string {
  const where = `port ${port} of ${host}`
  if (code === DENIED)
    return `${where} cannot be opened: ports below 1024 need root at the start (smtp.ini user= is for after it)`
  if (code === NO_ADDRESS) return `${where} cannot be opened: this machine has no such address`
  return code === IN_USE
    ? `${where} is taken by another program (EADDRINUSE)`
    : `${where} cannot be opened (error ${code})`
}

/** Whether it failed only since another program has the port. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('(EADDRINUSE)')
}
