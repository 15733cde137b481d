// Haraka keeps a copy of its own of each message: in memory up to 25 MB, unless connection.ini says when it goes to a file.
import type { Transaction } from '../types.ts'
import { SPOOL_AFTER } from './spool.ts'

/** For the `data` hook: large messages go to files in `dir`. */
export function spoolHarakas(
  transaction: Pick<Transaction, 'uuid' | 'header' | 'message_stream'>,
  dir: string,
): void {
  const old = transaction.message_stream
  const cfg = { main: { spool_after: SPOOL_AFTER, spool_dir: dir } }
  const stream = new old.constructor(cfg, transaction.uuid, transaction.header.header_list)
  for (const listener of old.listeners('error')) stream.on('error', listener)
  // It removes its file whether or not there is one: one look at the disk for each small message.
  const destroy = stream.destroy.bind(stream)
  stream.destroy = () => {
    if (!(stream.total_buffered < SPOOL_AFTER)) destroy()
  }
  transaction.message_stream = stream
}
