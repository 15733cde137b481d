// Haraka's objects, as far as our parts look at them.
import type { Connection, Transaction } from '../../plugin/haraka/types.ts'

/** What other plugins found, by plugin. */
export type Found = Record<string, Record<string, unknown>>
const results = (store: Found): Connection['results'] => ({
  get: (name) => store[name],
  get_all: () => store,
  add: () => {},
})

export function connectionWith(ofConnection: Found, ofTransaction: Found, host = 'sender.example') {
  const notes = { get: (path: string) => noted[path], set: () => {} }
  const noted: Record<string, unknown> = {}
  const transaction = {
    mail_from: { user: 'a', host, address: `a@${host}` },
    results: results(ofTransaction),
    notes,
  } as unknown as Transaction
  const connection = {
    results: results(ofConnection),
    tls: { enabled: true },
    relaying: false,
  } as unknown as Connection
  return { connection, transaction, noted }
}
