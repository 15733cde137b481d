// Fuzzing of receiver, reader and all parse functions: hostile bytes give Bad or Refused, no other
// error, and the same steps however they are cut. test/corpus/wire/ holds the seeds and keeps every
// input that broke us. LAZARET_FUZZ_RUNS sets the number of random inputs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bad, Refused } from '../../../plugin/errors.ts'
import * as wire from '../../../plugin/imap/wire/index.ts'
import { steps } from './drive.ts'

const CORPUS = join(__dirname, '../../corpus/wire')
const RUNS = Number(process.env.LAZARET_FUZZ_RUNS ?? 600)

const PARSERS: ((reader: wire.Reader) => unknown)[] = [
  wire.parseAppend,
  wire.parseAuthenticate,
  wire.parseCompress,
  wire.parseCopy,
  wire.parseCreate,
  wire.parseEnable,
  (reader) => wire.parseFetch(reader, { uid: false }),
  (reader) => wire.parseFetch(reader, { uid: true }).items.map(wire.itemName),
  wire.parseGetQuota,
  wire.parseId,
  wire.parseList,
  wire.parseLogin,
  wire.parseLsub,
  wire.parseMailbox,
  wire.parseNothing,
  wire.parseNotify,
  wire.parseRename,
  wire.parseSearch,
  wire.parseSelect,
  wire.parseSetQuota,
  wire.parseSort,
  wire.parseStatus,
  wire.parseStore,
  wire.parseThread,
  wire.parseUidExpunge,
  (reader) => wire.parseAcl(reader, { rights: true }),
  (reader) => wire.parseAcl(reader, { rights: false }),
]

/** Runs `act`; what is not Bad or Refused goes on. Gives the text of the error. */
function guarded(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Bad || error instanceof Refused) return error.message
    throw error
  }
}

const STATES: readonly {
  limits: wire.ReceiverLimits
  mode: 'command' | 'line'
  utf8: boolean
}[] = [
  { limits: wire.limits.BEFORE_LOGIN, mode: 'command', utf8: false },
  { limits: wire.limits.AFTER_LOGIN, mode: 'command', utf8: false },
  { limits: wire.limits.AFTER_LOGIN, mode: 'command', utf8: true },
  { limits: wire.limits.AFTER_LOGIN, mode: 'line', utf8: false },
]

/** Every third literal is refused. */
const refuse = (step: { size: number }) => step.size % 3 === 2

/** Feeds the stream in one connection state; parses what comes with every function there is. */
function feed(chunks: readonly Uint8Array[], state: (typeof STATES)[number]): string[] {
  const receiver = new wire.Receiver(state.limits)
  receiver.mode = state.mode
  const { utf8 } = state
  const seen: string[] = []
  for (const step of steps(chunks, { receiver, refuse })) {
    seen.push(step.kind)
    if (step.kind === 'bad') seen.push(step.tag, step.reason)
    if (step.kind === 'literal') {
      seen.push(guarded(() => wire.parseAppendStart(step.start, { utf8 })) ?? 'start')
    }
    if (step.kind === 'line') seen.push(guarded(() => wire.readSaslLine(step.bytes)) ?? 'sasl')
    if (step.kind !== 'command') continue
    for (const parser of PARSERS) {
      seen.push(guarded(() => parser(new wire.Reader(step.command, { utf8 }))) ?? parser.name)
    }
  }
  return seen
}

/**
 * Feeds the stream in all states, whole and in pieces of `size`. Gives what differs, and the lines
 * that would not be one line when what is said about the stream is sent.
 */
function faults(stream: Buffer, size: number): string[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size))
  return STATES.flatMap((state) => {
    const whole = feed([stream], state)
    const cut = feed(pieces, state)
    const differing = whole.length === cut.length ? whole.filter((one, i) => one !== cut[i]) : cut
    const lines = whole.map((text) => wire.serialize((writer) => writer.tagged('t').bad(text)))
    return [...differing, ...lines.filter((line) => !/^t BAD [\x20-\x7e]+\r\n$/.test(line))]
  })
}

const files = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.txt'))
  .toSorted()
const seeds = files
  .map((file) => readFileSync(join(CORPUS, file)))
  .filter((stream) => stream.length < 2000)

describe('the kept corpus', () => {
  test.each(files)('%s', (file) => {
    const stream = readFileSync(join(CORPUS, file))
    expect([...faults(stream, 1), ...faults(stream, 7)]).toEqual([])
  })
})

describe('random inputs', () => {
  const seed = fc.nat(seeds.length - 1).map((index) => seeds[index])
  const token = fc.constantFrom(
    ...'( ) " \\ { } [ ] < > . <0.10> * % $ , : 1:* & &- &AOk- + - NIL "" 0 4294967296'.split(' '),
    ...'9223372036854775808 (((((((( RETURN PARTIAL HEADER.FIELDS 1-Feb-2026 99999999999'.split(
      ' ',
    ),
    ...' |\r\n|\n|\0|{3}\r\n|{5+}\r\n|~{2+}\r\n|NOT |OR |UTF8 (|\xff|é|\x7f|\x80'.split('|'),
  )
  const edit = fc.record({
    at: fc.nat(400),
    remove: fc.oneof(fc.constant(0), fc.nat(12)),
    insert: fc.oneof(
      token.map((text) => Buffer.from(text, 'latin1')),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      seed.map((bytes) => bytes.subarray(0, 80)),
    ),
  })

  test('mutations of the corpus', () => {
    fc.assert(
      fc.property(
        seed,
        fc.array(edit, { maxLength: 6 }),
        fc.integer({ min: 1, max: 60 }),
        (start, edits, size) => {
          let stream = start
          for (const { at, remove, insert } of edits) {
            const from = Math.min(at, stream.length)
            stream = Buffer.concat([
              stream.subarray(0, from),
              insert,
              stream.subarray(from + remove),
            ])
          }
          expect(faults(stream, size)).toEqual([])
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('sequences of tokens', () => {
    const head = fc.constantFrom(
      'a FETCH 1 ',
      'a SEARCH ',
      'a LIST "" ',
      'a APPEND x ',
      'a STORE 1 ',
      '',
    )
    fc.assert(
      fc.property(head, fc.array(token, { maxLength: 20 }), (start, tokens) => {
        const stream = Buffer.from(`${start}${tokens.join('')}\r\nb NOOP\r\n`, 'latin1')
        expect(faults(stream, 5)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})
