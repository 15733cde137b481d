// Accounts from comma-separated values.
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../plugin/quarantine/accounts/csv.ts'
import { DOMAIN, rig, ROOT } from '../rig.ts'

const FILE = `\ufeffname,Password,aliases,disabled,tier\r
user@example.com,correct horse,info@example.com sales@example.com,,\r
"B@Example.com","say ""pass, word""",,yes,address\r
\r
example.com,battery staple,,no,\r
c@example.com,,,,
`

describe('an import', () => {
  test('makes what the file says, in one decision; a second time it finds all there', async () => {
    const lazaret = rig({ login: { scram: 'no' } })
    const { accounts, aliases } = lazaret.quarantine.as(ROOT)
    const { seq } = lazaret.store
    const dry = await accounts.import(FILE, { dryRun: true })
    expect(dry).toMatchObject({ added: 4, exists: 0, wrong: 0, done: false })
    expect(lazaret.store.seq).toBe(seq)

    const done = await accounts.import(FILE)
    expect(done).toMatchObject({ added: 4, exists: 0, wrong: 0, done: true })
    expect(done.lines.map(({ line, name }) => [line, name])).toEqual([
      [2, 'user@example.com'],
      [3, 'b@example.com'],
      [5, 'example.com'],
      [6, 'c@example.com'],
    ])
    const made = [...lazaret.store.entries(seq)]
    expect(made).toHaveLength(1)
    expect(accounts.list().map(({ name, tier, disabled }) => [name, tier, disabled])).toEqual([
      ['b@example.com', 'address', true],
      ['c@example.com', 'address', undefined],
      ['example.com', 'domain', undefined],
      ['user@example.com', 'address', undefined],
    ])
    expect(aliases.list().map(({ name }) => name)).toEqual([
      'info@example.com',
      'sales@example.com',
    ])
    const { logins } = lazaret.quarantine
    expect(await logins.login('sales@example.com', 'correct horse', '192.0.2.1')).toMatchObject({
      account: 'user@example.com',
    })
    await accounts.setDisabled('b@example.com', false)
    await logins.login('b@example.com', 'say "pass, word"', '192.0.2.1')
    await expect(logins.login('c@example.com', '', '192.0.2.1')).rejects.toThrow(/wrong/)

    const before = lazaret.store.seq
    const again = await accounts.import(FILE)
    expect(again).toMatchObject({ added: 0, exists: 4, wrong: 0 })
    expect(lazaret.store.seq).toBe(before)
  })

  test('of which one line is wrong changes nothing, and tells of each line', async () => {
    const lazaret = rig()
    const { accounts } = lazaret.quarantine.as(DOMAIN)
    await accounts.add('there@example.com', 'address', null)
    const { seq } = lazaret.store
    const found = await accounts.import(
      `name,password,aliases
good@example.com,correct horse,
there@example.com,correct horse,
short@example.com,short,
a@b@example.com,,
x@other.example,,
GOOD@example.com,,
alias@example.com,,there@example.com
boss@example.com,,b@other.example`,
    )
    expect(found).toMatchObject({ added: 1, exists: 1, wrong: 6, done: false })
    expect(found.lines.map(({ line, result, reason }) => [line, result, reason])).toEqual([
      [2, 'added', undefined],
      [3, 'exists', undefined],
      [4, 'wrong', expect.stringMatching(/at least 8/)],
      [5, 'wrong', expect.stringMatching(/more than one/)],
      [6, 'wrong', expect.stringMatching(/not yours/)],
      [7, 'wrong', "'good@example.com' stands on line 2."],
      [8, 'wrong', expect.stringMatching(/There is an account 'there@example.com'/)],
      [9, 'wrong', expect.stringMatching(/mail of b@other\.example is not yours/)],
    ])
    expect(lazaret.store.seq).toBe(seq)
  })

  test.each([
    ['', /empty/],
    ['user@example.com,secret', /Line 1 has to name the columns/],
    ['name,pasword\n', /'pasword' is none/],
    ['name,name\n', /each once/],
    ['name\n"a', /Line 2: a quote is not closed/],
    ['name\n"a"b', /Line 2: a comma is missing/],
    ['name,password\na@b.example,secret words,more', /Line 2 has 3 fields, and there are 2/],
    ['name,tier\na@b.example,boss', /Line 2: 'boss' is none of/],
    ['name,disabled\na@b.example,maybe', /Line 2: disabled is 'maybe'/],
    [`name\n${'a@b.example\n'.repeat(2001)}`, /2001 accounts/],
  ])('%j is no such file', async (text, reason) => {
    await expect(rig().quarantine.as(ROOT).accounts.import(text)).rejects.toThrow(reason)
  })
})

test.each([
  [
    'a,b\n\n"c\nd",e\nf',
    [
      [1, 'a', 'b'],
      [3, 'c\nd', 'e'],
      [5, 'f'],
    ],
  ],
  [
    'a\r\n"",\r\n,b',
    [
      [1, 'a'],
      [3, '', 'b'],
    ],
  ],
  [' a , "b', [[1, 'a', '"b']]],
])('%j is read by lines', (text, rows) => {
  expect(readCsv(text).map(({ line, fields }) => [line, ...fields])).toEqual(rows)
})
