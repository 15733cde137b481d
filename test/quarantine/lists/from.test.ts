// Form of From x (block, allow, check): through the verb that the gateway calls, and the one that answers
// `lazaret list check`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ListKind } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { FORMS, messageOf, type Form } from './from-forms.ts'
import { envelope, rig, ROOT } from '../rig.ts'

/** What the lists decide, as the gateway does it; null: the classifier was asked. */
async function gateway(lazaret: Lazaret, raw: Buffer): Promise<ListKind | null> {
  const [{ verdict }] = await lazaret.quarantine.system.screen(
    envelope({ sender: 'other@neutral.example' }),
    raw,
  )
  // Without lessons the classifier finds everything unsure.
  return verdict?.class === 'spam' ? 'block' : verdict?.class === 'ham' ? 'allow' : null
}

function check(lazaret: Lazaret, from: { value: string } | { message: Buffer }): ListKind | null {
  const { decision } = lazaret.quarantine.as(ROOT).lists.check({
    from,
    sender: 'other@neutral.example',
    recipient: 'user@example.com',
    proofs: { dkim: [], spf: null, checked: false },
    direction: 'in',
  })
  return decision?.list ?? null
}

async function listed(list: ListKind, forms: readonly Pick<Form, 'address' | 'entry'>[]) {
  const byEntry = new Map<string, Lazaret>()
  for (const { address, entry = address } of forms) {
    if (byEntry.has(entry)) continue
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).lists.change('', list, { add: [entry] })
    byEntry.set(entry, lazaret)
  }
  return byEntry
}

let blocked: Map<string, Lazaret>
let allowed: Map<string, Lazaret>
beforeAll(async () => {
  blocked = await listed('block', FORMS)
  allowed = await listed('allow', FORMS)
})

describe.each(FORMS)('$name', (form) => {
  const raw = messageOf(form)
  const { address, entry = address } = form
  const single = typeof form.header === 'string' && /^From: ([^\r\0]*)\n$/.exec(form.header)

  test(`block entry: ${form.block ? 'held' : 'not found'}, and check says so`, async () => {
    const lazaret = blocked.get(entry) as Lazaret
    const wanted = form.block ? 'block' : null
    expect(await gateway(lazaret, raw)).toBe(wanted)
    expect(check(lazaret, { message: raw })).toBe(wanted)
    if (single) expect(check(lazaret, { value: single[1] })).toBe(wanted)
  })

  test(`allow entry: ${form.allow ? 'delivered' : 'not applied'}, and check says so`, async () => {
    const lazaret = allowed.get(entry) as Lazaret
    const wanted = form.allow ? 'allow' : null
    expect(await gateway(lazaret, raw)).toBe(wanted)
    expect(check(lazaret, { message: raw })).toBe(wanted)
    if (single) expect(check(lazaret, { value: single[1] })).toBe(wanted)
  })
})

test('there are many forms, each once', () => {
  expect(FORMS.length).toBeGreaterThan(100)
  expect(new Set(FORMS.map(({ name }) => name)).size).toBe(FORMS.length)
})

describe('whole messages', () => {
  const eml = (name: string): Buffer => readFileSync(join(__dirname, 'from', `${name}.eml`))

  test.each([
    ['from-unquoted-address-name', 'attacker@evil.example', 'block', 'block'],
    ['from-unquoted-address-name', 'boss@partner.example', 'allow', null],
    ['from-brackets-traildot', 'attacker@evil.example', 'block', 'block'],
    ['from-at-in-name', 'news@shop.example', 'allow', 'allow'],
    ['from-utf8-domain', '*@müller.example', 'block', 'block'],
    ['from-utf8-domain', 'x@xn--mller-kva.example', 'allow', 'allow'],
  ] as const)('%s, %s on the %s list: %s', async (name, entry, list, wanted) => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).lists.change('', list, { add: [entry] })
    expect(await gateway(lazaret, eml(name))).toBe(wanted)
    expect(check(lazaret, { message: eml(name) })).toBe(wanted)
  })
})

describe('an allow entry is for the author, not for whom From mentions', () => {
  test.each([
    'boss@partner.example <evil@bad.example>',
    '=?us-ascii?Q?boss=40partner.example?= <evil@bad.example>',
    '"boss@partner.example" <evil@bad.example>',
    'boss@partner.example, evil@bad.example',
    'evil@bad.example, boss@partner.example',
    'boss@partner.example: evil@bad.example;',
    'Friends: boss@partner.example;',
    'evil@bad.example (boss@partner.example)',
    '<boss@partner.example> <evil@bad.example>',
    'evil@bad.example <boss@partner.example>',
  ])('%s', async (value) => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).lists.change('', 'allow', { add: ['boss@partner.example'] })
    const raw = messageOf({ header: `From: ${value}\n` })
    expect(await gateway(lazaret, raw)).toBeNull()
    expect(check(lazaret, { message: raw })).toBeNull()
  })
})
