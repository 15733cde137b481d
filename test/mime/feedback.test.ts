// Reports of others (ARF) as they come: RFC 5965, RFC 6430, and what programs make of them.
import { expect, test } from 'vitest'
import { readFeedback } from '../../plugin/mime/feedback.ts'

const MESSAGE = 'From: a@b.example\r\nSubject: Hello\r\n\r\nText\r\n'

const report = (fields: string[], about = ['Content-Type: message/rfc822', '', MESSAGE]): Buffer =>
  Buffer.from(
    [
      'From: <fbl@provider.example>',
      'Subject: FW: Hello',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'An abuse report.',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      ...fields,
      '',
      '--b',
      ...about,
      '--b--',
      '',
    ].join('\r\n'),
  )

const of = (type: string): string[] => [`Feedback-Type: ${type}`, 'User-Agent: X/1', 'Version: 1']

test.each([
  ['abuse', 'spam'],
  ['Abuse', 'spam'],
  ['fraud', 'spam'],
  ['virus', 'spam'],
  ['not-spam', 'ham'],
  ['opt-out', null],
  ['other', null],
  ['auth-failure', null],
])('%s says %s', (type, label) => {
  const found = readFeedback(report(of(type)))
  expect(found).toMatchObject({ type: type.toLowerCase(), label, headerOnly: false })
  expect(found?.message.toString()).toBe(MESSAGE)
})

test.each([
  [' abuse (of the worst kind)', 'abuse', 'spam'],
  ['(a complaint) Not-Spam (really (it is))', 'not-spam', 'ham'],
  ['\r\n\tfraud\r\n (phishing)', 'fraud', 'spam'],
  // No token: nothing is guessed.
  ['abuse, fraud', 'abuse, fraud', null],
  ['abuse (not closed', 'abuse (not closed', null],
  ['(abuse)', '(abuse)', null],
])('comments around a type: %j', (value, type, label) => {
  expect(readFeedback(report(of(value)))).toMatchObject({ type, label })
})

test('fields in any order and folded, of Lazaret or not', () => {
  const found = readFeedback(
    report(['Version: 1', 'Lazaret-Vote: none', 'Feedback-Type:\r\n other', 'Lazaret-Report: r1']),
  )
  expect(found).toMatchObject({ type: 'other', takesBack: true, report: 'r1', signals: [] })
})

test('the message as its header alone, encoded, or in a report that was forwarded', () => {
  const header = ['Content-Type: text/rfc822-headers', '', 'Subject: Hello', '']
  expect(readFeedback(report(of('abuse'), header))).toMatchObject({ headerOnly: true })
  const base64 = Buffer.from(MESSAGE).toString('base64')
  const encoded = ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', base64]
  expect(readFeedback(report(of('abuse'), encoded))?.message.toString()).toBe(MESSAGE)
  const forwarded = Buffer.concat([
    Buffer.from(
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n',
    ),
    report(of('not-spam')),
    Buffer.from('\r\n--o--\r\n'),
  ])
  expect(readFeedback(forwarded)).toMatchObject({ label: 'ham' })
})

test('what is no report, or says nothing of a message', () => {
  expect(readFeedback(Buffer.from(MESSAGE))).toBeNull()
  expect(readFeedback(Buffer.alloc(0))).toBeNull()
  expect(readFeedback(report(['Version: 1']))).toBeNull()
  expect(
    readFeedback(report(of('abuse'), ['Content-Type: text/plain', '', 'no message'])),
  ).toBeNull()
  expect(readFeedback(report(of('abuse'), ['Content-Type: message/rfc822', '']))).toBeNull()
})
