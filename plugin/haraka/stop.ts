// Haraka's ends in order: what is under way is finished first, within a bound. Haraka itself calls process.exit() at
// SIGINT, has no handler for SIGTERM unless it is pid 1, and its workers go with the main process.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { haraka } from './modules.ts'
import type { Plugin, Server } from './types.ts'

/** Finishes what a part of this process has under way; resolves at the latest after `ms`. */
export type Finish = (ms: number) => Promise<void>

/** What the main process and its workers say about it, beside Haraka's own messages. */
const FINISH = 'lazaret.finish'
const FINISHED = 'lazaret.finished'
/** A worker's answer takes a moment more than its work; it also waits this long for the end of the main process. */
const GRACE_MS = 500

interface Message {
  event?: unknown
}

const finishers: Finish[] = []
let installed = false
let seconds = 0
let finishing: Promise<void> | null = null

/** `finish` is done before this process ends at SIGTERM, SIGINT or Haraka's own shutdown. */
export function beforeStop(
  plugin: Plugin,
  { stop_seconds }: { stop_seconds: number },
  finish: Finish,
): void {
  finishers.push(finish)
  seconds = stop_seconds
  if (installed) return
  installed = true
  if (cluster.isPrimary) installInMain(plugin)
  else installInWorker()
}

async function finishHere(): Promise<void> {
  finishing ??= Promise.allSettled(finishers.map((finish) => finish(seconds * 1000))).then(() => {})
  await finishing
}

function installInMain(plugin: Plugin): void {
  const server = haraka<Server & { performShutdown(): void }>(plugin, 'server')
  const original = server.performShutdown.bind(server)
  let stopping = false
  // Haraka calls it by its name at SIGINT, and as pid 1 at SIGTERM.
  server.performShutdown = () => {
    if (stopping) return
    stopping = true
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    void Promise.allSettled([finishHere(), ...workers.map(finishIn)]).then(original)
  }
  if (process.pid === 1) return
  process.on('SIGTERM', () => {
    // Asked twice: at once.
    if (stopping) process.exit(1)
    plugin.lognotice('SIGTERM: finishing what is under way')
    server.performShutdown()
  })
}

async function finishIn(worker: Worker): Promise<void> {
  const done = new Promise<void>((resolve) => {
    worker.on('message', (message: Message) => {
      if (message.event === FINISHED) resolve()
    })
  })
  if (!worker.isConnected()) return
  worker.send({ event: FINISH })
  await Promise.race([
    done,
    once(worker, 'disconnect'),
    once(worker, 'exit'),
    wait(seconds * 1000 + GRACE_MS),
  ])
}

function installInWorker(): void {
  process.on('message', (message: Message) => {
    if (message.event !== FINISH) return
    void finishHere().then(() => process.send?.({ event: FINISHED }))
  })
  // systemd signals the whole group: the main process tells when all have finished, and then this one ends with it.
  process.on('SIGTERM', () => {
    void finishHere()
      .then(() => wait(seconds * 1000 + 2 * GRACE_MS))
      .then(() => process.exit(0))
  })
}
