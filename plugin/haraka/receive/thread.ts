// The thread in which messages are judged and kept: the quarantine behind a message port. See screener.ts.
import { workerData } from 'node:worker_threads'
import { DataError, Refused } from '../../errors.ts'
import { open, type Lazaret } from '../../open.ts'
import type { Decision } from '../../quarantine/screen.ts'
import { sentenceOf } from '../../whose.ts'
import { Buffers } from './buffers.ts'
import { Large } from './large.ts'
import { NoRoom } from './room.ts'
import { CLOSE, START, type Asked, type Told, type Work } from './screener.ts'

/** lmdb cannot read memory that threads share. */
const buffers = new Buffers((size) => Buffer.allocUnsafeSlow(size))
const large = new Large()
const { config, dir, start, port } = workerData as Work
const lazaret = begin()

function begin(): Lazaret {
  const state = new Int32Array(start)
  try {
    const opened = open(config, dir)
    // Model and lists are read now, not while the first message waits.
    opened.quarantine.system.prepare()
    Atomics.store(state, 0, START.ready)
    return opened
  } catch (error) {
    const text = sentenceOf(error)
    state[1] = Buffer.from(start).write(text, START.head)
    Atomics.store(state, 0, error instanceof DataError ? START.unusable : START.failed)
    throw error
  } finally {
    Atomics.notify(state, 0)
  }
}

async function judge(asked: Asked): Promise<Told> {
  const { id } = asked
  try {
    return { id, decisions: await decisionsOf(asked) }
  } catch (error) {
    const busy = error instanceof NoRoom
    const failed =
      error instanceof Refused || !(error instanceof Error)
        ? sentenceOf(error)
        : (error.stack ?? error.message)
    return { id, failed, busy }
  }
}

async function decisionsOf({ envelope, raw, file }: Asked): Promise<Decision[]> {
  const { system } = lazaret.quarantine
  if (file) return await large.read(file, (message) => system.screen(envelope, message, file.path))
  const buffer = buffers.take(raw.length)
  try {
    buffer.set(raw)
    return await system.screen(envelope, buffer.subarray(0, raw.length))
  } finally {
    buffers.giveBack(buffer)
  }
}

/** Messages without an answer yet. */
let waiting = 0
let onIdle = (): void => {}

async function answer(asked: Asked): Promise<void> {
  port.postMessage(await judge(asked))
  if (--waiting === 0) onIdle()
}

async function close(): Promise<void> {
  if (waiting > 0) await new Promise<void>((resolve) => (onIdle = resolve))
  await lazaret.close()
}

port.on('message', (asked: Asked[] | typeof CLOSE) => {
  if (asked === CLOSE) {
    void close().finally(() => port.close())
    return
  }
  waiting += asked.length
  // A turn each, so that the first answer does not wait for the last message.
  for (const one of asked) setImmediate(() => void answer(one))
})
