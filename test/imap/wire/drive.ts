// Helpers of the tests: a receiver fed with a whole stream, and a reader of one command.
import {
  Reader,
  Receiver,
  limits,
  type ReaderOptions,
  type Step,
} from '../../../plugin/imap/wire/index.ts'

/** Bytes of a string of one char per byte. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Steps for the stream `chunks` without 'bytes'; literals are accepted unless `refuse` says no. */
export function steps(
  chunks: readonly Uint8Array[],
  options: {
    receiver?: Receiver
    refuse?: (step: Extract<Step, { kind: 'literal' }>) => boolean
  } = {},
): Step[] {
  const receiver = options.receiver ?? new Receiver(limits.AFTER_LOGIN)
  const all: Step[] = []
  for (const chunk of chunks) {
    receiver.push(chunk)
    for (let step = receiver.next(); step.kind !== 'bytes'; step = receiver.next()) {
      all.push(step)
      if (step.kind !== 'literal') continue
      if (options.refuse?.(step)) receiver.refuse()
      else receiver.accept()
    }
  }
  return all
}

/** Reader behind the name of the one command `text` is; literals stand in it as on the wire. */
export function readerOf(text: string, options?: ReaderOptions): Reader {
  const last = steps([bytes(`t ${text}\r\n`)]).at(-1)
  if (last?.kind !== 'command') throw new Error(`no command: ${JSON.stringify(last)}`)
  return new Reader(last.command, options)
}

/** Runs `parse` on the arguments of `text`, a command without its tag. */
export function parse<T>(fn: (reader: Reader) => T, text: string, options?: ReaderOptions): T {
  return fn(readerOf(text, options))
}
