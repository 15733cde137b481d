// Forms of From, and what a block entry and an allow entry of the one address in them must do.

export interface Form {
  name: string
  /** The whole header; lines end in LF here. */
  header: string | Buffer
  /** The address that is listed. */
  address: string
  /** The entry when it is not the address itself. */
  entry?: string
  /** A block entry holds the message. */
  block: boolean
  /** An allow entry lets it pass. */
  allow: boolean
}

const ADDRESS = 'attacker@evil.example'
const UTF16 = Buffer.from(ADDRESS, 'utf16le').swap16().toString('base64')
const B64 = (text: string): string => Buffer.from(text).toString('base64')

type Row = [name: string, from: string | Buffer, over?: Partial<Form>]

/** The author: both lists see the address. */
const AUTHOR: Row[] = [
  ['bare', 'attacker@evil.example'],
  ['in brackets', '<attacker@evil.example>'],
  ['a name of words', 'Bob Smith <attacker@evil.example>'],
  ['a quoted name', '"Smith, Bob" <attacker@evil.example>'],
  ['a quoted name with a quoted pair', '"Bob \\"X\\" Smith" <attacker@evil.example>'],
  ['capitals', 'Bob <Attacker@EVIL.Example>'],
  ['no space before the bracket', 'Bob<attacker@evil.example>'],
  ['white space in the brackets', 'Bob < attacker@evil.example >'],
  ['folded', 'Bob\n <attacker@evil.example>'],
  ['folded with a tab, CRLF', 'Bob\r\n\t<attacker@evil.example>\r'],
  ['a comment behind', 'attacker@evil.example (Bob)'],
  ['a comment in front', '(Bob) attacker@evil.example'],
  ['a comment behind the brackets', 'Bob <attacker@evil.example> (of Evil)'],
  ['nested comment', 'attacker@evil.example (Bob (the) Builder)'],
  ['at sign in the name', 'News @ Shop <attacker@evil.example>'],
  ['square brackets in the name', '[ACME] News <attacker@evil.example>'],
  ['dots in the name', 'Dr. Bob J. Smith <attacker@evil.example>'],
  ['encoded name', '=?utf-8?Q?B=C3=B6b?= <attacker@evil.example>'],
  ['encoded name with a comma', '=?utf-8?Q?Smith=2C_Bob?= <attacker@evil.example>'],
  ['encoded name without a space', '=?utf-8?B?Qm9i?=<attacker@evil.example>'],
  ['raw UTF-8 name', 'Böb Müller <attacker@evil.example>'],
  ['the address as its own name', '"attacker@evil.example" <attacker@evil.example>'],
  ['the address as its own name, no quotes', 'attacker@evil.example <attacker@evil.example>'],
  ['quoted local part', '"attacker"@evil.example'],
  ['quoted local part in brackets', 'Bob <"attacker"@evil.example>'],
  ['another address as quoted name', '"boss@partner.example" <attacker@evil.example>'],
  [
    'another address as encoded name',
    '=?us-ascii?Q?boss=40partner.example?= <attacker@evil.example>',
  ],
  ['quoted pair in a quoted local part', '"att\\acker"@evil.example'],
  ['a very long name', `${'x '.repeat(200_000)}<attacker@evil.example>`],
  ['percent in the name', '100% Bob <attacker@evil.example>'],
]

/** Found by some reader, but by no means the one author of a well-formed field. */
const SLOPPY: Row[] = [
  ['another address as name', 'boss@partner.example <attacker@evil.example>'],
  ['square brackets with a hash', 'info [#GESGH] <attacker@evil.example.>'],
  ['semicolon in the name', 'A;B <attacker@evil.example>'],
  ['quote that does not end', '"Bob <attacker@evil.example>'],
  ['quote that does not begin', 'Bob" <attacker@evil.example>'],
  ['second behind a semicolon', 'good@ok.example; attacker@evil.example'],
  ['second behind a comma', 'good@ok.example, attacker@evil.example'],
  ['first of two', 'attacker@evil.example, good@ok.example'],
  ['two without a comma', 'good@ok.example attacker@evil.example'],
  ['two in brackets', '<good@ok.example> <attacker@evil.example>'],
  ['bracket that does not end', 'Name <attacker@evil.example'],
  ['bracket that does not begin', 'Name attacker@evil.example>'],
  ['no brackets behind a name', 'Name attacker@evil.example'],
  ['brackets twice', '<<attacker@evil.example>>'],
  ['brackets in brackets', 'Bob <x <attacker@evil.example>>'],
  ['mailto', 'Bob <mailto:attacker@evil.example>'],
  ['mailto, percent-encoded', 'Bob <mailto:attacker%40evil.example>'],
  ['trailing dot', 'Bob <attacker@evil.example.>'],
  ['trailing dots', 'attacker@evil.example..'],
  ['trailing quote', "Bob <attacker@evil.example'>"],
  ['single quotes', "'attacker@evil.example'"],
  ['typographic quotes', '“attacker@evil.example”'],
  ['square brackets', '[attacker@evil.example]'],
  ['parentheses', '(attacker@evil.example)'],
  ['in a comment', 'good@ok.example (attacker@evil.example)'],
  ['in a comment that does not end', 'good@ok.example (attacker@evil.example'],
  ['in the quoted name', '"attacker@evil.example" <good@ok.example>'],
  ['in the name', 'attacker@evil.example <good@ok.example>'],
  ['in the encoded name', '=?utf-8?Q?attacker=40evil.example?= <good@ok.example>'],
  ['encoded as a whole', '=?us-ascii?Q?<attacker=40evil.example>?='],
  ['encoded as a whole, base64', `=?utf-8?B?${B64('Bob <attacker@evil.example>')}?=`],
  ['encoded in the brackets', 'Bob <=?utf-8?Q?attacker?=@evil.example>'],
  ['encoded in two words', '=?utf-8?Q?attac?= =?utf-8?Q?ker=40evil.example?='],
  ['encoded word without its end', '=?utf-8?Q?attacker=40evil.example'],
  ['encoded word with one sign of its end', '=?utf-8?Q?attacker=40evil.example?'],
  ['encoded word, base64 without its end', `=?utf-8?B?${B64('<attacker@evil.example>')}`],
  ['encoded word with spaces', '=?utf-8?Q?Bob <attacker=40evil.example>?='],
  ['encoded word, unknown charset', '=?x-none?Q?attacker=40evil.example?='],
  ['encoded word, UTF-7', '=?utf-7?Q?attacker+AEA-evil.example?='],
  ['encoded word, padding in the middle', `=?utf-8?B?${B64('attacker')}${B64('@evil.example')}?=`],
  ['encoded words without white space', '=?utf-8?Q?attacker?==?utf-8?Q?=40evil.example?='],
  ['encoded word in the quoted name', '"=?utf-8?Q?attacker=40evil.example?=" <good@ok.example>'],
  ['encoded word of an unknown kind', '=?utf-8?X?attacker=40evil.example?='],
  ['encoded word, UTF-16', `=?utf-16be?B?${UTF16}?=`],
  ['encoded word with a language', '=?utf-8*en?Q?attacker=40evil.example?='],
  ['encoded word, folded inside', '=?utf-8?B?YXR0YWNrZXJA\n ZXZpbC5leGFtcGxl?='],
  ['encoded word, charset in quotes', '=?"utf-8"?Q?attacker=40evil.example?='],
  ['encoded word, ideographic dot', '=?utf-8?Q?attacker=40evil=E3=80=82example?='],
  ['encoded word before the at sign', '=?utf-8?Q?attacker?= @evil.example'],
  ['encoded word in a comment', 'good@ok.example (=?utf-8?Q?attacker=40evil.example?=)'],
  [
    'encoded word in angle brackets in words',
    '=?utf-8?Q?Bob_<attacker?= =?utf-8?Q?=40evil.example>?=',
  ],
  ['percent-encoded dot', 'Bob <attacker@evil%2Eexample>'],
  ['pictures around', '🔥attacker@evil.example🔥'],
  ['guillemets', '«attacker@evil.example»'],
  ['an address as link', '<a href="mailto:attacker@evil.example">Bob</a>'],
  ['bracket that ends twice', 'Bob <attacker@evil.example>>'],
  ['bracket that ends in a quote', 'Bob <attacker@evil.example"'],
  ['quoted with pairs', '\\"attacker@evil.example\\"'],
  ['name in quotes, no brackets', '"Bob" attacker@evil.example'],
  ['line separator inside', 'Bob <attacker@\u2028evil.example>'],
  ['next line inside', 'Bob <attac\u0085ker@evil.example>'],
  ['word joiner', 'attacker@\u2060evil.example'],
  ['tag characters', 'attac\u{e0041}ker@evil.example'],
  ['isolates around', '\u2066attacker@evil.example\u2069'],
  ['combining grapheme joiner', 'atta\u034fcker@evil.example'],
  ['ligature', 'Bob <attacker@ev\u2170l.example>'],
  ['bracketed domain', 'attacker@[evil.example]'],
  ['quoted domain', 'attacker@"evil.example"'],
  ['two dots in the domain', 'attacker@evil..example'],
  ['a dot in front of the domain', 'attacker@.evil.example'],
  ['a dot in front', '.attacker@evil.example'],
  ['letters in circles', 'Bob <ⓐttacker@evil.example>'],
  ['mathematical letters', 'Bob <𝐚ttacker@evil.𝐞xample>'],
  ['variation selector', 'attacker\ufe0f@evil.example'],
  ['a byte that is no UTF-8', Buffer.from('attac\xffker@evil.example', 'latin1')],
  ['quoted-printable without a word', 'attacker=40evil.example'],
  ['space before the at sign', 'attacker @evil.example'],
  ['spaces around the at sign', 'Bob <attacker @ evil.example>'],
  ['spaces around the dots', 'Bob <attacker@evil . example>'],
  ['folded inside the address', 'Bob <attacker@evil.\n example>'],
  ['folded inside the local part', 'Bob <attac\n ker@evil.example>'],
  ['comment before the at sign', 'attacker(x)@evil.example'],
  ['comment behind the at sign', 'attacker@(x)evil.example'],
  ['comment in the domain', 'attacker@evil(a(b)c).example'],
  ['comments in brackets', 'Bob <attacker(x)@(y)evil.example>'],
  ['source route', 'Bob <@a.example,@b.example:attacker@evil.example>'],
  ['percent route', 'Bob <attacker%evil.example@relay.example>'],
  ['bang path', 'relay.example!evil.example!attacker@gate.example'],
  ['words of a local part', '"attacker"(c)@evil.example'],
  ['quoted inside a word', 'att"ack"er@evil.example'],
  ['group', 'Friends: attacker@evil.example;'],
  ['group without its end', 'Friends: attacker@evil.example'],
  ['group of several', 'Friends: good@ok.example, Bob <attacker@evil.example>;'],
  ['group that is empty, then an address', 'Undisclosed:; attacker@evil.example'],
  ['group as a name', 'attacker@evil.example: good@ok.example;'],
  ['full-width at sign', 'attacker＠evil.example'],
  ['full-width dot', 'attacker@evil．example'],
  ['ideographic dot', 'attacker@evil。example'],
  ['full-width letters', 'Bob <ａttacker@ｅvil.example>'],
  ['full-width brackets', 'Bob ＜attacker@evil.example＞'],
  ['small at sign', 'attacker﹫evil.example'],
  ['zero-width space', 'attac\u200bker@evil.example'],
  ['zero-width joiner in the domain', 'attacker@ev\u200dil.example'],
  ['soft hyphen', 'attacker@evil.exa\u00admple'],
  ['bidi override around', '\u202eattacker@evil.example\u202c'],
  ['byte order mark', '\ufeffattacker@evil.example'],
  ['no-break space before', 'Bob\u00a0attacker@evil.example'],
  ['NUL inside', 'attac\0ker@evil.example'],
  ['escape sequence before', '\x1b(B<attacker@evil.example>'],
  ['bell inside', 'Bob <attacker\x07@evil.example>'],
  ['two at signs', 'attacker@evil.example@relay.example'],
  ['slashes', 'http://attacker@evil.example/'],
  ['equals sign', 'from=attacker@evil.example'],
  ['pipe', 'Bob|attacker@evil.example'],
  ['colon behind', 'attacker@evil.example:25'],
  ['empty brackets behind', 'attacker@evil.example <>'],
  ['text behind the brackets', 'Bob <attacker@evil.example> via List'],
  ['comma behind', 'attacker@evil.example,'],
  ['backslash', 'Bob <attacker\\@evil.example>'],
  ['a thousand others in front', `${'x@y.example, '.repeat(900)}attacker@evil.example`],
]

/** Other addresses, other entries. */
const OTHERS: Row[] = [
  [
    'long local part',
    `${'a'.repeat(5000)}@evil.example`,
    { entry: '*@evil.example', allow: false },
  ],
  ['raw UTF-8 domain', 'x@müller.example', { entry: '*@müller.example', allow: true }],
  [
    'raw UTF-8 domain, entry in A-labels',
    'X <x@müller.example>',
    { entry: 'x@xn--mller-kva.example', allow: true },
  ],
  [
    'A-label domain, entry in U-labels',
    'x@xn--mller-kva.example',
    { entry: 'x@müller.example', allow: true },
  ],
  ['domain not in NFC', 'x@mu\u0308ller.example', { entry: 'x@müller.example', allow: true }],
  ['capital U-label', 'x@MÜLLER.example', { entry: 'x@müller.example', allow: true }],
  ['UTF-8 domain, cut mask', 'x@müller.example', { entry: 'x@müll*', allow: true }],
  ['UTF-8 local part', 'müller@evil.example', { entry: 'müller@evil.example', allow: true }],
  [
    'UTF-8 local part not in NFC',
    'mu\u0308ller@evil.example',
    { entry: 'müller@evil.example', allow: true },
  ],
  [
    'UTF-8 domain in an encoded word',
    '=?utf-8?Q?x=40m=C3=BCller.example?=',
    { entry: 'x@müller.example', allow: false },
  ],
  [
    'sub-domain of a listed tree',
    'Bob <a@deep.sub.evil.example>',
    { entry: '.evil.example', allow: true },
  ],
  [
    'the domain of a listed tree itself',
    'a@evil.example',
    { entry: '*@*.evil.example', allow: true },
  ],
  ['address literal', 'Bob <a@[192.0.2.1]>', { entry: 'a@[192.0.2.1]', allow: true }],
  [
    'quoted local part that needs its quotes',
    '"a,b"@evil.example',
    { entry: '"a,b"@evil.example', allow: true },
  ],
]

/** Headers that are not one From field. */
const HEADERS: [name: string, header: string | Buffer, over?: Partial<Form>][] = [
  ['no From', 'To: attacker@evil.example\n', { block: false }],
  ['empty From', 'From:\n', { block: false }],
  ['two fields, the second', 'From: good@ok.example\nFrom: attacker@evil.example\n'],
  ['two fields, the first', 'From: attacker@evil.example\nFrom: good@ok.example\n'],
  ['two fields, the same', 'From: attacker@evil.example\nFrom: attacker@evil.example\n'],
  ['space before the colon', 'From : attacker@evil.example\n', { allow: true }],
  ['capitals in the name of the field', 'FROM: attacker@evil.example\n', { allow: true }],
  ['field behind a bare CR', 'X: y\rFrom: attacker@evil.example\n'],
  ['empty lines in front', '\n\nFrom: attacker@evil.example\n'],
  ['line ends doubled', 'From: attacker@evil.example\r\r\n', { allow: true }],
  ['value on the next line', 'From:\n attacker@evil.example\n', { allow: true }],
  ['no space behind the colon', 'From:attacker@evil.example\n', { allow: true }],
  [
    'an mbox line in front',
    'From good@ok.example Mon Jan 1 10:00:00 2024\nFrom: attacker@evil.example\n',
    { allow: true },
  ],
  ['a broken line in front', 'this is no field\nFrom: attacker@evil.example\n', { allow: true }],
  ['field behind ten thousand', `${'X: y\n'.repeat(10_050)}From: attacker@evil.example\n`],
  [
    'stray byte in the name',
    Buffer.from('From: M\xfcller <attacker@evil.example>\n', 'latin1'),
    { allow: true },
  ],
  [
    'stray byte beside a UTF-8 domain',
    Buffer.concat([Buffer.from('From: M\xfc <', 'latin1'), Buffer.from('x@müller.example>\n')]),
    { entry: 'x@müller.example', allow: true },
  ],
  [
    'latin1 domain',
    Buffer.from('From: x@m\xfcller.example\n', 'latin1'),
    { entry: 'x@müller.example', allow: false },
  ],
  [
    'in Reply-To only',
    'From: good@ok.example\nReply-To: attacker@evil.example\n',
    { block: false },
  ],
]

const form = (name: string, header: string | Buffer, over: Partial<Form>): Form => ({
  name,
  header,
  address: ADDRESS,
  block: true,
  allow: false,
  ...over,
})

const field = (from: string | Buffer): string | Buffer =>
  typeof from === 'string'
    ? `From: ${from}\n`
    : Buffer.concat([Buffer.from('From: '), from, Buffer.from('\n')])

export const FORMS: Form[] = [
  ...AUTHOR.map(([name, from]) => form(name, field(from), { allow: true })),
  ...SLOPPY.map(([name, from]) => form(name, field(from), {})),
  ...OTHERS.map(([name, from, over = {}]) => form(name, field(from), over)),
  ...HEADERS.map(([name, header, over = {}]) => form(name, header, over)),
]

export function messageOf({ header }: Pick<Form, 'header'>): Buffer {
  const rest = 'To: user@example.com\nSubject: form\nMessage-ID: <form@x.example>\n\nHello.\n'
  return Buffer.concat([Buffer.from(header), Buffer.from(rest)])
}
