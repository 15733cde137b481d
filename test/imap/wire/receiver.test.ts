import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits, Receiver, type Step } from '../../../plugin/imap/wire/index.ts'
import { bytes, steps } from './drive.ts'

const MiB = 1024 * 1024

/** A step as one line of text. */
function show(step: Step): string {
  switch (step.kind) {
    case 'command': {
      const { tag, name, at, parts } = step.command
      const shown = parts.map((part) =>
        part.kind === 'text'
          ? part.bytes.toString('latin1')
          : `<${part.binary ? '~' : ''}${part.bytes.toString('latin1')}>`,
      )
      return `${tag}|${name}|${at}|${shown.join('')}`
    }
    case 'literal':
      return `literal ${step.binary ? '~' : ''}${step.size}${step.sync ? '' : '+'} of ${step.start.name}`
    case 'line':
      return `line ${step.bytes.toString('latin1')}`
    case 'bad':
      return `${step.tag} bad${step.code ? ` ${step.code}` : ''}${step.close ? ' close' : ''}`
    case 'bytes':
      return 'bytes'
    default:
      return 'unknown'
  }
}

const run = (text: string, options?: Parameters<typeof steps>[1]) =>
  steps([bytes(text)], options).map(show)

/** Pieces of `whole`, cut anywhere. */
function split(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((a, b) => a - b)
  return [...at, whole.length].map((end, i) => whole.subarray(i === 0 ? 0 : at[i - 1], end))
}

describe('lines (RFC 9051 §2.2)', () => {
  test.each<[string, string[]]>([
    ['a NOOP\r\n', ['a|NOOP|6|a NOOP']],
    ['a noop\n', ['a|NOOP|6|a noop']],
    ['a NOOP\r\nb CHECK\r\n', ['a|NOOP|6|a NOOP', 'b|CHECK|7|b CHECK']],
    ['a uid fetch 1 UID\r\n', ['a|UID FETCH|11|a uid fetch 1 UID']],
    ['a UID\r\n', ['a|UID|5|a UID']],
    ['a UID \r\n', ['a bad']],
    ['\r\n', ['* bad']],
    [' a NOOP\r\n', ['* bad']],
    ['a\r\n', ['a bad']],
    ['a \r\n', ['a bad']],
    ['a (NOOP)\r\n', ['a bad']],
    ['a NOOP\0\r\nb NOOP\r\n', ['a bad', 'b|NOOP|6|b NOOP']],
    ['a SUB x\0\r\n', ['a bad']],
    ['+ NOOP\r\n', ['* bad']],
    ['a+b NOOP\r\n', ['* bad']],
    ['a]b NOOP\r\n', ['a]b|NOOP|8|a]b NOOP']],
    [
      `${'t'.repeat(limits.TAG_MAX)} NOOP\r\n`,
      [`${'t'.repeat(128)}|NOOP|133|${'t'.repeat(128)} NOOP`],
    ],
    [`${'t'.repeat(limits.TAG_MAX + 1)} NOOP\r\n`, ['* bad']],
    [`a ${'N'.repeat(limits.NAME_MAX + 1)}\r\n`, ['a bad']],
  ])('%j', (text, expected) => {
    expect(run(text)).toEqual(expected)
  })

  test('nothing is lost when the line has not ended', () => {
    expect(run('a NOOP')).toEqual([])
    expect(run('a NOOP\r')).toEqual([])
  })
})

describe('literals (RFC 9051 §4.3, RFC 7888, RFC 3516)', () => {
  test.each<[string, string[]]>([
    [
      'a LOGIN {3}\r\nfoo {3+}\r\nb\r\n\r\n',
      ['literal 3 of LOGIN', 'literal 3+ of LOGIN', 'a|LOGIN|7|a LOGIN <foo> <b\r\n>'],
    ],
    ['a X ~{2}\r\n\0\n\r\n', ['literal ~2 of X', 'a|X|3|a X <~\0\n>']],
    ['a X ~{0+}\r\n\r\n', ['literal ~0+ of X', 'a|X|3|a X <~>']],
    ['a X {0}\r\n {0}\r\n\r\n', ['literal 0 of X', 'literal 0 of X', 'a|X|3|a X <> <>']],
    ['a X {}\r\n', ['a|X|3|a X {}']],
    ['a X {1-}\r\n', ['a|X|3|a X {1-}']],
    ['a X {+}\r\n', ['a|X|3|a X {+}']],
    ['a X {x}\r\n', ['a|X|3|a X {x}']],
    ['a X 3}\r\n', ['a|X|3|a X 3}']],
    ['a {3+}\r\nfoo\r\nb NOOP\r\n', ['a bad', 'b|NOOP|6|b NOOP']],
    ['a {3}\r\nb NOOP\r\n', ['a bad', 'b|NOOP|6|b NOOP']],
    ['a X\0 {3+}\r\nfoo\r\nb NOOP\r\n', ['a bad', 'b|NOOP|6|b NOOP']],
  ])('%j', (text, expected) => {
    expect(run(text)).toEqual(expected)
  })

  test('the start of an APPEND is there before its literal is', () => {
    const [step] = steps([bytes('a APPEND box (\\Seen) {9}\r\n')])
    expect(step.kind === 'literal' && step.start.parts.map((p) => p.bytes.toString())).toEqual([
      'a APPEND box (\\Seen) ',
    ])
  })

  test('the start does not change when the command goes on', () => {
    const all = steps([bytes('a X {1}\r\na {1}\r\nb\r\n')])
    const starts = all.map((step) => (step.kind === 'literal' ? step.start.parts.length : 0))
    expect(starts).toEqual([1, 3, 0])
  })

  test('a refused synchronizing literal goes on with the next line', () => {
    expect(run('a X {3}\r\nb NOOP\r\n', { refuse: () => true })).toEqual([
      'literal 3 of X',
      'b|NOOP|6|b NOOP',
    ])
  })

  test('a refused non-synchronizing literal is thrown away with the rest of its command', () => {
    const stream = 'a X {9+}\r\nb NOOP\r\n! (x) {3+}\r\n\r\n! z\r\nc NOOP\r\n'
    expect(run(stream, { refuse: () => true })).toEqual(['literal 9+ of X', 'c|NOOP|6|c NOOP'])
  })

  test('a literal must be answered before the next step, and only then', () => {
    const receiver = new Receiver()
    receiver.push(bytes('a LOGIN {3}\r\n'))
    expect(() => receiver.accept()).toThrow(/No literal/)
    expect(receiver.next().kind).toBe('literal')
    expect(() => receiver.next()).toThrow(/waits/)
  })
})

describe('limits', () => {
  const { line, skip, literal } = limits.AFTER_LOGIN

  test('a line up to the limit is taken, a longer one is bad and thrown away', () => {
    const fit = 'a X ' + 'y'.repeat(line - 5)
    expect(run(`${fit}\r\nb NOOP\r\n`)).toHaveLength(2)
    expect(run(`${fit}yy\r\nb NOOP\r\n`)).toEqual(['a bad', 'b|NOOP|6|b NOOP'])
  })

  test('the literal announced by a line that is too long is thrown away too', () => {
    const long = 'a X ' + 'y'.repeat(line)
    expect(run(`${long} {8+}\r\nc NOOP\r\n\r\nb NOOP\r\n`)).toEqual(['a bad', 'b|NOOP|6|b NOOP'])
  })

  test('a line without end closes', () => {
    const receiver = new Receiver(limits.AFTER_LOGIN)
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const chunks = Array.from({ length: 64 }, () => chunk)
    expect(steps(chunks, { receiver }).map(show)).toEqual(['* bad', '* bad close'])
    expect(receiver.buffered).toBe(0)
  })

  test('lines of one command together are limited', () => {
    const piece = 'y'.repeat(60_000) + ' {0+}\r\n'
    expect(run(`a X ${piece.repeat(20)}\r\nb NOOP\r\n`).slice(-2)).toEqual([
      'a bad',
      'b|NOOP|6|b NOOP',
    ])
  })

  test('a giant synchronizing literal is refused unread', () => {
    expect(run('a APPEND x {99999999999}\r\nb NOOP\r\n')).toEqual([
      'a bad TOOBIG',
      'b|NOOP|6|b NOOP',
    ])
  })

  test('literals are small for all commands but APPEND', () => {
    expect(run(`a X {${literal + 1}}\r\n`)).toEqual(['a bad TOOBIG'])
    expect(run(`a APPEND {${literal + 1}}\r\n`)).toEqual([`literal ${literal + 1} of APPEND`])
  })

  test('a giant non-synchronizing literal closes (RFC 7888 §4)', () => {
    const receiver = new Receiver(limits.AFTER_LOGIN)
    const all = steps([bytes(`a APPEND x {${skip + 1}+}\r\nb NOOP\r\n`)], { receiver })
    expect(all.map(show)).toEqual(['a bad TOOBIG close'])
    receiver.push(bytes('c NOOP\r\n'))
    expect(receiver.next().kind).toBe('bytes')
    expect(receiver.buffered).toBe(0)
  })

  test('a non-synchronizing literal over the limit is thrown away in bounded memory', () => {
    const receiver = new Receiver(limits.AFTER_LOGIN)
    const size = limits.APPEND_MAX + 1
    const head = steps([bytes(`a APPEND x {${size}+}\r\n`)], { receiver })
    expect(head.map(show)).toEqual(['a bad TOOBIG'])
    const chunk = Buffer.alloc(MiB)
    for (let left = size; left > 0; left -= chunk.length) {
      expect(steps([chunk.subarray(0, left)], { receiver })).toEqual([])
      expect(receiver.buffered).toBe(0)
    }
    expect(steps([bytes(' (x)\r\nb NOOP\r\n')], { receiver }).map(show)).toEqual([
      'b|NOOP|6|b NOOP',
    ])
  })

  test('all literals of a MULTIAPPEND together are limited', () => {
    const receiver = new Receiver({ ...limits.AFTER_LOGIN, append: 10, appends: 15 })
    expect(run('a APPEND x {10}\r\n0123456789 {6}\r\n', { receiver })).toEqual([
      'literal 10 of APPEND',
      'a bad TOOBIG',
    ])
  })

  test('the number of literals is limited', () => {
    const receiver = new Receiver({ ...limits.AFTER_LOGIN, parts: 2 })
    expect(run(`a X${' {0+}\r\n'.repeat(3)}\r\nb NOOP\r\n`, { receiver })).toEqual([
      'literal 0+ of X',
      'literal 0+ of X',
      'a bad',
      'b|NOOP|6|b NOOP',
    ])
  })

  test('strangers may send little', () => {
    const receiver = new Receiver()
    expect(run('a LOGIN x {70000+}\r\n', { receiver })).toEqual(['a bad TOOBIG close'])
  })

  test('a big literal arriving in small chunks is copied a few times, not once per chunk', () => {
    const receiver = new Receiver(limits.AFTER_LOGIN)
    const size = 40 * MiB
    const chunk = Buffer.alloc(1400, 'x')
    const chunks = Array.from({ length: Math.ceil(size / chunk.length) }, () => chunk)
    const stream = [bytes(`a APPEND x {${size}+}\r\n`), ...chunks, bytes('\r\n')]
    const command = steps(stream, { receiver }).find((step) => step.kind === 'command')
    expect(command?.kind === 'command' && command.command.parts[1].bytes.length).toBe(size)
  })

  test('memory grows with what arrives, not with what is announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const waiting = Array.from({ length: 50 }, () => {
      const receiver = new Receiver(limits.AFTER_LOGIN)
      steps([bytes(`a APPEND x {${limits.APPEND_MAX}+}\r\nhello`)], { receiver })
      return receiver
    })
    expect(waiting).toHaveLength(50)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MiB)
  })
})

describe('mode line', () => {
  test('lines are handed out as they are, also what looks like a literal', () => {
    const receiver = new Receiver()
    receiver.mode = 'line'
    expect(run('DONE\r\n*\r\n{5}\r\n\r\n', { receiver })).toEqual([
      'line DONE',
      'line *',
      'line {5}',
      'line ',
    ])
  })

  test('NUL and length are checked', () => {
    const receiver = new Receiver()
    receiver.mode = 'line'
    const long = 'A'.repeat(limits.SASL_LINE_MAX + 1)
    expect(run(`\0\r\n${long}\r\nok\r\n`, { receiver })).toEqual(['* bad', '* bad', 'line ok'])
  })

  test('a command instead of DONE is put back and read as a command, with its literal', () => {
    const receiver = new Receiver(limits.AFTER_LOGIN)
    receiver.mode = 'line'
    receiver.push(bytes('a SELECT {5}\r\nINBOX\r\nb NOOP\r\n'))
    const step = receiver.next()
    expect(step.kind).toBe('line')
    if (step.kind === 'line') receiver.unread(step.bytes)
    receiver.mode = 'command'
    expect(steps([bytes('')], { receiver }).map(show)).toEqual([
      'literal 5 of SELECT',
      'a|SELECT|8|a SELECT <INBOX>',
      'b|NOOP|6|b NOOP',
    ])
  })
})

describe('take', () => {
  test('STARTTLS drops what was sent ahead (RFC 9051 §6.2.1)', () => {
    const receiver = new Receiver()
    receiver.push(bytes('a STARTTLS\r\nb LOGIN x y\r\nc NO'))
    expect(show(receiver.next())).toBe('a|STARTTLS|10|a STARTTLS')
    expect(receiver.fresh).toBe(false)
    expect(receiver.take().toString()).toBe('b LOGIN x y\r\nc NO')
    expect(receiver.next().kind).toBe('bytes')
    expect(receiver.fresh).toBe(true)
    expect(run('OP\r\nd NOOP\r\n', { receiver })).toEqual(['OP bad', 'd|NOOP|6|d NOOP'])
  })

  test('also the start of a line that was looked at already', () => {
    const receiver = new Receiver()
    receiver.push(bytes('b LO'))
    expect(receiver.next().kind).toBe('bytes')
    receiver.push(bytes('GIN'))
    expect(receiver.take().toString()).toBe('b LOGIN')
    expect(receiver.buffered).toBe(0)
  })
})

describe('chunking', () => {
  const small = {
    ...limits.AFTER_LOGIN,
    line: 60,
    text: 100,
    literal: 12,
    literals: 20,
    append: 15,
    appends: 24,
    skip: 30,
    parts: 3,
  }
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\n', '\r', ' ', '\0', 'a', 'NOOP', 'APPEND', 'x', '"', '{', '}', '+'),
    fc.constantFrom('a NOOP\r\n', 'b APPEND x ', 'c UID FETCH 1 (FLAGS)\r\n', 'DONE\r\n'),
    fc
      .tuple(fc.nat(40), fc.constantFrom('', '+'), fc.constantFrom('', '~'))
      .map(([size, plus, tilde]) => `${tilde}{${size}${plus}}\r\n`),
    fc.nat(40).map((size) => 'y'.repeat(size)),
  )
  const stream = fc.array(piece, { maxLength: 25 }).map((pieces) => bytes(pieces.join('')))

  test('any split of the input gives the same steps', () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(2000), { maxLength: 30 }),
        fc.nat(4),
        (whole, cuts, n) => {
          const refuse = (step: Extract<Step, { kind: 'literal' }>) => step.size % 5 === n
          const feed = (chunks: Buffer[]) =>
            steps(chunks, { receiver: new Receiver(small), refuse }).map(show)
          const expected = feed([whole])
          expect(feed(split(whole, cuts))).toEqual(expected)
          expect(feed(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(expected)
        },
      ),
      { numRuns: 600 },
    )
  })

  test('also where a line is too long to be thrown away', () => {
    const head = 'a X ' + 'y'.repeat(limits.LINE_SKIP_MAX - 4)
    for (const [more, expected] of [
      ['\r', ['a bad', '* bad close']],
      ['\nb NOOP\r\n', ['a bad', 'b|NOOP|6|b NOOP']],
    ] as const) {
      const whole = bytes(head + more)
      for (const cuts of [[], [70_000], [65_536, 65_537], [whole.length - 1]]) {
        expect(steps(split(whole, cuts)).map(show)).toEqual(expected)
      }
    }
  })
})
