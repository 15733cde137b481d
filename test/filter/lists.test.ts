import { describe, expect, test } from 'vitest'
import { decideLists, explainLists, type ListQuery } from '../../plugin/filter/lists.ts'
import { MaskIndex } from '../../plugin/filter/mask-index.ts'
import { UNPROVEN } from '../../plugin/filter/proofs.ts'
import type { Proofs } from '../../plugin/mail.ts'
import { scopeOfMail } from '../../plugin/scope.ts'

/** `allow scope mask` or `block scope mask`; scope `-` is everything. */
function index(...entries: string[]): MaskIndex {
  const masks = new MaskIndex()
  for (const entry of entries) {
    const [list, scope, mask] = entry.split(' ')
    masks.add(scope === '-' ? '' : scope, list as 'allow' | 'block', mask)
  }
  return masks
}

/** `from`: the addresses in From; one alone is the author. */
type Change = Partial<Omit<ListQuery, 'from'>> & { from?: string[] }

const query = ({
  from = ['ann@from.example'],
  recipient = 'user@here.example',
  ...change
}: Change = {}): ListQuery => ({
  from: { shown: from, author: from.length === 1 ? from[0] : null },
  sender: 'bounce@sender.example',
  recipient,
  proofs: UNPROVEN,
  allowNeedsAuth: false,
  organizationIsOwn: true,
  scope: scopeOfMail(recipient),
  ...change,
})

/** The decision as `list scope mask which`, or null. */
function decide(masks: MaskIndex, change: Change = {}): string | null {
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
    ['allow - *oss@here.example', null],
    ['allow - .here.example', null],
    ['block - .example', null],
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

  test('a subdomain is another domain where only the very domain is own', () => {
    const sub = { from: ['boss@sub.here.example'], sender: '', organizationIsOwn: false }
    expect(decide(index('block - *@sub.here.example'), sub)).toBe('block - *@sub.here.example from')
  })

  test.each([
    ['sub.here.example', 'here.example', true],
    ['here.example', 'mail.here.example', true],
    ['a.here.example', 'b.here.example', true],
    ['there.example', 'here.example', false],
    ['xhere.example', 'here.example', false],
    // by the public suffix list: registered by others
    ['evil.co.uk', 'here.co.uk', false],
    ['mail.here.co.uk', 'here.co.uk', true],
    ['a.github.io', 'b.github.io', false],
    ['city.kawasaki.jp', 'x.city.kawasaki.jp', true],
    ['co.uk', 'here.co.uk', false],
  ])('%s and the recipient in %s: one organization %j', (domain, home, own) => {
    const change = { from: [`boss@${domain}`], sender: '', recipient: `u@${home}` }
    expect(decide(index(`block - *@${domain}`), change)).toBe(
      own ? null : `block - *@${domain} from`,
    )
    expect(decide(index(`allow - .${domain}`), change)).toBe(own ? null : `allow - .${domain} from`)
    expect(decide(index(`allow - boss@${domain}`), change)).toBe(`allow - boss@${domain} from`)
  })

  test('the envelope alone lets in no From of the own domain', () => {
    const masks = index('allow - b@friend.example', 'block - b@friend.example')
    for (const from of [
      ['boss@here.example'],
      ['boss@mail.here.example'],
      ['x@y.example', 'boss@here.example'],
    ])
      expect(decide(masks, { from, sender: 'b@friend.example' })).toBe(
        'block - b@friend.example sender',
      )
    expect(decide(masks, { from: ['x@y.example'], sender: 'b@friend.example' })).toBe(
      'allow - b@friend.example sender',
    )
  })
})

describe('an allow entry can demand authentication', () => {
  const proven: Proofs = { dkim: ['from.example'], spf: null, checked: true }
  test.each([
    [true, UNPROVEN, 'block here.example *@from.example from'],
    [true, proven, 'allow user@here.example ann@from.example from'],
    [false, UNPROVEN, 'allow user@here.example ann@from.example from'],
  ])('demanded %j, proven %j', (allowNeedsAuth, proofs, decision) => {
    const masks = index(
      'allow user@here.example ann@from.example',
      'block here.example *@from.example',
    )
    expect(decide(masks, { allowNeedsAuth, proofs })).toBe(decision)
  })

  const spf = (domain: string, scope: 'mfrom' | 'helo' = 'mfrom'): Partial<Proofs> => ({
    spf: { scope, domain },
  })
  test.each([
    // From: by DKIM or SPF of its organization
    ['ann@from.example', { dkim: ['mail.from.example'] }, true],
    ['ann@from.example', { dkim: ['other.example', 'FROM.example'] }, true],
    ['ann@from.example', { dkim: ['other.example'] }, false],
    ['ann@from.example', { dkim: ['xfrom.example', 'example'] }, false],
    ['ann@from.example', spf('bounce.from.example'), true],
    ['ann@from.example', spf('from.example', 'helo'), true],
    ['ann@from.example', spf('sender.example'), false],
    // envelope sender: by SPF of its own domain, nothing else
    ['bounce@sender.example', spf('sender.example'), true],
    ['bounce@sender.example', spf('mail.sender.example'), false],
    ['bounce@sender.example', spf('sender.example', 'helo'), false],
    ['bounce@sender.example', { dkim: ['sender.example'] }, false],
    ['bounce@sender.example', { dkim: ['from.example'] }, false],
  ])('%s proven by %j: %j', (address, found, counts) => {
    const proofs = { ...UNPROVEN, checked: true, ...found }
    const decision = decide(index(`allow - ${address}`), { allowNeedsAuth: true, proofs })
    expect(decision !== null).toBe(counts)
  })

  test("a forged MAIL FROM with the spammer's own DKIM and SPF proves nobody else", () => {
    const masks = index('allow - boss@partner.example')
    const proofs: Proofs = {
      dkim: ['evil.example'],
      spf: { scope: 'mfrom', domain: 'evil.example' },
      checked: true,
    }
    const forged = { from: ['x@evil.example'], sender: 'boss@partner.example' }
    expect(decide(masks, { allowNeedsAuth: true, proofs, ...forged })).toBeNull()
    const turned = { from: ['boss@partner.example'], sender: 'x@evil.example' }
    expect(decide(masks, { allowNeedsAuth: true, proofs, ...turned })).toBeNull()
  })
})

describe('a domain with all its sub-domains', () => {
  test.each([
    ['a@evil.example', true],
    ['a@sub.evil.example', true],
    ['a@deep.sub.evil.example', true],
    ['a@notevil.example', false],
    ['a@evil.example.net', false],
    ['a@example', false],
  ])('%s: %j', (address, matches) => {
    const change = { from: [address], sender: '' }
    expect(decide(index('block - .evil.example'), change)).toBe(
      matches ? 'block - .evil.example from' : null,
    )
    expect(decide(index('allow here.example *@*.evil.example'), change)).toBe(
      matches ? 'allow here.example .evil.example from' : null,
    )
  })

  test('levels and specificity hold as for masks', () => {
    const change = { from: ['a@sub.evil.example'], sender: '' }
    expect(
      decide(index('block - .evil.example', 'allow here.example *@sub.evil.example'), change),
    ).toBe('allow here.example *@sub.evil.example from')
    expect(decide(index('block - .sub.evil.example', 'block - *@sub.evil.example'), change)).toBe(
      'block - *@sub.evil.example from',
    )
    expect(decide(index('block - .evil.example', 'block - .sub.evil.example'), change)).toBe(
      'block - .sub.evil.example from',
    )
  })
})

describe('whose lists', () => {
  test('outgoing mail: the lists of whoever sends it', () => {
    const out = {
      scope: 'me@here.example',
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
      ['ann@from.example', 'not-the-author'],
      ['*@here.example', 'own-domain'],
      ['boss@here.example', 'own-domain'],
    ])
    expect(matches[1].text).toMatch(/own domain/)
  })

  test('names an allow entry whose address is not proven, and one of the envelope alone', () => {
    const masks = index('allow - ann@from.example', 'allow - bounce@sender.example')
    const unproven = explainLists(masks, query({ allowNeedsAuth: true }))
    expect(unproven.matches.map(({ reason }) => reason)).toEqual([
      'needs-authentication',
      'needs-authentication',
    ])
    const own = explainLists(masks, query({ from: ['boss@here.example'] }))
    expect(own.matches.map(({ mask, reason }) => [mask, reason])).toEqual([
      ['bounce@sender.example', 'envelope-alone'],
    ])
  })

  test('agrees with decideLists on every query', () => {
    const masks = index(
      'allow - *@from.example',
      'block here.example ann@*',
      'block - *@sender.example',
    )
    for (const scope of ['', 'from.example', 'user@here.example']) {
      for (const allowNeedsAuth of [false, true]) {
        for (const recipient of ['user@here.example', 'user@from.example', 'x']) {
          const asked = query({ scope, allowNeedsAuth, recipient })
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
