// Lazaret's IMAP server in a process of its own, for side.ts. The argument is JSON (`Setup`);
// prints `{"port": n}` when it listens and ends with its input. A line `profile` begins a CPU profile,
// `hot` ends it and prints the hottest functions as JSON.
import { createInterface } from 'node:readline'
import { Profiler } from '../../harness/profile.ts'
import { Certificate, selfSignedFiles } from '../../../plugin/imap/connection/certificate.ts'
import { readPem } from '../../../plugin/pem.ts'
import { ImapServer } from '../../../plugin/imap/server.ts'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import type { Item } from '../../../plugin/mail.ts'

export interface Setup {
  readonly dir: string
  readonly user: string
  readonly password: string
  /** Items to be put into Caught before it listens, of one message. */
  readonly items?: number
}

const BATCH = 5000

/** Held items for a thousand people, written as deposits are but in large transactions. */
export async function fill({ store }: Lazaret, items: number): Promise<void> {
  const raw = Buffer.from('From: a@example.com\r\nSubject: one of many\r\n\r\nHello\r\n')
  for (let done = 0; done < items; done += BATCH) {
    await store.write({ actor: 'bench' }, (tx) => {
      const blob = tx.blob(raw)
      for (let i = done; i < Math.min(items, done + BATCH); i++) {
        const scope = `user${i % 1000}@example.com`
        tx.append({
          type: 'deposit',
          folder: 'caught',
          flags: { system: 0, keywords: [] },
          item: { ...HELD, blob, size: raw.length, at: i, recipients: [scope], scope },
        })
      }
    })
  }
}

const HELD: Pick<
  Item,
  'kind' | 'direction' | 'sender' | 'home' | 'route' | 'verdict' | 'signals' | 'edit' | 'identity'
> = {
  kind: 'held',
  direction: 'in',
  sender: 'a@example.com',
  home: 'caught',
  route: null,
  verdict: null,
  signals: [],
  edit: null,
  identity: '',
}

async function main(): Promise<void> {
  const setup = JSON.parse(process.argv[2] ?? '{}') as Setup
  const lazaret = open(
    readConfig({ main: { base_model: 'no' }, imap: { test_mailboxes: 'true' } }),
    setup.dir,
  )
  const { quarantine } = lazaret
  if (
    !quarantine
      .as(CLI)
      .accounts.list()
      .some(({ name }) => name === setup.user)
  )
    await quarantine.as(CLI).accounts.add(setup.user, 'super-admin', setup.password)
  if (setup.items) await fill(lazaret, setup.items)
  const server = new ImapServer({
    quarantine,
    log: { info: () => {}, warn: () => {}, error: (line) => process.stderr.write(`${line}\n`) },
    tls: { host: '127.0.0.1', port: 0 },
    startTls: null,
    certificate: new Certificate(readPem(await selfSignedFiles(setup.dir))),
    admission: { total: 2000, perAddress: 2000, perAccount: 2000 },
  })
  const { tls } = await server.listen()
  const tell = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
  tell({ port: tls })
  const profiler = new Profiler()
  for await (const line of createInterface({ input: process.stdin }))
    if (line === 'profile') tell(await profiler.start())
    else if (line === 'hot') tell(await profiler.stop())
  await server.close()
  await lazaret.close()
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  })
}
