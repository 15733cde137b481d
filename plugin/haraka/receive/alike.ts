// Every message that is taken is answered with the same words, whoever queued it: a sender cannot tell what was held.
import { logValue } from '../../text.ts'
import type { Connection } from '../types.ts'

// A property under a key of our own: see bytes.ts.
const ALIKE = Symbol('lazaret answers alike')

/** From now on, on this connection. */
export function answerAlike(
  plugin: { name: string },
  connection: Connection & { [ALIKE]?: true },
): void {
  if (connection[ALIKE]) return
  connection[ALIKE] = true
  const respond = connection.queue_ok_respond.bind(connection)
  connection.queue_ok_respond = (code, message, said) => {
    // Haraka's own words for what it has queued.
    const words = `Message Queued (${connection.transaction?.uuid ?? connection.uuid})`
    if (said !== words)
      connection.loginfo(plugin, `the message was queued: ${logValue(String(said))}`)
    respond(code, message, words)
  }
}
