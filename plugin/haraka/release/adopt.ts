// Queue files carry the pid of the worker that has them. Haraka gives those of a worker that died to the one that comes
// for it; where that one dies before it took them, and where `haraka --graceful` replaces a worker that leaves some, no
// worker has them until Haraka starts anew. The main process gives them to one that listens.
import cluster, { type Worker } from 'node:cluster'
import { haraka } from '../modules.ts'
import type { Plugin } from '../types.ts'
import { queuePids } from './queue-files.ts'

/** In the main process: no file of the outbound queue is left to a worker that is gone. */
export function adoptQueueFiles(plugin: Plugin): void {
  const { queue_dir } = haraka<{ queue_dir: string }>(plugin, 'outbound/queue')
  const listening = new Set<Worker>()
  const adopt = (): void => {
    giveAway(queue_dir, listening).catch((error: unknown) =>
      plugin.logerror(`queue files of workers that are gone: ${String(error)}`),
    )
  }
  cluster.on('listening', (worker) => {
    // It reads what it is told from here on. Once for each of its ports.
    if (listening.size === listening.add(worker).size) return
    adopt()
  })
  cluster.on('exit', (worker) => {
    listening.delete(worker)
    adopt()
  })
}

async function giveAway(dir: string, listening: ReadonlySet<Worker>): Promise<void> {
  const owners = await queuePids(dir)
  const [heir] = [...listening].filter((worker) => worker.isConnected())
  if (!heir) return
  const alive = Object.values(cluster.workers ?? {}).flatMap((worker) =>
    worker && !worker.isDead() ? [worker.process.pid] : [],
  )
  for (const pid of owners)
    // Whoever else is told of the same ones: a file is renamed by one alone, and read by that one.
    if (pid !== process.pid && !alive.includes(pid))
      heir.send({ event: 'outbound.load_pid_queue', data: pid })
}
