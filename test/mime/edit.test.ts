// A header is edited as bytes: fields go whole, the rest stays.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Edit } from '../../plugin/mail.ts'
import { applyEdit } from '../../plugin/mime/edit.ts'

const EDIT: Edit = {
  remove: ['x-spam-flag', 'x-spam-status'],
  add: [
    ['X-Spam-Flag', 'NO'],
    ['X-Spam-Status', 'No\r\n\tclass=ham'],
  ],
  subjectPrefix: null,
}
const text = (raw: Buffer): string => raw.toString('latin1')
const edited = (raw: string, edit: Partial<Edit> = {}): string =>
  text(applyEdit(Buffer.from(raw, 'latin1'), { ...EDIT, ...edit }))

const ADDED = 'X-Spam-Flag: NO\r\nX-Spam-Status: No\r\n\tclass=ham\r\n'

describe('applyEdit', () => {
  test('takes fields out whole, in any case, folded, with space before the colon', () => {
    expect(
      edited(
        'A: 1\r\nX-SPAM-flag: YES\r\n folded\r\n\tagain\r\nB: 2\r\nx-spam-status :x\r\n\r\nX-Spam-Flag: body',
      ),
    ).toBe(`${ADDED}A: 1\r\nB: 2\r\n\r\nX-Spam-Flag: body`)
  })

  test('leaves fields alone whose name only begins so', () => {
    expect(edited('X-Spam-Flags: 1\r\n\r\n')).toBe(`${ADDED}X-Spam-Flags: 1\r\n\r\n`)
  })

  test('replaces the first Subject where it stands, and takes the others out', () => {
    expect(
      edited('A: 1\r\nSubject: x\r\nB: 2\r\nSubject: y\r\n\r\n', { subjectPrefix: '***' }),
    ).toBe(`${ADDED}A: 1\r\nSubject: *** x\r\nB: 2\r\n\r\n`)
  })

  test('adds a Subject where there is none', () => {
    expect(edited('A: 1\r\n\r\nx', { subjectPrefix: '***' })).toBe(
      `${ADDED}Subject: ***\r\nA: 1\r\n\r\nx`,
    )
  })

  test('a header that ends with the message stays so', () => {
    expect(edited('Subject: x', { subjectPrefix: '***' })).toBe(`${ADDED}Subject: *** x`)
    expect(edited('')).toBe(ADDED)
  })

  test('any bytes stay behind what is put in front; without an edit, nothing is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const raw = Buffer.from(bytes)
        expect(text(applyEdit(raw, { ...EDIT, remove: [] }))).toBe(ADDED + text(raw))
        expect(text(applyEdit(raw, null))).toBe(text(raw))
      }),
    )
  })

  test('nothing but named fields is lost: every other line of any header is there, in order', () => {
    const name = fc.constantFrom('X-Spam-Flag', 'A', 'B', 'X-Spam-Status', 'From')
    const field = fc
      .tuple(name, fc.stringMatching(/^[ -~]{0,20}$/))
      .map(([n, v]) => `${n}: ${v}\r\n`)
    fc.assert(
      fc.property(fc.array(field), fc.uint8Array({ maxLength: 100 }), (fields, body) => {
        const rest = `\r\n${text(Buffer.from(body))}`
        const kept = fields.filter((line) => !line.startsWith('X-Spam-')).join('')
        expect(edited(fields.join('') + rest)).toBe(ADDED + kept + rest)
      }),
    )
  })
})
