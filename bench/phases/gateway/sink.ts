// The next hop of the gateway bench: takes everything, keeps nothing, costs as little as it can.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'

const END = Buffer.from('\r\n.\r\n')

export interface Sink {
  port: number
  /** Messages taken so far. */
  taken(): number
  /** Resolves when so many were taken. */
  until(count: number): Promise<void>
  close(): void
}

export async function startSink(): Promise<Sink> {
  let taken = 0
  let waiting: { count: number; resolve: () => void }[] = []
  const server: Server = createServer((socket) => {
    let receiving = false
    let line = ''
    let tail = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      if (receiving) {
        const seen = Buffer.concat([tail, chunk])
        tail = seen.subarray(-END.length)
        // Nothing is pipelined behind a message: its end is the end of what came.
        if (!tail.equals(END)) return
        receiving = false
        tail = Buffer.alloc(0)
        taken++
        for (const { resolve } of waiting.filter(({ count }) => count <= taken)) resolve()
        waiting = waiting.filter(({ count }) => count > taken)
        socket.write('250 taken\r\n')
        return
      }
      line += chunk.toString('latin1')
      if (!line.endsWith('\r\n')) return
      const verbs = line.split('\r\n').slice(0, -1)
      line = ''
      for (const verb of verbs) {
        receiving = verb === 'DATA'
        if (verb.startsWith('EHLO')) socket.write('250-sink\r\n250 8BITMIME\r\n')
        else socket.write(receiving ? '354 go on\r\n' : '250 ok\r\n')
        if (verb === 'QUIT') socket.end()
      }
    })
    socket.write('220 sink ESMTP\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    until: async (count) => {
      if (taken < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
    },
    close: () => server.close(),
  }
}
