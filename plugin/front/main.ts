// The front: people are served here, in a process of their own, so that mail does not feel it. Started by keeper.ts
// with sockets that are bound already; it never is root.
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Certificate, selfSignedFiles } from '../imap/connection/certificate.ts'
import { Admission } from '../imap/login/admission.ts'
import { certificateOf, readPem, type Pem } from '../pem.ts'
import { ImapServer } from '../imap/server.ts'
import { HttpServer } from '../http/server.ts'
import { open, type Lazaret } from '../open.ts'
import { tellRunning } from '../running.ts'
import { Lines } from './lines.ts'
import type { FromFront, Socket, Start, ToFront } from './messages.ts'
import { memoryAdvice, memoryLimit } from './memory.ts'
import { endpoint } from './sockets.ts'
import { BEAT_MS, type Watched } from './watchdog.ts'

/** Sessions that end have this long to be told. */
const STOP_MS = 3000
/** How old what `lazaret status` tells of sessions may be. */
const RUNS_MS = 10_000
/** How much may have come since lists were last made ready. */
const LISTS_MS = 60_000
/** Below Haraka: mail first. */
const NICE = 5

const lines: Lines = new Lines((message, sent) => process.send?.(message, sent))
const log = {
  info: (line: string): void => lines.log('info', line),
  warn: (line: string): void => lines.log('notice', line),
  error: (line: string): void => lines.log('error', line),
}
let certificate: Certificate | null = null
let imapServer: ImapServer | null = null
let httpServer: HttpServer | null = null
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
    const serving = { http: start.sockets.http !== null }
    watch(memoryLimit(start.config, serving), start.parent)
    lend()
    const { config, dir, sockets } = start
    const lazaret = open(config, dir)
    closeData = () => lazaret.close()
    const advice = memoryAdvice(config, serving)
    if (advice) lines.log('notice', advice)
    for (const note of lazaret.notes) lines.log('notice', note)
    lazaret.onDamage((line) => lines.log('error', line))
    lazaret.onHalt((line) => lines.log('error', line))
    const pem = start.pem ?? (await ownPem(start))
    if (sockets.tls ?? sockets.startTls) await serveImap(lazaret, pem, sockets)
    if (sockets.http) await serveHttp(lazaret, pem, sockets.http)
    tellRuns(start)
    tell({ ready: true })
    if (sockets.http) void keepLists(lazaret)
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
  }
}

/** The self-signed one; a new one is told, so that people can compare what their client shows. */
async function ownPem({ dir, me }: Start): Promise<Pem> {
  const { made, ...files } = await selfSignedFiles(dir, me)
  const pem = readPem(files)
  if (made) {
    const { validTo, fingerprint256 } = certificateOf(pem)
    lines.log(
      'notice',
      `made a self-signed certificate for ${me}, valid until ${validTo}: SHA-256 ${fingerprint256}`,
    )
  }
  return pem
}

/** Nobody who opens a list waits for what it reads. */
async function keepLists(lazaret: Lazaret): Promise<void> {
  try {
    await lazaret.quarantine.system.keepLists()
  } catch (error) {
    // Whoever opens one makes it.
    log.warn(
      `lists are not kept at hand: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (!stopping) setTimeout(() => void keepLists(lazaret), LISTS_MS).unref()
}

/** For `lazaret status`, now and from time to time. */
function tellRuns({ config: { imap, http }, dir, sockets, restarts }: Start): void {
  const at = (host: string, socket: Socket | null): string[] =>
    socket ? [endpoint(host, socket.port)] : []
  const listens = {
    imaps: at(imap.host, sockets.tls),
    imap: at(imap.host, sockets.startTls),
    http: at(http.host, sockets.http),
  }
  const told = (): void =>
    tellRunning(dir, {
      role: 'front',
      listens,
      sessions: imapServer?.connections ?? 0,
      restarts,
    })
  told()
  setInterval(told, RUNS_MS).unref()
}

async function serveImap(lazaret: Lazaret, pem: Pem, sockets: Start['sockets']): Promise<void> {
  const { imap } = lazaret.config
  certificate = new Certificate(pem)
  imapServer = new ImapServer({
    quarantine: lazaret.quarantine,
    log,
    tls: sockets.tls,
    startTls: sockets.startTls,
    certificate,
    admission: {
      total: imap.max_connections,
      perAddress: imap.max_per_address,
      perAccount: imap.max_per_account,
    },
  })
  const ports = await imapServer.listen()
  checkPort(sockets.tls, ports.tls)
  checkPort(sockets.startTls, ports.startTls)
}

async function serveHttp(lazaret: Lazaret, pem: Pem, socket: Socket): Promise<void> {
  const { http } = lazaret.config
  const limits = { total: http.max_connections, perAccount: Infinity }
  // A reverse proxy comes for everybody: it may have all connections.
  const proxies = new Admission({ ...limits, perAddress: Infinity })
  const others = new Admission({ ...limits, perAddress: http.max_per_address })
  httpServer = new HttpServer({
    quarantine: lazaret.quarantine,
    log,
    listen: socket,
    pem: http.tls ? pem : null,
    enter: (address, isProxy) => (isProxy ? proxies : others).enter(address),
  })
  checkPort(socket, await httpServer.listen())
}

/** A descriptor that is another one would be served to strangers. */
function checkPort(socket: Socket | null, port: number | null): void {
  if (socket && socket.port !== port)
    throw new Error(`descriptor ${socket.fd} is not port ${socket.port}`)
}

function renew({ pem }: Extract<ToFront, { pem: unknown }>): void {
  certificate?.renew(pem)
  httpServer?.renew(pem)
}

function tell(message: FromFront, sent = (): void => {}): void {
  process.send?.(message, () => sent())
}

function watch(memory: number, parent: number): void {
  const beats = new SharedArrayBuffer(4)
  const counter = new Int32Array(beats)
  setInterval(() => Atomics.add(counter, 0, 1), BEAT_MS)
  const watched: Watched = { beats, memory, parent }
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
  await Promise.all([imapServer?.close(), httpServer?.close()])
  await closeData()
  process.exit(0)
}
