// The main process and its workers.
import cluster, { type Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { outliveWorkers } from '../../plugin/haraka/setup.ts'
import type { Plugin } from '../../plugin/haraka/types.ts'

test('a worker that dies before Haraka has told it what it is for does not end Haraka', () => {
  const said: string[] = []
  outliveWorkers({ logerror: (line: string) => said.push(line) } as unknown as Plugin)
  // As node:cluster tells of one, and then of a message that could not be sent: unheard, that ends the process.
  const worker = Object.assign(new EventEmitter(), { id: 5 }) as unknown as Worker
  cluster.emit('fork', worker)
  worker.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(said).toEqual(['worker 5 cannot be told anything: Error: write EPIPE'])
})
