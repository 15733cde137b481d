// The front: people are served here, in a process of their own, so that mail does not feel it. Started by keeper.ts
// with sockets that are bound already; it never is root.
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config } from '../config.ts'
import { Certificate, selfSignedFiles } from '../imap/connection/certificate.ts'
import { readPem } from '../pem.ts'
import { ImapServer } from '../imap/server.ts'
import { open } from '../open.ts'
import { Lines } from './lines.ts'
import type { FromFront, Start, ToFront } from './messages.ts'
import { memoryAdvice, memoryLimit } from './memory.ts'
import { BEAT_MS, type Watched } from './watchdog.ts'

/** Sessions that end have this long to be told. */
const STOP_MS = 3000
/** Below Haraka: mail first. */
const NICE = 5

const PARENT = process.ppid
const lines = new Lines((message, sent) => process.send?.(message, sent))
let certificate: Certificate | null = null
let server: ImapServer | null = null
let closeData = async (): Promise<void> => {}
let stopping: Promise<void> | null = null

// Ctrl-C and a closed terminal reach the whole process group: Haraka decides what they mean.
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())
process.on('message', (message: ToFront) => {
  if (message === 'stop') void stop()
  else if ('pem' in message) renew(message)
  else void begin(message.start)
})
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? String(error)}\n`)
  process.exit(1)
})

async function begin(start: Start): Promise<void> {
  try {
    watch(start.config)
    lend()
    const { config, dir, pem } = start
    const { imap } = config
    const lazaret = open(config, dir)
    closeData = () => lazaret.close()
    const advice = memoryAdvice(config)
    if (advice) lines.log('notice', advice)
    for (const note of lazaret.notes) lines.log('notice', note)
    lazaret.onDamage((line) => lines.log('error', line))
    certificate = new Certificate(pem ?? readPem(await selfSignedFiles(dir)))
    server = new ImapServer({
      quarantine: lazaret.quarantine,
      log: {
        info: (line) => lines.log('info', line),
        warn: (line) => lines.log('notice', line),
        error: (line) => lines.log('error', line),
      },
      tls: start.imap.tls,
      startTls: start.imap.startTls,
      certificate,
      admission: {
        total: imap.max_connections,
        perAddress: imap.max_per_address,
        perAccount: imap.max_per_account,
      },
    })
    const ports = await server.listen()
    for (const [name, socket] of Object.entries(start.imap) as [
      keyof Start['imap'],
      Start['imap']['tls'],
    ][])
      if (socket && ports[name] !== socket.port)
        throw new Error(`descriptor ${socket.fd} is not port ${socket.port}`)
    tell({ ready: true })
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
  }
}

function renew({ pem }: Extract<ToFront, { pem: unknown }>): void {
  certificate?.renew(pem)
}

function tell(message: FromFront, sent = (): void => {}): void {
  process.send?.(message, () => sent())
}

function watch(config: Config): void {
  const beats = new SharedArrayBuffer(4)
  const counter = new Int32Array(beats)
  setInterval(() => Atomics.add(counter, 0, 1), BEAT_MS)
  const watched: Watched = { beats, memory: memoryLimit(config), parent: PARENT }
  new Worker(join(__dirname, 'watchdog.js'), {
    workerData: watched,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  }).unref()
}

/** Where processor or memory run short, people wait and mail does not. */
function lend(): void {
  try {
    setPriority(NICE)
    // proc(5): the kernel's out-of-memory killer takes this process before Haraka.
    writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // A system without it.
  }
}

async function stop(): Promise<void> {
  stopping ??= finish()
  await stopping
}

async function finish(): Promise<void> {
  setTimeout(() => process.exit(0), STOP_MS).unref()
  await server?.close()
  await closeData()
  process.exit(0)
}
