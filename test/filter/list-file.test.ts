import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ListFileLine, readListFile, writeListFile } from '../../plugin/filter/list-file.ts'

async function read(...chunks: (Uint8Array | string)[]): Promise<ListFileLine[]> {
  const found: ListFileLine[] = []
  for await (const line of readListFile(chunks)) found.push(line)
  return found
}

const refused = (line: number, text: string, reason: RegExp): unknown => ({
  line,
  text,
  reason: expect.stringMatching(reason),
})

describe('masks', () => {
  test('one a line, with comments, blank lines and any line end', async () => {
    const text =
      '\ufeff# ours\n\n*@Spam.example\r\n  john@*  # any john\n\\#1@x.example\nlast@x.example'
    expect(await read(Buffer.from(text))).toEqual([
      { line: 3, mask: '*@spam.example' },
      { line: 4, mask: 'john@*' },
      { line: 5, mask: '#1@x.example' },
      { line: 6, mask: 'last@x.example' },
    ])
  })

  test('a refused line comes with its number, text and reason', async () => {
    expect(
      await read('spam.example\na@b@c\n*@b.example, c@d.example\na@x.\u202eexample\n'),
    ).toEqual([
      refused(1, 'spam.example', /no "@"/),
      refused(2, 'a@b@c', /second "@" \(character 4\)/),
      refused(3, '*@b.example, c@d.example', /neither OK nor REJECT/),
      refused(4, 'a@x.\ufffdexample', /no valid international domain/),
    ])
  })

  test('lines do not depend on how the file is cut into chunks', async () => {
    const bytes = Buffer.from('*@a.example\r\nmünchen@é.example\n# c\nx y z\n*@b*')
    const whole = await read(bytes)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const ends = [...cuts, bytes.length].toSorted((a, b) => a - b)
        const chunks = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end))
        expect(await read(...chunks)).toEqual(whole)
      }),
    )
  })

  test('a line that never ends is refused and costs its beginning only', async () => {
    const chunks = Array.from({ length: 1000 }, () => 'a'.repeat(10_000))
    const found = await read(...chunks, '\nb@b.example')
    expect(found).toEqual([
      refused(1, `${'a'.repeat(120)}…`, /longer than 65536/),
      { line: 2, mask: 'b@b.example' },
    ])
  })

  test('bytes that are not UTF-8 are refused', async () => {
    const found = await read(Buffer.from([0x61, 0xff, 0x40, 0x62, 0x0a]))
    expect(found).toEqual([refused(1, 'a\ufffd@b', /not UTF-8/)])
  })
})

describe('postfix access(5)', () => {
  test.each([
    ['joe@a.example REJECT', 'block', 'joe@a.example'],
    ['joe@a.example\tREJECT go away', 'block', 'joe@a.example'],
    ['a.example 550 5.7.1 go away', 'block', '*@a.example'],
    ['a.example discard', 'block', '*@a.example'],
    ['abuse@ OK', 'allow', 'abuse@*'],
    ['É.example ok', 'allow', '*@xn--9ca.example'],
    ['joe@a.example 1234567890', 'allow', 'joe@a.example'],
    ['.a.example REJECT', 'block', '.a.example'],
    ['.É.example ok', 'allow', '.xn--9ca.example'],
  ])('%s', async (text, list, mask) => {
    expect(await read(text)).toEqual([{ line: 1, list, mask }])
  })

  test.each([
    ['. REJECT', '.', /nothing stands after/],
    ['<> REJECT', '<>', /null sender/],
    ['192.0.2 REJECT', '192.0.2', /network/],
    ['2001:db8::/32 REJECT', '2001:db8::/32', /network/],
    ['a/b OK', 'a/b', /neither an address nor a domain/],
    ['a.example DUNNO', 'a.example DUNNO', /"DUNNO" is neither/],
    ['a.example 550', 'a.example 550', /"550" is neither/],
    ['a.example OK then more', 'a.example OK then more', /"OK" is neither/],
  ])('refuses %s', async (text, shown, reason) => {
    expect(await read(text)).toEqual([refused(1, shown, reason)])
  })

  test('white space continues an entry, but not a mask', async () => {
    expect(
      await read('a.example REJECT go\n  away@now.example\n\nb@b.example\n c@c.example\n'),
    ).toEqual([
      { line: 1, list: 'block', mask: '*@a.example' },
      { line: 4, mask: 'b@b.example' },
      { line: 5, mask: 'c@c.example' },
    ])
  })
})

describe('SpamAssassin', () => {
  test('several masks a line, old and new names', async () => {
    const text = [
      'welcomelist_from friend@a.example *@b.example # friends',
      'whitelist_from  c@c.example',
      'BLOCKLIST_FROM d\\#1@d.example',
      'blacklist_from john@exam*',
    ].join('\n')
    expect(await read(text)).toEqual([
      { line: 1, list: 'allow', mask: 'friend@a.example' },
      { line: 1, list: 'allow', mask: '*@b.example' },
      { line: 2, list: 'allow', mask: 'c@c.example' },
      { line: 3, list: 'block', mask: 'd#1@d.example' },
      { line: 4, list: 'block', mask: 'john@exam*' },
    ])
  })

  test('what a mask cannot say is refused, the rest of the line is taken', async () => {
    expect(await read('blocklist_from *.a.example b?@b.example *@*.c.example d@d.example')).toEqual(
      [
        { line: 1, list: 'block', mask: '.a.example' },
        refused(1, 'b?@b.example', /"\?"/),
        { line: 1, list: 'block', mask: '.c.example' },
        { line: 1, list: 'block', mask: 'd@d.example' },
      ],
    )
  })

  test.each([
    ['welcomelist_auth *@a.example', /authentication/],
    ['whitelist_from_rcvd *@a.example a.example', /authentication/],
    ['welcomelist_to a@a.example', /Only senders/],
    ['unwelcomelist_from a@a.example', /list remove/],
    ['blocklist_from', /No address/],
  ])('refuses %s', async (text, reason) => {
    expect(await read(text)).toEqual([refused(1, text, reason)])
  })
})

test('a domain with all its sub-domains, in the spelling of each program', async () => {
  expect(await read('.a.example\n*@*.B.example\n*.c.example')).toEqual([
    { line: 1, mask: '.a.example' },
    { line: 2, mask: '.b.example' },
    { line: 3, mask: '.c.example' },
  ])
  const tree = [{ list: 'block' as const, mask: '.a.example' }]
  expect([...writeListFile(tree)]).toEqual(['.a.example\n'])
  expect([...writeListFile(tree, 'spamassassin')]).toEqual(['blocklist_from *@*.a.example\n'])
})

test('an export reads back as it was, in both formats', async () => {
  const entries = [
    { list: 'block' as const, mask: '#1#@a.example' },
    { list: 'allow' as const, mask: '*é@xn--9ca.example' },
    { list: 'block' as const, mask: '"a,b"@é*' },
    { list: 'allow' as const, mask: '*@*' },
    { list: 'block' as const, mask: '.xn--9ca.example' },
  ]
  const plain = await read(...writeListFile(entries))
  expect(plain).toEqual(entries.map(({ mask }, i) => ({ line: i + 1, mask })))
  const named = await read(...writeListFile(entries, 'spamassassin'))
  expect(named).toEqual(entries.map((entry, i) => ({ line: i + 1, ...entry })))
})
