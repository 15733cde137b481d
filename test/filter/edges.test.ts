// Reads of 16 bytes at once: at every alignment and every length the kernel agrees with its twin, whatever stands
// behind the end. What stands there is the worst: the rest of the very text, left by the message before.
import { describe, expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { difference } from '../twin/compare.ts'
import { Twin } from '../twin/twin.ts'

const kernel = new Kernel()
const twin = new Twin()

/** Scores the whole text, then every beginning of it from `from` on. */
function everyEnd(text: string, from: number, step = 1): string[] {
  const raw = Buffer.from(text, 'latin1')
  const wrong: string[] = []
  for (let end = raw.length; end >= from; end -= step) {
    kernel.score(raw)
    const found = difference(kernel, twin, raw.subarray(0, end))
    if (found) wrong.push(`${end} bytes of ${JSON.stringify(text)}: ${found}`)
  }
  return wrong
}

const HTML = 'Content-Type: text/html\n'
const TAGS =
  '<P><FONT size=3><a HREF="x.y/z" class=c><h1><strong><sTyle>a{}</style>b<script>c</script>d' +
  "<img xsrc=1 src =q\tbackground='r&amp;'><form action=s t=u><!-- v --><b>w</b>&#8364;&lt;<!x>" +
  '<abcdefghijklmno><abcdefghijklmnop><abcdefghijklmnopq></abcdefghijklmnopqrs>'
const FIELDS =
  'Subject: =?a?Q?b_c?= =?d?B?ZWZn?= = ?= =?\nDate: Mon, 1 Jan 2001 00:00:00 -0100\n' +
  'Received: from a by b\n\tid c for <d@e>; f\nMessage-ID: <g1.H@i>\nX-Spam: j\nk l: m\n\n'

describe('every end at every alignment', () => {
  const shifts = Array.from({ length: 18 }, (_, i) => 'x'.repeat(i))

  test.each([
    ['of header fields', (shift: string) => `X: ${shift}\n${FIELDS}`, 3],
    ['of a header field without an end', (shift: string) => `Subject: ${shift} Ab1-\xe9 cd`, 3],
    ['of HTML', (shift: string) => `${HTML}X: ${shift}\n\n${TAGS}`, HTML.length + 4],
    [
      'of parts',
      (shift: string) =>
        `Content-Type: multipart/x; boundary="b"\n\n${shift}\n--b\nTo: c\n\nd\n--b-\n--b\n\ne\n--b--\nf`,
      20,
    ],
    [
      'of quoted-printable HTML',
      (shift: string) =>
        `${HTML}Content-Transfer-Encoding: quoted-printable\n\n${shift}a=\nb=3D<a href=3D"c">=E9=\r\n= =4`,
      HTML.length + 40,
    ],
    ['of words', (shift: string) => `\n${shift} ${'Ab\xe9'.repeat(9)} ${'cd1'.repeat(15)} e`, 1],
  ])('%s', (_, text, from) => {
    expect(shifts.flatMap((shift) => everyEnd(text(shift), from))).toEqual([])
  })

  test('of decoded text', () => {
    const head = `${HTML}Content-Transfer-Encoding: base64\n\n`
    const wrong: string[] = []
    for (let end = TAGS.length; end >= 0; end--) {
      kernel.score(Buffer.from(head + btoa(TAGS)))
      const raw = Buffer.from(head + btoa(TAGS.slice(0, end)))
      const found = difference(kernel, twin, raw)
      if (found) wrong.push(`${end}: ${found}`)
    }
    expect(wrong).toEqual([])
  })
})

describe('where a buffer ends', () => {
  test('the text of a message: 8000 bytes', () => {
    const wrong: string[] = []
    for (let room = 0; room < 70; room++) {
      const text = 'word '.repeat(1600).slice(0, 8000 - room)
      for (const kind of ['', HTML]) {
        const found = difference(kernel, twin, Buffer.from(`${kind}\n${text}${TAGS}`, 'latin1'))
        if (found) wrong.push(`${room} ${kind}: ${found}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test.each([1, 2, 3, 7, 8, 9, 15, 16, 17, 30])('names of tags of %i letters', (size) => {
    const tags = Array.from({ length: 9000 / Math.min(size, 17) }, (_, i) => {
      const name = (i.toString(26) + 'abcdefghijklmnopqrstuvwxyzabcdefgh').slice(0, size)
      return `<${name.replace(/^\d/, 'q')}>`
    })
    const raw = Buffer.from(`${HTML}\n${tags.join('')}end`)
    expect(difference(kernel, twin, raw)).toBeUndefined()
  })

  test('a value of a header field: 64 KiB', () => {
    const wrong: string[] = []
    for (let more = -20; more <= 20; more++) {
      const value = 'ab cd1 '.repeat(9400).slice(0, 65_536 + more)
      const found = difference(kernel, twin, Buffer.from(`Subject: ${value}\nTo: x\n\n`))
      if (found) wrong.push(`${more}: ${found}`)
    }
    expect(wrong).toEqual([])
  })

  test('the input: the first MiB', () => {
    const MIB = 1 << 20
    for (const [head, tail] of [
      [HTML, `\n${TAGS}`],
      ['', FIELDS],
      ['Content-Type: multipart/x; boundary=b\n', '\n\n--b\n\nc\n--b--\n'],
    ]) {
      for (let beyond = 0; beyond < tail.length; beyond++) {
        // Fields that are dropped fill it without effect.
        const size = MIB - head.length - tail.length + beyond
        const fill = 'x-spam: y\n'.repeat(MIB / 10).slice(0, size)
        const score = kernel.score(Buffer.from(head + fill + tail, 'latin1'))
        const rest = fill.slice(size - (size % 10))
        const short = Buffer.from(head + rest + tail.slice(0, tail.length - beyond), 'latin1')
        expect(difference(kernel, twin, short)).toBeUndefined()
        expect(kernel.score(short)).toEqual(score)
      }
    }
  })

  test('a view: 6000 features, the last places one by one', () => {
    const wrong: string[] = []
    for (let room = 0; room < 12; room++) {
      const many = Array.from({ length: 2993 }, (_, i) => `w${i}`).join(' ')
      // Header fields of view B fill it up to some places; the next one runs into its end.
      const fields = `X-A: ${many}\n${'X-B: y z\n'.repeat(room % 3)}X-C: ${'p '.repeat(room)}q r s t u v\n`
      const found = difference(kernel, twin, Buffer.from(`${fields}X-D: ${many}\n\n`))
      if (found) wrong.push(`${room}: ${found}`)
    }
    expect(wrong).toEqual([])
  })
})
