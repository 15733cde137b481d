// What lessons of people can do to the mail of others: bounds that follow from the ceiling of a voice (docs/kernel.md
// "Neighbours"), in memory, by functions that the real quarantine is compared with. `npm run bench -- poisoning` says what they come
// to in mail held.
import { expect, test } from 'vitest'
import { crowd } from '../../../bench/phases/young/crowd.ts'
import type { Sample } from '../../../bench/phases/young/sample.ts'
import { Town } from '../../../bench/phases/young/town.ts'
import { CEILING, TAUGHT } from '../../../plugin/layers/ceiling.ts'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { appendAll, corpus, folder, rig, ROOT } from '../rig.ts'

/** Parts of the views in the sum (docs/classifier.md). */
const SHARES = [0.5, 0.5, 0.6]

const GOOD = corpus('easy-ham-1', TAUGHT)
const BAD = corpus('spam-1', TAUGHT, 60)
const WRONG = [...corpus('easy-ham-2', 70), ...corpus('hard-ham-1', 30)]
const THEIRS = [...corpus('easy-ham-2', 15, 300), ...corpus('easy-ham-1', 15, 500)]
const SPAM = corpus('spam-2', 20, 200)

const { kernel } = rig().filter
const features = [...THEIRS, ...SPAM].map((raw) => kernel.features(raw))
const sample = (raw: Buffer, label: Label) => ({ features: kernel.features(raw), label })
const lessons = GOOD.flatMap((raw, i) => [
  { raw, label: 'ham' as const },
  { raw: BAD[i], label: 'spam' as const },
])
const samples = lessons.map(({ raw, label }) => sample(raw, label))
const wrong = WRONG.map((raw) => sample(raw, 'spam'))

async function say(lazaret: Lazaret, scope: string, label: Label, all: Buffer[]): Promise<void> {
  const by: Login = { account: scope, tier: 'address', scope }
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', by)
  const flags = { system: 0, keywords: [] }
  const some = all.map((raw) => ({ raw, flags, date: null }))
  await appendAll(lazaret.quarantine.as(by), to, some)
}

/** After so many lessons of the super-admin of each kind. */
function town(taught: number): Town {
  const all = new Town()
  for (const one of samples.slice(0, 2 * taught)) all.train(one)
  return all
}
/** A hundred copies that differ in a word, whose new slots are not by chance those of other words. */
function copies(raw: Buffer, label: Label): Sample[] {
  const known = new Set(features.flat().flatMap((view) => [...view]))
  const own = new Set(kernel.features(raw).flatMap((view) => [...view]))
  const near: Sample[] = []
  for (let i = 0; near.length < 100; i++) {
    const one = sample(Buffer.concat([raw, Buffer.from(`\r\ncopy${i * 7919}\r\n`)]), label)
    if (one.features.every((view) => view.every((slot) => own.has(slot) || !known.has(slot))))
      near.push(one)
  }
  return near
}
const logits = (all: Town): number[] => features.map((one) => all.z(one))
const moved = (before: number[], after: number[]): number[] =>
  before.map((z, i) => Math.abs(after[i] - z))
/** The part of what so many voices at the ceiling can do that the message has moved which came the nearest to it. */
function nearest(before: number[], after: number[], voices: number, ceiling: number): number {
  const bound = features.map((views) =>
    views.reduce(
      (sum, { length }, i) => sum + (SHARES[i] * voices * ceiling * Math.sqrt(length)) / 1024,
      0,
    ),
  )
  return Math.max(...moved(before, after).map((by, i) => by / bound[i]))
}

test('what is measured in memory is what the quarantine does, before the super-admin has taught much and after', async () => {
  const lazaret = rig()
  const all = new Town()
  const { model } = lazaret.quarantine.as(ROOT)
  const agree = (): void => {
    const scores = [...THEIRS.slice(0, 4), ...SPAM.slice(0, 4)].map((raw) => model.score(raw))
    const expected = [...features.slice(0, 4), ...features.slice(THEIRS.length).slice(0, 4)]
    expect(scores.map(({ score }) => score.z)).toEqual(expected.map((one) => all.z(one)))
  }
  const teach = async (scope: string, some: number[]): Promise<void> => {
    await say(
      lazaret,
      scope,
      'spam',
      some.map((i) => WRONG[i]),
    )
    for (const i of some) all.say(scope, wrong[i])
  }
  await teach('evil@d9.example', [0, 1, 2])
  await teach('worse@d9.example', [2, 3])
  await teach('other@d8.example', [0, 4])
  agree()
  await model.train(lessons)
  for (const one of samples) all.train(one)
  agree()
  await teach('evil@d9.example', [5, 6])
  agree()
})

for (const [state, taught, ceiling] of [
  ['nobody else has taught', 0, CEILING.alone],
  ['the super-admin has taught', TAUGHT, CEILING.beside],
] as const)
  test(`where ${state}: wrong lessons move nobody further than their voices at the ceiling`, () => {
    const all = town(taught)
    const before = logits(all)
    for (const one of wrong) all.say('evil@d9.example', one)
    const one = nearest(before, logits(all), 1, ceiling)
    expect(one).toBeLessThanOrEqual(1)
    // They are heard: a bound that nothing comes near would say nothing.
    expect(one).toBeGreaterThan(0.3)
    // Many of one domain are what three are, and one more of another is one more.
    for (const who of ['b', 'c', 'd', 'e', 'f', 'g'])
      for (const lesson of wrong.slice(0, 40)) all.say(`${who}@d9.example`, lesson)
    expect(nearest(before, logits(all), 3, ceiling)).toBeLessThanOrEqual(1)
    expect(nearest(before, logits(all), 1, ceiling)).toBeGreaterThan(one)
  })

for (const [state, taught] of [
  ['nobody else has taught', 0],
  ['the super-admin has taught', TAUGHT],
] as const)
  test(`where ${state}: a hundred near-copies move nobody further than the first did`, () => {
    const all = town(taught)
    for (const one of samples.slice(100, 110)) all.say('honest@d1.example', one)
    const [ham, spam] = [THEIRS[0], SPAM[0]]
    for (const [raw, label] of [
      [ham, 'spam'],
      [spam, 'ham'],
    ] as const) {
      const near = copies(raw, label)
      const say = (i: number): void => all.say(`evil@${label}.example`, near[i])
      const before = logits(all)
      say(0)
      const first = logits(all)
      expect(Math.max(...moved(before, first))).toBeGreaterThan(0)
      for (let i = 1; i < 100; i++) say(i)
      expect(logits(all)).toEqual(first)
    }
  })

test('fifty people who teach bring a newcomer most of what one model that learns all of it has', () => {
  const mail = [...samples, ...THEIRS.map((raw) => sample(raw, 'ham'))]
  const found = crowd(mail, (i) => (i * 31) % 50)
  expect(found.newcomer).toBeLessThan(3 * found.single)
})

test('a new installation holds nothing by what people of less than ten scopes a kind say', async () => {
  const lazaret = rig()
  for (let i = 0; i < 9; i++) {
    await say(lazaret, `evil@d${i}.example`, 'spam', WRONG.slice(0, 2))
    await say(lazaret, `evil@d${i}.example`, 'ham', SPAM.slice(0, 2))
  }
  const { model } = lazaret.quarantine.as(ROOT)
  const verdicts = [...THEIRS, ...SPAM].map((raw) => model.score(raw).verdict.class)
  expect(verdicts).not.toContain('spam')
})
