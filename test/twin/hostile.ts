// Inputs that broke parsers: pieces that mean something, glued and mutated by a seed.
import { random } from './corpus.ts'

const PIECES = [
  'From x Mon Jan  1\n',
  'From: ',
  'To:',
  'Subject: =?utf-8?B?SGVsbG8=?= =?us-ascii?Q?W=6Frld_?=\r\n',
  'subject: =?x?q?=?=\n',
  '=?=?=?a?b?',
  '=?utf-8?B?////====AA',
  '?= \n\t=?a?Q?_?=',
  'Message-ID: <123.ABC@host.example.com>\n',
  'References: <a@b> <c@d.e>\n',
  'Date: Mon, 1 Jan 2001 00:00:00 +0100 (X)\n',
  'Date: 1-2+3\n',
  'Received: from a (b [1.2.3.4]) by c with d\n\tid ABC for <e@f>; Mon\n',
  'Received: x id id y for for z;\n',
  'DKIM-Signature: v=1; a=b; D = example.com ; s=1\n',
  'Content-Type: multipart/mixed; boundary="b"\r\n',
  'Content-Type: multipart/mixed; BOUNDARY = b ; x\n',
  'Content-Type: multipart/mixed; boundary="b \n c"\n',
  'Content-Type: multipart/mixed; boundary=\n',
  'Content-Type: message/rfc822\n',
  'Content-Type: text/html\n',
  'Content-Type: image/gif\n',
  'Content-Type: nonsense\n',
  'Content-Transfer-Encoding: base64\n',
  'Content-Transfer-Encoding: Quoted-Printable\n',
  'X-Spam-Status: Yes\n',
  'x-uidl: 1\nXStatus: 2\nlines: 3\n',
  'X-: \nX-{: 1\n',
  ': empty\n',
  'no colon here\n',
  'space : x\n',
  ' continued\n',
  '\n',
  '\r\n',
  '\r',
  '--b\n',
  '--b--\n',
  '--b-- \t\r\n',
  '--bc\n',
  '\n--b',
  '<html><body>',
  '<a href="http://x.y/z?q=1" class=c>',
  '<img src=cid:1 background=\'b"',
  '<B>bold</B><br/>',
  '<FONT SIZE=3><H1><STRONG>',
  '<abcdefghijklmnopq><abcdefghijklmnop ',
  '<form ACTION = x.y\tbackground=z xsrc=1 src=2>',
  'v<!-- x -->iagra',
  '<!-->',
  '<!-- unclosed',
  '<style>a{b:c}</style>',
  '<script>if(a<b){}',
  '</SCRIPT>',
  '<!doctype html>',
  '<?xml?>',
  '<1>',
  '</>',
  '< a',
  '&amp;&nbsp;&#65;&#x42;&#160;&#0;&#x110000;&#99999999999;&unknown;&#;&#x;&',
  '&#8364;&#128512;',
  'SGVsbG8gd29ybGQ8aHRtbD4=',
  '=41=4=\n=\r\n=zz=\r',
  'caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad',
  '\x00\x01\x7f\x80\xff',
  'aAzZ09@[`{/:',
  'a'.repeat(17),
  'B'.repeat(41),
  '\xff'.repeat(18),
  '\xfe'.repeat(25),
  'x '.repeat(40),
  ' '.repeat(63),
]

/** Bytes that depend on the seed alone; with a message to start from, a mutation of it. */
export function hostile(seed: number, start?: Uint8Array): Uint8Array {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  let text = start ? Buffer.from(start).toString('latin1') : ''
  const edits = start ? 1 + below(12) : 2 + below(60)
  for (let i = 0; i < edits; i++) {
    // Where a message changes its meaning is mostly in its first bytes.
    const at = start
      ? below(below(2) === 0 ? Math.min(text.length, 2000) : text.length)
      : text.length
    const size = below(3) === 0 ? below(80) : 0
    const repeat = below(12) === 0 ? below(400) : 1
    const piece = below(8) === 0 ? String.fromCharCode(below(256)) : PIECES[below(PIECES.length)]
    text = text.slice(0, at) + piece.repeat(repeat) + text.slice(at + size)
  }
  return Buffer.from(text, 'latin1')
}
