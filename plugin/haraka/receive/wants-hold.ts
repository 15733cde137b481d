// Whether another plugin wants a message held, and why.
import type { Connection, Transaction } from '../types.ts'

/** The notes by which other plugins ask for Haraka's own quarantine. */
export function wantsHold(connection: Connection, transaction: Transaction): string | null {
  const note = transaction.notes.quarantine || connection.notes.quarantine
  if (note)
    return typeof note === 'string' ? `Held for ${note.slice(0, 100)}` : 'Held for another plugin'
  return transaction.notes.get('queue.wants') === 'quarantine' ? 'Held for another plugin' : null
}
