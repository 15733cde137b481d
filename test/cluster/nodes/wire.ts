// A wire to a server that can go silent: nothing comes through, and no connection ends.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class Wire {
  readonly port: number
  isSilent = false
  readonly #server: Server
  readonly #sockets: Set<Socket>

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    this.port = (server.address() as AddressInfo).port
  }

  static async to(port: number): Promise<Wire> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        sockets.add(one)
        one.on('error', () => undefined)
        // What was on its way when it went silent is lost, as are goodbyes.
        one.on('data', (piece) => wire.isSilent || other.write(piece))
        one.on('close', () => {
          sockets.delete(one)
          if (!wire.isSilent) other.destroy()
        })
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const wire = new Wire(server, sockets)
    return wire
  }

  close(): void {
    this.#server.close()
    for (const one of this.#sockets) one.destroy()
  }
}
