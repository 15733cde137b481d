import { describe, expect, test } from 'vitest'
import { parseStructure } from '../../plugin/mime/structure.ts'
import { identity } from '../../plugin/mime/index.ts'
import { message } from './message.ts'

const key = (raw: Buffer | string) => {
  const { messageId, body } = identity(
    parseStructure(typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw),
  )
  return [messageId, body.toString('hex')]
}

const ORIGINAL = 'Message-ID: <a@b>\nSubject: x\n\nline \xe9 one\n\n line two\n'

describe('the same message', () => {
  test.each([
    ['CRLF', message(ORIGINAL)],
    ['X-TUID of mbsync', `X-TUID: 12\n${ORIGINAL}`],
    ['no final newline', ORIGINAL.trimEnd()],
    ['more newlines at the end', `${ORIGINAL}\r\n\r\n`],
    ['other headers', ORIGINAL.replace('Subject: x', 'Subject: [SPAM] x\r\nDate: today')],
    [
      'CR CR LF of a double conversion',
      message(ORIGINAL)
        .toString('latin1')
        .replaceAll('\r\n', '\r\r\n')
        .replace(/^(Mess[^]*?)\r\r\n\r\r\n/, '$1\r\n\r\n'),
    ],
    ['folded Message-ID', ORIGINAL.replace('<a@b>', '\n <a@b>')],
    [
      'quoted-printable',
      'Message-ID: <a@b>\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nline =E9 o=\nne\n\n line two\n',
    ],
  ])('%s', (_, copy) => {
    expect(key(copy)).toEqual(key(ORIGINAL))
  })

  const multipart = (boundary: string, end: string) =>
    `Message-ID: <a@b>\nContent-Type: multipart/mixed; boundary=${boundary}\n\n--${boundary}\n\none\n--${boundary}\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAEC\n--${boundary}--\n${end}`

  test('multiparts by the content of their parts', () => {
    expect(key(message(multipart('x', 'epilogue\n')))).toEqual(key(multipart('y', '')))
    expect(key(multipart('x', ''))).not.toEqual(key(multipart('x', '').replace('AAEC', 'AAED')))
    expect(key(multipart('x', ''))).not.toEqual(key(multipart('x', '').replace('one', 'two')))
  })

  test('a multipart cut behind its last boundary', () => {
    const text = 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b'
    expect(key(text)).toEqual(key(`${text}\n`))
  })
})

describe('another message', () => {
  test.each([
    ['other text', ORIGINAL.replace('two', 'three')],
    ['other white space inside', ORIGINAL.replace(' line two', 'line two')],
    ['other Message-ID', ORIGINAL.replace('a@b', 'a@c')],
    ['no Message-ID', ORIGINAL.replace('Message-ID: <a@b>\n', '')],
  ])('%s', (_, copy) => {
    expect(key(copy)).not.toEqual(key(ORIGINAL))
  })

  test('no identifier is null, not ""', () => {
    expect(identity(parseStructure(Buffer.from('Message-ID: none\n\nx'))).messageId).toBeNull()
    expect(identity(parseStructure(Buffer.alloc(0))).messageId).toBeNull()
  })
})
