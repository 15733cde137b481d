// Ports for servers of tests. They lie below those that systems give to connections by themselves (Linux: from 32,768 on), so
// no connection of another test file takes one between the look and the use.
import { createServer } from 'node:net'

const FROM = 10_000
const BELOW = 32_000

/** The first of `count` free ports in a row. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const base = FROM + Math.floor(Math.random() * (BELOW - FROM - count))
    const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree(base + n)))
    if (free.every(Boolean)) return base
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
