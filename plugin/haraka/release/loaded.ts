// When this process may write queue files. Haraka of one process (nodes=0) reads its whole queue once init_master is done, whoever
// wrote it and when: what we wrote before would be there twice, and be sent twice.
import cluster from 'node:cluster'
import { haraka } from '../modules.ts'
import type { Plugin } from '../types.ts'

/** Calls `then` when Haraka has read what its queue had at the start. Called from init_master or init_child. */
export function whenQueueIsRead(plugin: Plugin, then: () => void): void {
  // A worker takes files of pids that are gone, which its own is not.
  if (cluster.isWorker) return then()
  const outbound = haraka<{ init_queue: (pid?: number) => Promise<void> }>(plugin, 'outbound')
  const read = outbound.init_queue
  outbound.init_queue = async (pid) => {
    outbound.init_queue = read
    await read(pid)
    then()
  }
}
