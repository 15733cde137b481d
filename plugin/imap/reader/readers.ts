// The threads that read messages for the IMAP server.
import { join } from 'node:path'
import { ThreadPool } from '../../threads/pool.ts'
import { scriptOf } from '../../threads/script.ts'
import type { Answer, Ask } from './jobs.ts'

export type Readers = ThreadPool<Ask, Answer>

/** Batches that the sessions of one account may have waiting; what they hold is read when it is their turn. */
const WAITING = 256
const TOTAL = 4096
/** The texts of a message of 50 MB, decoded, and folded to compare them. */
export const HEAP_MB = 512

export function newReaders(): Readers {
  return new ThreadPool({
    script: scriptOf(join(__dirname, 'thread')),
    does: 'reads messages',
    waiting: WAITING,
    total: TOTAL,
    heap: HEAP_MB,
  })
}
