// Mail for machines without a corpus: sizes, structure and vocabulary roughly as in real mail, ham and
// spam apart enough that a classifier has something to learn. Says nothing about accuracy.
import type { Mail } from './mail.ts'
import { random } from './random.ts'

type Below = (below: number) => number

const COMMON =
  'the to and of a in is that it for you on with this be as are have not or we by at from'
const HAM =
  'meeting patch thread review release kernel list server report monday budget project draft'
const SPAM =
  'free offer money click guarantee winner credit limited order pills loan cash bonus urgent'
const SYLLABLES = 'ba ce di fo gu ka le mi no pu ra se ti vo xu za ber dan fil gor'.split(' ')
const WORDS = { common: COMMON.split(' '), ham: HAM.split(' '), spam: SPAM.split(' ') }

export function generated(count: number): Mail[] {
  const below = random(42)
  return Array.from({ length: count }, (_, i) => message(i, below))
}

function message(number: number, below: Below): Mail {
  const label = below(3) === 0 ? 'spam' : 'ham'
  // Half of all messages below 2 KB, some of 50 KB.
  const words = 30 + Math.floor(40 * 2 ** (below(700) / 100))
  const text = body(words, label, below)
  const domain = `${name(below)}.example`
  const head = [
    `Received: from mail.${domain} (mail.${domain} [192.0.2.${1 + below(250)}]) by mx.example.com`,
    `\twith ESMTP id ${below(1e9).toString(36)}; Mon, ${1 + below(28)} Sep 2025 10:00:00 +0000`,
    `From: ${name(below)} <${name(below)}@${domain}>`,
    'To: user@example.com',
    `Subject: ${body(3 + below(6), label, below).trim()}`,
    `Date: Mon, ${1 + below(28)} Sep 2025 10:0${below(10)}:00 +0000`,
    `Message-ID: <${number}.${below(1e9)}@${domain}>`,
    'MIME-Version: 1.0',
  ]
  const lines =
    below(3) === 0 ? multipart(text) : ['Content-Type: text/plain; charset=utf-8', '', text]
  return { raw: Buffer.from([...head, ...lines, ''].join('\r\n')), label }
}

function multipart(text: string): string[] {
  const html = `<html><body><p>${text.replaceAll('\r\n', '</p>\r\n<p>')}</p></body></html>`
  const coded = Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n')
  return [
    'Content-Type: multipart/alternative; boundary="=_part"',
    '',
    '--=_part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--=_part',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    coded,
    '--=_part--',
  ]
}

function body(words: number, label: 'ham' | 'spam', below: Below): string {
  const out: string[] = []
  for (let i = 0; i < words; i++) {
    const kind = below(10)
    const from = kind < 5 ? WORDS.common : kind < 7 ? WORDS[label] : null
    out.push(from ? from[below(from.length)] : name(below))
    if (i % 11 === 10) out.push('\r\n')
  }
  return out.join(' ').replaceAll(' \r\n ', '\r\n')
}

function name(below: Below): string {
  let text = ''
  for (let i = 0; i < 2 + below(3); i++) text += SYLLABLES[below(SYLLABLES.length)]
  return text
}
