// What a message is, written as a client would see it, and SEARCH on it by the words of the RFC: no
// order of keys, no summary, no raw bytes.
import type { SearchKey } from '../../../plugin/imap/wire/index.ts'

export interface Mail {
  readonly from: string
  readonly subject: string
  /** absent: no Date field */
  readonly date?: { readonly day: number; readonly zone: string }
  readonly text: string
  readonly encoding: '8bit' | 'base64' | 'quoted-printable'
  readonly charset: 'utf-8' | 'iso-8859-1' | 'us-ascii'
  /** a second part, of HTML */
  readonly html: string | null
  readonly flags: readonly string[]
  /** Unix time in ms */
  readonly at: number
}

const DAY = 86_400_000

function word(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
}

export function build(mail: Mail): Buffer {
  const head = [`From: ${word(mail.from)} <a@example.com>`, `Subject: ${word(mail.subject)}`]
  if (mail.date) {
    const [, day, month, year] = new Date(mail.date.day * DAY).toUTCString().split(' ')
    head.push(`Date: ${day} ${month} ${year} 23:30:00 ${mail.date.zone}`)
  }
  const text = encoded(Buffer.from(mail.text, mail.charset === 'utf-8' ? 'utf8' : 'latin1'), mail)
  const type = `Content-Type: text/plain; charset=${mail.charset}`
  const part = `${type}\r\nContent-Transfer-Encoding: ${mail.encoding}\r\n\r\n${text}`
  if (mail.html === null) return Buffer.from(`${head.join('\r\n')}\r\n${part}`, 'latin1')
  head.push('MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=sep', '', '--sep')
  const html = `Content-Type: text/html; charset=utf-8\r\n\r\n${Buffer.from(mail.html).toString('latin1')}`
  return Buffer.from(`${head.join('\r\n')}\r\n${part}\r\n--sep\r\n${html}\r\n--sep--\r\n`, 'latin1')
}

function encoded(bytes: Buffer, { encoding }: Mail): string {
  if (encoding === '8bit') return bytes.toString('latin1')
  if (encoding === 'base64') return bytes.toString('base64')
  return [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

const fold = (text: string) => text.normalize('NFKD').toLowerCase()
const has = (text: string, key: string) => fold(text).includes(fold(key))

/** Does message `number` of `mails` match? */
export function naive(key: SearchKey, mails: readonly Mail[], number: number): boolean {
  const mail = mails[number - 1]
  const again = (one: SearchKey) => naive(one, mails, number)
  switch (key.key) {
    case 'all':
      return true
    case 'seq':
      if (typeof key.set === 'string') throw new Error('no result was saved')
      return key.set.some(({ from, to }) => {
        const [low, high] = [from, to]
          .map((end) => Math.min(end, mails.length))
          .toSorted((a, b) => a - b)
        return number >= low && number <= high
      })
    case 'flag':
      return mail.flags.some((flag) => flag.toLowerCase() === key.flag.toLowerCase())
    case 'header':
      if (key.field === 'FROM') return has(`${mail.from} <a@example.com>`, key.value)
      return key.field === 'SUBJECT' && has(mail.subject, key.value)
    case 'body':
      return has(mail.text, key.value) || (mail.html !== null && has(mail.html, key.value))
    case 'text':
      return (
        again({ key: 'body', value: key.value }) ||
        again({ key: 'header', field: 'FROM', value: key.value }) ||
        again({ key: 'header', field: 'SUBJECT', value: key.value })
      )
    case 'date': {
      const day = key.of === 'sent' ? mail.date?.day : Math.floor(mail.at / DAY)
      if (day === undefined) return false
      return key.is === 'before'
        ? day < key.day
        : key.is === 'on'
          ? day === key.day
          : day >= key.day
    }
    case 'size': {
      const { length } = build(mail)
      return key.is === 'larger' ? length > key.size : length < key.size
    }
    case 'not':
      return !again(key.not)
    case 'or':
      return again(key.left) || again(key.right)
    case 'and':
      return key.keys.every(again)
    case 'uid':
    case 'modseq':
    case 'age':
    case 'emailid':
    case 'threadid':
    case 'savedatesupported':
    default:
      throw new Error(`not known here: ${key.key}`)
  }
}
