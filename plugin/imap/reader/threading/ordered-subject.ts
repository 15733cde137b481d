// THREAD=ORDEREDSUBJECT (RFC 5256 §3): messages of one subject, all under the oldest.
import type { ThreadNode } from '../../wire/index.ts'
import type { Threadable } from './threadable.ts'

/** Threads in order; `number` tells what stands for a message in the answer. */
export function orderedSubject(
  messages: readonly Threadable[],
  number: (index: number) => number,
): ThreadNode[] {
  const ordered = messages.toSorted((a, b) => a.date - b.date || a.index - b.index)
  const threads = new Map<string, Threadable[]>()
  // A Map keeps the order of insertion: the threads stand in the order of their first messages.
  for (const message of ordered) {
    const thread = threads.get(message.subject)
    if (thread) thread.push(message)
    else threads.set(message.subject, [message])
  }
  return [...threads.values()].map(([first, ...others]) => ({
    number: number(first.index),
    children: others.map(({ index }) => ({ number: number(index), children: [] })),
  }))
}
