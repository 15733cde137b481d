// Both servers on the loopback, each with the same messages in one folder: only what they answer differs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendAll, BenchClient } from '../../bench/phases/imap/client.ts'
import { startSides } from '../../bench/phases/imap/measure.ts'
import { USER, type Side } from '../../bench/phases/imap/side.ts'
import { Client } from './client.ts'

const FOLDER = 'beside'

export interface Sides {
  readonly ours: Client
  readonly theirs: Client
}

/** Runs `work` with a client of each side that has selected a folder of `messages`, then stops both. */
export async function withSides<T>(
  messages: readonly Buffer[],
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-beside-'))
  const running: Side[] = []
  const clients: Client[] = []
  try {
    await startSides(dir, running, async ({ port }) => {
      clients.push(await filled(port, messages))
    })
    const [ours, theirs] = clients
    return await work({ ours, theirs })
  } finally {
    for (const client of clients) client.close()
    for (const side of running) await side.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function filled(port: number, messages: readonly Buffer[]): Promise<Client> {
  const filling = await BenchClient.connect(port)
  await filling.run(`LOGIN ${USER.name} ${USER.password}`)
  await filling.run(`CREATE ${FOLDER}`)
  await appendAll(filling, FOLDER, messages)
  await filling.logout()
  const client = await Client.open(port, USER)
  await client.run(`EXAMINE ${FOLDER}`)
  return client
}
