import { describe, expect, test } from 'vitest'
import { decideLists, explainLists, type ListQuery } from '../../plugin/filter/lists.ts'
import { MaskIndex } from '../../plugin/filter/mask-index.ts'

/** `allow scope mask` or `block scope mask`; scope `-` is everything. */
function index(...entries: string[]): MaskIndex {
  const masks = new MaskIndex()
  for (const entry of entries) {
    const [list, scope, mask] = entry.split(' ')
    masks.add(scope === '-' ? '' : scope, list as 'allow' | 'block', mask)
  }
  return masks
}

const query = (change: Partial<ListQuery> = {}): ListQuery => ({
  from: ['ann@from.example'],
  sender: 'bounce@sender.example',
  recipient: 'user@here.example',
  authenticated: false,
  allowNeedsAuth: false,
  direction: 'in',
  ...change,
})

/** The decision as `list scope mask which`, or null. */
function decide(masks: MaskIndex, change: Partial<ListQuery> = {}): string | null {
  const found = decideLists(masks, query(change))
  return found && `${found.list} ${found.scope || '-'} ${found.mask} ${found.which}`
}

describe('both addresses are looked up', () => {
  test.each([
    ['block - ann@from.example', 'block - ann@from.example from'],
    ['block - *@sender.example', 'block - *@sender.example sender'],
    ['allow - *ce@sender*', 'allow - *ce@sender* sender'],
    ['block - other@from.example', null],
  ])('%s', (entry, decision) => {
    expect(decide(index(entry))).toBe(decision)
  })

  test('every address of the header From', () => {
    expect(decide(index('block - b@b.example'), { from: ['a@a.example', 'B@B.example'] })).toBe(
      'block - b@b.example from',
    )
  })

  test('a null sender and a From that is no address match nothing', () => {
    expect(decide(index('block - *@*'), { from: ['nobody', ''], sender: '<>' })).toBeNull()
  })
})

describe('address beats domain beats everything, then allow beats block', () => {
  const both = { from: ['a@x.example'], sender: 'b@y.example' }
  test.each([
    [
      ['block user@here.example *@x.example', 'allow here.example a@x.example'],
      'block user@here.example *@x.example from',
    ],
    [['block here.example *@*', 'allow - a@x.example'], 'block here.example *@* from'],
    [
      ['allow user@here.example *@x.example', 'block here.example a@x.example'],
      'allow user@here.example *@x.example from',
    ],
    [['block - a@x.example', 'allow - *@x.example'], 'allow - *@x.example from'],
    [['block - a@x.example', 'allow - *@*'], 'allow - *@* from'],
    // across the two addresses
    [['block - a@x.example', 'allow - b@y.example'], 'allow - b@y.example sender'],
    [
      ['block here.example b@y.example', 'allow - a@x.example'],
      'block here.example b@y.example sender',
    ],
    // of another scope: no concern of this recipient
    [['block other@here.example *@*', 'block other.example *@*'], null],
    // the longest mask is named, header From first
    [['block - *@*', 'block - a@*', 'block - *@x.example'], 'block - *@x.example from'],
    [['block - *@y.example', 'block - *@x.example'], 'block - *@x.example from'],
  ])('%j', (entries, decision) => {
    expect(decide(index(...entries), both)).toBe(decision)
  })
})

describe("the sender's domain is the recipient's", () => {
  const own = { from: ['boss@here.example'], sender: 'boss@here.example' }
  test.each([
    ['block - boss@here.example', null],
    ['block - *@*', null],
    ['block user@here.example *oss@here.example', null],
    ['allow - *@here.example', null],
    ['allow - *@*', null],
    ['allow - boss@*', null],
    ['allow - boss@here*', null],
    ['allow - *oss@he*', null],
    ['allow - boss@here.example', 'allow - boss@here.example from'],
    ['allow - *oss@here.example', 'allow - *oss@here.example from'],
  ])('%s', (entry, decision) => {
    expect(decide(index(entry), own)).toBe(decision)
  })

  test('an entry that is not applied lets the next one decide', () => {
    const masks = index('allow - *@here.example', 'allow - boss@here.example', 'block - *@*')
    expect(decide(masks, own)).toBe('allow - boss@here.example from')
  })

  test('goes by each address, in any spelling of the domain', () => {
    const forged = { from: ['boss@HERE.example.'], sender: 'x@spam.example' }
    expect(decide(index('block - *@*'), forged)).toBe('block - *@* sender')
    expect(decide(index('allow - *@here.example'), forged)).toBeNull()
    const idn = { from: ['a@bücher.example'], recipient: 'b@xn--bcher-kva.example', sender: '' }
    expect(decide(index('block - a@xn--bcher-kva.example'), idn)).toBeNull()
  })

  test('a subdomain is another domain', () => {
    const sub = { from: ['boss@sub.here.example'], sender: '' }
    expect(decide(index('block - *@sub.here.example'), sub)).toBe('block - *@sub.here.example from')
  })
})

describe('an allow entry can demand authentication', () => {
  test.each([
    [true, false, 'block here.example *@from.example from'],
    [true, true, 'allow user@here.example ann@from.example from'],
    [false, false, 'allow user@here.example ann@from.example from'],
  ])('demanded %j, authenticated %j', (allowNeedsAuth, authenticated, decision) => {
    const masks = index(
      'allow user@here.example ann@from.example',
      'block here.example *@from.example',
    )
    expect(decide(masks, { allowNeedsAuth, authenticated })).toBe(decision)
  })
})

describe('whose lists', () => {
  test('outgoing mail: the lists of its sender', () => {
    const out = {
      direction: 'out' as const,
      from: ['me@here.example'],
      sender: 'me@here.example',
      recipient: 'you@there.example',
    }
    expect(decide(index('block you@there.example me@here.example'), out)).toBeNull()
    expect(decide(index('block here.example me@here.example'), out)).toBe(
      'block here.example me@here.example from',
    )
  })

  test('a recipient that is no address has the lists of everybody', () => {
    expect(decide(index('block - *@*', 'block postmaster *@*'), { recipient: 'postmaster' })).toBe(
      'block - *@* from',
    )
  })
})

describe('explainLists', () => {
  test('names the deciding entry first and says why the others do not decide', () => {
    const masks = index(
      'allow user@here.example *@sender.example',
      'block user@here.example ann@from.example',
      'allow user@here.example *@*',
      'block - *@from.example',
      'allow - *@elsewhere.example',
    )
    const { decision, scopes, matches } = explainLists(masks, query())
    expect(decision?.mask).toBe('*@sender.example')
    expect(scopes).toEqual(['user@here.example', 'here.example', ''])
    expect(matches.map(({ mask, which, reason }) => [mask, which, reason])).toEqual([
      ['*@sender.example', 'sender', 'decides'],
      ['*@*', 'from', 'less-specific'],
      ['*@*', 'sender', 'less-specific'],
      ['ann@from.example', 'from', 'allow-first'],
      ['*@from.example', 'from', 'wider-scope'],
    ])
  })

  test('names entries that are not applied', () => {
    const masks = index(
      'allow - *@here.example',
      'block - boss@here.example',
      'allow - ann@from.example',
    )
    const { decision, matches } = explainLists(
      masks,
      query({ from: ['boss@here.example', 'ann@from.example'], allowNeedsAuth: true, sender: '' }),
    )
    expect(decision).toBeNull()
    expect(matches.map(({ mask, reason }) => [mask, reason])).toEqual([
      ['ann@from.example', 'needs-authentication'],
      ['*@here.example', 'own-domain'],
      ['boss@here.example', 'own-domain'],
    ])
    expect(matches[1].text).toMatch(/own domain/)
  })

  test('agrees with decideLists on every query', () => {
    const masks = index(
      'allow - *@from.example',
      'block here.example ann@*',
      'block - *@sender.example',
    )
    for (const direction of ['in', 'out'] as const) {
      for (const allowNeedsAuth of [false, true]) {
        for (const recipient of ['user@here.example', 'user@from.example', 'x']) {
          const asked = query({ direction, allowNeedsAuth, recipient })
          const { decision, matches } = explainLists(masks, asked)
          expect(decision).toEqual(decideLists(masks, asked))
          expect(matches.filter(({ reason }) => reason === 'decides')).toHaveLength(
            decision ? 1 : 0,
          )
        }
      }
    }
  })
})
