// What wrong lessons of people can do to the mail of others: bounds that follow from the ceiling of a voice (docs/kernel.md
// "Neighbours"), on the real quarantine. `npm run bench -- poisoning` says what they come to in mail held.
import { expect, test } from 'vitest'
import { Town } from '../../../bench/phases/young/town.ts'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { corpus, folder, rig, ROOT } from '../rig.ts'

/** The most that a person shifts a slot, in logits, before many have taught. */
const CEILING = 34 / 1024
/** Parts of the views in the sum (docs/classifier.md). */
const SHARES = [0.5, 0.5, 0.6]

const ADMIN = [corpus('easy-ham-1', 60), corpus('spam-1', 60, 60)]
const WRONG = [...corpus('easy-ham-2', 70), ...corpus('hard-ham-1', 30)]
const THEIRS = [...corpus('easy-ham-2', 30, 300), ...corpus('easy-ham-1', 30, 500)]
const SPAM = corpus('spam-2', 40, 200)
const OTHERS = [...THEIRS, ...SPAM]

const lessons = ADMIN[0].flatMap((raw, i) => [
  { raw, label: 'ham' as const },
  { raw: ADMIN[1][i], label: 'spam' as const },
])
const login = (scope: string): Login => ({ account: scope, tier: 'address', scope })

async function say(lazaret: Lazaret, scope: string, label: Label, all: Buffer[]): Promise<void> {
  const by = login(scope)
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', by)
  const flags = { system: 0, keywords: [] }
  const some = all.map((raw) => ({ raw, flags, date: null }))
  await lazaret.quarantine.as(by).messages.append(to, some)
}

/** To somebody whose domain taught nothing. */
const scored = (lazaret: Lazaret, all = OTHERS) =>
  all.map((raw) => lazaret.quarantine.as(ROOT).model.score(raw))
const { kernel } = rig().filter
const features = OTHERS.map((raw) => kernel.features(raw))
const sample = (raw: Buffer, label: Label) => ({ features: kernel.features(raw), label })

/** The same in memory, which is faster and forgets. */
function town(): Town {
  const all = new Town()
  for (const { raw, label } of lessons) all.train(sample(raw, label))
  return all
}
const logits = (all: Town): number[] => features.map((one) => all.z(one))
const moved = (before: number[], after: number[]): number[] =>
  before.map((z, i) => Math.abs(after[i] - z))
/** How far voices at their ceilings can move a message. */
const bound = (voices: number): number[] =>
  features.map((views) =>
    views.reduce((sum, { length }, i) => sum + SHARES[i] * voices * CEILING * Math.sqrt(length), 0),
  )
/** The part of its bound that the message has moved which came the nearest to it. */
const nearest = (before: number[], after: number[], voices: number): number =>
  Math.max(...moved(before, after).map((by, i) => by / bound(voices)[i]))

test('wrong lessons of a login, of three, of a whole domain: never further than their voices at the ceiling', async () => {
  const lazaret = rig()
  await lazaret.quarantine.as(ROOT).model.train(lessons)
  const all = town()
  const before = logits(all)
  await say(lazaret, 'evil@d9.example', 'spam', WRONG.slice(0, 40))
  for (const raw of WRONG.slice(0, 40)) all.say('evil@d9.example', sample(raw, 'spam'))
  // What is measured in memory is what the quarantine does.
  expect(logits(all)).toEqual(scored(lazaret).map(({ score }) => score.z))
  for (const raw of WRONG.slice(40)) all.say('evil@d9.example', sample(raw, 'spam'))
  const one = nearest(before, logits(all), 1)
  expect(one).toBeLessThanOrEqual(1)
  // They are heard: a bound that nothing comes near would say nothing.
  expect(one).toBeGreaterThan(0.3)
  // Many of one domain are what three are, and one more of another is one more.
  for (const who of ['b', 'c', 'd', 'e', 'f', 'g'])
    for (const raw of WRONG.slice(0, 40)) all.say(`${who}@d9.example`, sample(raw, 'spam'))
  expect(nearest(before, logits(all), 3)).toBeLessThanOrEqual(1)
  expect(nearest(before, logits(all), 1)).toBeGreaterThan(1)
})

test('the hundredth near-copy moves nobody further than the first', () => {
  const all = town()
  const say = (i: number): void =>
    all.say(
      'evil@d9.example',
      sample(Buffer.concat([THEIRS[0], Buffer.from(`\r\ncopy${i * 7919}\r\n`)]), 'spam'),
    )
  const seen = [logits(all)]
  for (let i = 0; i < 100; i++) {
    say(i)
    if (i === 0 || i > 97) seen.push(logits(all))
  }
  const [before, first, last, hundred] = seen
  const most = Math.max(...moved(before, first))
  expect(most).toBeGreaterThan(0)
  expect(Math.max(...moved(last, hundred))).toBeLessThan(most / 10)
  expect(nearest(before, hundred, 1)).toBeLessThanOrEqual(1)
})

test('a new installation holds nothing by what people of less than ten scopes a kind say', async () => {
  const lazaret = rig()
  for (let i = 0; i < 9; i++) {
    await say(lazaret, `evil@d${i}.example`, 'spam', WRONG.slice(0, 6))
    await say(lazaret, `evil@d${i}.example`, 'ham', SPAM.slice(0, 6))
  }
  expect(scored(lazaret).filter(({ verdict }) => verdict.class === 'spam')).toEqual([])
})
