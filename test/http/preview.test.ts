// What people are shown of a message, however it is written: its text, and its HTML made harmless.
import iconv from 'iconv-lite'
import { beforeAll, describe, expect, test } from 'vitest'
import { hold } from '../quarantine/rig.ts'
import { accounts, world, type World } from './world.ts'

const USER = 'user@example.com'
let on: World
let token = ''

beforeAll(async () => {
  on = await world()
  await accounts(on, [USER, 'address'])
  token = await on.token(USER)
})

const HEAD = 'From: x@blocked.example\r\nSubject: Shown\r\nMIME-Version: 1.0\r\n'
const raw = (type: string, body: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(`${HEAD}Content-Type: ${type}\r\n\r\n`), Buffer.from(body)])
const packed = (type: string, body: Buffer): Buffer =>
  Buffer.from(
    `${HEAD}Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${body.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
  )
const html = (text: string): Buffer => raw('text/html; charset=utf-8', text)

async function shown(message: Buffer): Promise<{ text: string; body: string }> {
  const [{ item }] = await hold(on.lazaret, message, { to: [USER] })
  const { text } = await on.ask(`items/${item}/text`, { token })
  const document = await on.ask(`items/${item}/html`, { token })
  expect(document.status).toBe(200)
  return { text, body: document.text.replace(/^[^]*<body>/, '').replace(/<\/body>[^]*$/, '') }
}

describe('character sets', () => {
  test.each<[name: string, message: Buffer, text: string]>([
    ['utf-7', raw('text/plain; charset=utf-7', 'Gr+APwA3w-e'), 'Grüße'],
    [
      'iso-2022-jp',
      raw('text/plain; charset=iso-2022-jp', Buffer.from('1b2442467c4b5c1b2842', 'hex')),
      '日本',
    ],
    [
      'utf-16',
      packed('text/plain; charset=utf-16', Buffer.from('\ufeffGrüße', 'utf16le')),
      'Grüße',
    ],
    ['utf-16le', packed('text/plain; charset=utf-16le', Buffer.from('Grüße', 'utf16le')), 'Grüße'],
    ['utf-32', packed('text/plain; charset=utf-32', iconv.encode('Grüße', 'utf-32')), 'Grüße'],
    ['koi8-r', raw('text/plain; charset=koi8-r', iconv.encode('Привет', 'koi8-r')), 'Привет'],
    ['gb18030', raw('text/plain; charset=gb18030', iconv.encode('您好', 'gb18030')), '您好'],
    [
      'ks_c_5601-1987',
      raw('text/plain; charset=ks_c_5601-1987', iconv.encode('안녕', 'euc-kr')),
      '안녕',
    ],
  ])('%s', async (_name, message, text) => {
    expect((await shown(message)).text.trim()).toBe(text)
  })

  test.each<[name: string, message: Buffer]>([
    [
      'utf-7',
      raw(
        'text/html; charset=utf-7',
        '+ADw-script+AD4-evil()+ADw-/script+AD4-+ADw-img src=x onerror=evil()+AD4-<p>Dear customer</p>',
      ),
    ],
    [
      'utf-16',
      packed(
        'text/html; charset=utf-16',
        Buffer.from('\ufeff<script>evil()</script><p onclick=evil()>Dear customer</p>', 'utf16le'),
      ),
    ],
    // To one who reads it as ASCII the tag stands in an attribute.
    [
      'iso-2022-jp',
      raw(
        'text/html; charset=iso-2022-jp',
        '<p>Dear customer</p><p title="\x1b$B"><script>evil()</script>\x1b(B"><img src=x onerror=evil()></p>',
      ),
    ],
  ])('%s hides no script', async (_name, message) => {
    const { body } = await shown(message)
    expect(body).not.toMatch(/evil|<script|onerror|onclick/)
  })
})

describe('messages in a message', () => {
  const inner =
    'From: Eve <eve@x.example>\r\nSubject: In <b>side</b>\r\nContent-Type: text/html\r\n\r\n<script>evil()</script><p>Dear customer</p>'
  test.each<[name: string, message: Buffer]>([
    [
      'beside a text',
      raw(
        'multipart/mixed; boundary=b',
        `--b\r\n\r\nOuter\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--b--\r\n`,
      ),
    ],
    [
      'attached',
      raw(
        'multipart/mixed; boundary=b',
        `--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n${inner}\r\n--b--\r\n`,
      ),
    ],
    ['alone', raw('message/rfc822', inner)],
    [
      'in another',
      raw('message/rfc822', `Subject: One\r\nContent-Type: message/rfc822\r\n\r\n${inner}`),
    ],
  ])('%s: read, under its own header', async (_name, message) => {
    const { text, body } = await shown(message)
    expect(text).toMatch(/From: "?Eve"? <eve@x.example>\nSubject: In <b>side<\/b>\n+Dear customer/)
    expect(body).toContain('Subject: In &lt;b&gt;side&lt;/b&gt;')
    expect(body).toContain('<p>Dear customer</p>')
    expect(body).not.toMatch(/evil|<script/)
  })

  test('so deep that nobody reads it: its source can be looked at', async () => {
    const deep = 'Content-Type: message/rfc822\r\n\r\n'.repeat(200)
    const { text } = await shown(Buffer.from(`${HEAD}${deep}Subject: End\r\n\r\nDear customer\r\n`))
    expect(text).not.toContain('Dear customer')
  })
})

describe('HTML', () => {
  test.each<[name: string, source: string, text: RegExp, body: RegExp]>([
    [
      'deeper than anybody nests',
      `${'<div>'.repeat(4000)}Dear customer`,
      /^Dear customer$/,
      />Dear customer</,
    ],
    [
      'a table that is too wide',
      '<table><tr><td>one</td><td colspan=99999 width=999999>two</td></tr></table>',
      /one\s+two/,
      /two/,
    ],
    ['turned by an element', '<bdo dir=rtl>moc.knab</bdo>', /^moc\.knab$/, /^moc\.knab$/],
    [
      'pulled over something else',
      '<p style="margin:-999px;padding:-1px;line-height:0;color:red">Dear customer</p>',
      /Dear/,
      /<p style="color:red">/,
    ],
    [
      'of no width',
      '<p>pay\u200bpal\u3164</p>',
      /pay\[U\+200B\]pal\[U\+3164\]/,
      /pay\[U\+200B\]pal\[U\+3164\]/,
    ],
    [
      'NUL in a tag',
      '<scr\0ipt>evil</scr\0ipt><p>Dear\0 customer</p>',
      /Dear\[U\+0000\] customer/,
      /^evil<p>Dear/,
    ],
    [
      'addresses in its style',
      `<p style="background:URL(//e.example/x);background-image:image-set('//e.example/y' 1x);width:expression(e());font-family:'a\\27;b:url(//e.example)'">Dear customer</p>`,
      /Dear/,
      /^<p>Dear/,
    ],
    [
      'comments for one program',
      '<!--[if mso]><img src="//e.example/x"><![endif]--><![CDATA[<script>e()</script>]]><p>Dear customer</p>',
      /Dear/,
      /^<p>Dear customer<\/p>$/,
    ],
    [
      'what browsers read in another way',
      '<noscript><p title="</noscript><img src=x onerror=e()>"></noscript><style><!--</style><img src=x onerror=e()>-->Dear customer',
      /Dear/,
      /^(?:(?!<img|onerror=e\(\)>).)*Dear customer/s,
    ],
  ])('%s', async (_name, source, inText, inBody) => {
    const { text, body } = await shown(html(source))
    expect(text.trim()).toMatch(inText)
    expect(body).toMatch(inBody)
    expect(body).not.toMatch(/e\.example/)
  })

  test.each([
    ['https://b\u0430nk.example/', 'xn--bnk-6cd.example'],
    ['https://bank.example@evil.example/', 'evil.example'],
    ['//evil.example/x', 'evil.example'],
    ['https://evil.example%2F@bank.example', 'bank.example'],
    ['  \\\\evil.example', 'evil.example'],
    ['https:evil.example', 'evil.example'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['data:text/html,x', 'data'],
    [' java\tscript:e()', 'javascript'],
    ['https://\u202egro.knab/', '?'],
    ['/inside', '?'],
  ])('the link %s leads to %s', async (href, host) => {
    const { body } = await shown(html(`<a href="${href}">bank.example</a>`))
    expect(/data-host="([^"]*)"/.exec(body)?.[1]).toBe(host)
    expect(body).not.toMatch(/href/)
  })

  test('a link in plain text, too', async () => {
    const { text } = await shown(
      raw('text/plain; charset=utf-8', 'See https://b\u0430nk.example/x and https://bank.example/'),
    )
    expect(text).toMatch(
      /^See https:\/\/b\u0430nk\.example \[xn--bnk-6cd\.example\] \/x and https:\/\/bank\.example\/\s*$/,
    )
  })
})
