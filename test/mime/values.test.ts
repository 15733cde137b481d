// Dates, message identifiers, parameters, encoded words: tables of the RFCs' examples.
import { describe, expect, test } from 'vitest'
import { boundaryOf } from '../../plugin/mime/params.ts'
import {
  baseSubject,
  decodeWords,
  messageIds,
  paramText,
  parseContentType,
  parseDate,
} from '../../plugin/mime/index.ts'

describe('dates: RFC 5322 §3.3, §4.3, appendix A', () => {
  test.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z'],
    ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37.000Z'],
    ['Thu, 13 Feb 1969 23:32:54 -0330', '1969-02-14T03:02:54.000Z'],
    [
      'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
      '1969-02-14T03:02:00.000Z',
    ],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z'],
    ['21 Nov 49 09:55 EST', '2049-11-21T14:55:00.000Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
    ['1 Jan 100 00:00 UT', '2000-01-01T00:00:00.000Z'],
    ['1 Jan 2000 00:00:00 A', '2000-01-01T00:00:00.000Z'],
    ['31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00.000Z'],
    ['Mon Jan  3 12:34:56 2000', '2000-01-03T12:34:56.000Z'],
    ['Mon, 3 January 2000 12:34:56 PDT', '2000-01-03T19:34:56.000Z'],
    ['3-Jan-2000 12:34:56 +0000', '2000-01-03T12:34:56.000Z'],
    ['3 Jan 2000 12:34:56 GMT+0100', '2000-01-03T11:34:56.000Z'],
  ])('%s', (value, expected) => {
    const time = parseDate(value)
    expect(time === null ? null : new Date(time).toISOString()).toBe(expected)
  })

  test.each([
    '',
    'today',
    '32 Jan 2000 00:00 +0000',
    '1 Foo 2000 00:00',
    '1 Jan 2000 25:00',
    '30 Feb 2000',
    '1 ebm 2000',
    '('.repeat(1000),
  ])('not a date: %s', (value) => {
    expect(parseDate(value)).toBeNull()
  })
})

describe('message identifiers: RFC 5322 §3.6.4', () => {
  test.each([
    ['<1234@local.machine.example>', ['1234@local.machine.example']],
    ['<a@b> <c@d>\r\n\t<e@f>', ['a@b', 'c@d', 'e@f']],
    ['Your message of "Mon, 1 Jan" <a@b>', ['a@b']],
    ['<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', ['01KF8JCEOCBS0045PS@xxx.yyy.com']],
    ['<a\r\n @b>', ['a@b']],
    ['<a <b@c>', ['b@c']],
    ['<nothing>', []],
    ['<a@b', []],
    ['a@b', []],
    ['<"<'.repeat(3), []],
  ])('%s', (value, expected) => {
    expect(messageIds(value)).toEqual(expected)
  })
})

const params = (value: string) => parseContentType(`a/b${value}`)?.params

describe('parameters: RFC 2045 §5.1, RFC 2231', () => {
  test.each([
    ['; charset=us-ascii (Plain text)', [['charset', 'us-ascii']]],
    ['; charset="us-ascii"', [['charset', 'us-ascii']]],
    ['; URL*0="ftp://";\r\n URL*1="cs.utk.edu/x"', [['URL', 'ftp://cs.utk.edu/x']]],
    [
      "; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      [['title*', "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"]],
    ],
    ['; x*1=b; x*0=a', [['x', 'ab']]],
    [
      '; x*2=b; x*0=a',
      [
        ['x*0', 'a'],
        ['x*2', 'b'],
      ],
    ],
    ['; name="a\\"b\r\n c"', [['name', 'a"b c']]],
    [
      '; name==?utf-8?q?x?=; y=z',
      [
        ['name', '=?utf-8?q?x?='],
        ['y', 'z'],
      ],
    ],
    [
      ';; x=y; ; z=',
      [
        ['x', 'y'],
        ['z', ''],
      ],
    ],
    ['; broken', []],
    ['; x="open', []],
    // Against the rules, as mail has them: no semicolon, no quotes around specials, comments everywhere.
    [' x=y', [['x', 'y']]],
    [
      '; x=y z="a b" (c) u=v',
      [
        ['x', 'y'],
        ['z', 'a b'],
        ['u', 'v'],
      ],
    ],
    [
      '; x=----=_Part_1; y=z',
      [
        ['x', '----=_Part_1'],
        ['y', 'z'],
      ],
    ],
    ['; x=a/b:c@d,e?[f]', [['x', 'a/b:c@d,e?[f]']]],
    [
      '; (c) x (c) = (c) "y" (c); z=(c)w',
      [
        ['x', 'y'],
        ['z', 'w'],
      ],
    ],
    ['; z "x=1" y=2', [['y', '2']]],
    ['; junk words; =; x=y', [['x', 'y']]],
    [
      '; x="a;y=1"; y=2',
      [
        ['x', 'a;y=1'],
        ['y', '2'],
      ],
    ],
  ])('%s', (value, expected) => {
    expect(params(value)).toEqual(expected)
  })

  test.each([
    [
      "; title*0*=us-ascii'en'This%20is%20even%20more%20\r\n; title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n; title*2=\"isn't it!\"",
      "This is even more ***fun*** isn't it!",
    ],
    ["; title*=iso-8859-1''%A3%20rates", '£ rates'],
    ['; title="=?utf-8?q?Gr=C3=BC=C3=9Fe?="', 'Grüße'],
    ['; title="\xe4"', 'ä'],
    ["; title*=''%ff", 'ÿ'],
    ['; other=x', null],
  ])('text of %s', (value, expected) => {
    expect(paramText(params(value) ?? [], 'title')).toBe(expected)
  })

  test.each([
    ['; boundary=b', 'b'],
    ['; boundary="b \t"', 'b'],
    ['; boundary=" b"', ' b'],
    ['; boundary="b\\1"', 'b1'],
    ['; boundary="b\r\n 1"', 'b 1'],
    ['; boundary*0="b"; boundary*1="1"', 'b1'],
    ['; boundary*1="1"; boundary*0="b"', 'b1'],
    ["; boundary*=us-ascii''b%201", 'b 1'],
    ["; boundary*0*=us-ascii'en'b%20; boundary*1=1", 'b 1'],
    ["; boundary*=''b; boundary=c", 'c'],
    ['; boundary=b; boundary=c', 'b'],
    ['; x="boundary=c"; boundary=b', 'b'],
    ['; myboundary=c; BOUNDARY=b', 'b'],
    [' boundary="b"', 'b'],
    ['; boundary=(c)"b"', 'b'],
    ['; x=y', null],
  ])('boundary of %s', (value, expected) => {
    expect(boundaryOf(params(value) ?? [])).toBe(expected)
  })

  test('a type without a subtype, and none at all', () => {
    expect(parseContentType('TEXT')).toEqual({ type: 'TEXT', subtype: null, params: [] })
    expect(parseContentType(' (c) text / html ; a=b')).toEqual({
      type: 'text',
      subtype: 'html',
      params: [['a', 'b']],
    })
    expect(parseContentType('; charset=x')).toBeNull()
  })
})

describe('encoded words: RFC 2047 §8 and what is met', () => {
  test.each([
    ['=?ISO-8859-1?Q?a?=', 'a'],
    ['=?ISO-8859-1?Q?a?= b', 'a b'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a_b?=', 'a b'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=', 'a b'],
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
    ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
    [
      '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
      'If you can read this you understand the example.',
    ],
    ['=?UTF-8*de?q?=C3?= =?utf-8*de?q?=BC?=', 'ü'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?gb2312?B?xOO6ww==?=', '你好'],
    ['=?koi8-r?Q?=F0=D2=C9?=', 'При'],
    ['=?utf-7?Q?+AOk-?=', 'é'],
    ['=?no-such-charset?Q?=C3=A9?=', 'é'],
    ['=?utf-8?x?abc?=', '=?utf-8?x?abc?='],
    ['=?utf-8?q?not closed', '=?utf-8?q?not closed'],
    ['raw \xc3\xa9 utf-8', 'raw é utf-8'],
    ['raw \xe9 latin', 'raw é latin'],
    ['=?utf-8?q?a?=b=?utf-8?q?c?=', 'abc'],
  ])('%s', (value, expected) => {
    expect(decodeWords(value)).toBe(expected)
  })
})

describe('base subjects: RFC 5256 §2.1', () => {
  test.each([
    ['Re: x', 'x', true],
    ['RE : Fwd: x', 'x', true],
    ['fw: x (fwd)', 'x', true],
    ['[list] Re: [other] x', 'x', true],
    ['Re[2]: x', 'x', true],
    ['[fwd: Re: x]', 'x', true],
    ['[Fwd: [list] x (fwd) ]', 'x', true],
    ['[list]', '[list]', false],
    ['[list] x', 'x', false],
    ['[a][b] x', 'x', false],
    ['Re:', '', true],
    ['Re: [list]', '[list]', true],
    ['  many   spaces\t here ', 'many spaces here', false],
    ['=?utf-8?q?Re:_=C3=A9?=', 'é', true],
    ['reply: x', 'reply: x', false],
    ['', '', false],
  ])('%s', (value, base, isReply) => {
    expect(baseSubject(value)).toEqual({ base, isReply })
  })
})
