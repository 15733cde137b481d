// Scores of people with layers of their own, as the quarantine has them, beside the layers in plain TypeScript: bit by bit.
import { expect, test } from 'vitest'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { TwinLayers } from '../../twin/layers.ts'
import { corpus, DOMAIN, folder, OTHER, rig, ROOT, USER } from '../rig.ts'

const HAM = [...corpus('easy-ham-1', 30, 500), ...corpus('hard-ham-1', 10)]
const SPAM = corpus('spam-2', 40, 500)
const address = (scope: string): Login => ({ account: scope, tier: 'address', scope })
const PEOPLE = [USER, address('two@example.com'), OTHER, DOMAIN]
/** Nobody of them has taught. */
const NEW = [address('new@example.com'), address('new@elsewhere.example')]

async function say(lazaret: Lazaret, login: Login, label: Label, raw: Buffer): Promise<void> {
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', login)
  const one = { raw, flags: { system: 0, keywords: [] }, date: null }
  await lazaret.quarantine.as(login).messages.append(to, [one])
}

function scores(lazaret: Lazaret, raw: Buffer): number[] {
  return [...PEOPLE, ...NEW].map((login) => {
    const recipient = login.tier === 'address' ? login.scope : null
    const question = { recipient, sender: '', proofs: 'all' as const, signals: [], tokens: 1 }
    return lazaret.quarantine.as(login).model.examine(raw, question).explanation.score.z
  })
}

test('the quarantine agrees with the twin of its layers on every score, while all of them learn', async () => {
  const lazaret = rig()
  const twin = new TwinLayers()
  const { model } = lazaret.quarantine.as(ROOT)
  const agree = (raw: Buffer): void => {
    const views = twin.features(raw)
    const expected = [...PEOPLE, ...NEW].map(({ scope }) => twin.judge(views, scope).z)
    expect(scores(lazaret, raw)).toEqual(expected)
    expect(model.score(raw).score.z).toBe(twin.judge(views, '').z)
  }
  const back: (() => void)[] = []
  for (let i = 0; i < 36; i++) {
    const [label, raw] = i % 2 ? (['spam', SPAM[i]] as const) : (['ham', HAM[i]] as const)
    const views = twin.features(raw)
    if (i % 3 === 0) {
      await model.train([{ raw, label }])
      twin.train(views, label)
    } else {
      // Every fifth says the opposite, and some say the same of one message.
      const who = PEOPLE[i % PEOPLE.length]
      const said = i % 5 === 0 ? (label === 'ham' ? 'spam' : 'ham') : label
      await say(lazaret, who, said, raw)
      const undo = twin.teach(views, said, who.scope)
      if (who === USER) back.push(undo)
      if (i % 4 === 1) {
        await say(lazaret, PEOPLE[(i + 1) % 4], said, raw)
        const other = twin.teach(views, said, PEOPLE[(i + 1) % 4].scope)
        if (PEOPLE[(i + 1) % 4] === USER) back.push(other)
      }
    }
    if (i % 6 === 5) agree(i % 4 ? HAM[39 - (i % 9)] : SPAM[39 - (i % 9)])
  }
  expect(back.length).toBeGreaterThan(4)
  expect(await lazaret.quarantine.as(ROOT).lessons.forget(USER.scope)).toBe(back.length)
  for (const undo of back) undo()
  for (const raw of [HAM[35], SPAM[36], HAM[2]]) agree(raw)
})
