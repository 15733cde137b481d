// The first model of the gateway: learned from the corpus, in batches that a Ctrl-C can come between.
import { SingleBar } from 'cli-progress'
import { CLI, type Lazaret } from '../plugin/open.ts'
import { readMessage, type Message } from './corpus.ts'

/** Messages in one transaction. */
const BATCH = 250

/** Answers whether all were learned: false when `stop` came first. What is learned already counts once. */
export async function learn(
  { quarantine }: Lazaret,
  messages: readonly Message[],
  stop: AbortSignal,
): Promise<boolean> {
  const bar = new SingleBar({
    format: 'Learning from the SpamAssassin corpus {bar} {value}/{total} messages',
    noTTYOutput: true,
    notTTYSchedule: 2000,
    hideCursor: true,
  })
  bar.start(messages.length, 0)
  try {
    for (let at = 0; at < messages.length; at += BATCH) {
      if (stop.aborted) return false
      const batch = messages
        .slice(at, at + BATCH)
        .map((message) => ({ raw: readMessage(message).raw, label: message.label }))
      await quarantine.as(CLI).model.train(batch)
      bar.increment(batch.length)
    }
    await quarantine.system.snapshotModel(true)
    return true
  } finally {
    bar.stop()
  }
}
