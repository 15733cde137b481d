import { expect, test } from 'vitest'
import { explain } from '../../plugin/filter/explain.ts'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { LIMIT } from '../../plugin/filter/score.ts'
import { corpus, shuffled } from '../twin/corpus.ts'

const samples = shuffled(corpus(), 5).slice(0, 300)
const kernel = new Kernel()
for (const { raw, label } of samples.slice(0, 200)) kernel.learn(raw, label)

test('the traced features are those of the fast way, in its order', () => {
  for (const { raw } of samples) {
    const { traces, score } = kernel.trace(raw, ['spf=pass'])
    const features = kernel.features(raw, ['spf=pass'])
    for (const view of [0, 1, 2]) {
      const slots = traces.filter((trace) => trace.view === view).map(({ slot }) => slot)
      expect(Uint32Array.from(slots)).toEqual(features[view])
    }
    expect(score).toEqual(kernel.score(raw, ['spf=pass']))
  }
})

test('the tokens add up to the views, the views to the score', () => {
  for (const { raw } of samples) {
    const { score, views } = explain(kernel, raw, [], 0)
    const { tokens } = explain(kernel, raw, [], Infinity)
    expect(views.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(score.z, 9)
    views.forEach(({ weight, clipped }, view) => {
      const sum = tokens.filter((t) => t.view === view).reduce((all, t) => all + t.weight, 0)
      expect(clipped).toBe(Math.abs(score.views[view].m) > LIMIT / 2)
      // What all messages have is hidden, and may weigh a little.
      const rest = clipped ? 0 : Math.abs(sum - weight)
      expect(rest).toBeLessThan(1.5)
    })
  }
})

test('says what it saw', () => {
  const fresh = new Kernel()
  const raw = Buffer.from(
    'Received: from x.example\nSubject: cheap =?utf-8?Q?p=C3=ADlls?=\nX-Empty:\n' +
      'Content-Type: text/html\n\n<font>buy\x01 now</font>',
  )
  fresh.learn(raw, 'spam', ['spf=fail'])
  const { tokens } = explain(fresh, raw, ['spf=fail'], 100)
  const texts = tokens.map(({ text }) => text)
  expect(texts).toEqual(
    expect.arrayContaining([
      'subject: cheap',
      'subject: cheap pílls',
      'cheap pílls',
      'received: x',
      'empty x-empty',
      'buy now',
      '<font>',
      'spf=fail',
    ]),
  )
  expect(texts).not.toContain('has subject')
  expect(tokens.every(({ weight }) => weight > 0)).toBe(true)
  const weights = tokens.map(({ weight }) => weight)
  expect(weights).toEqual(weights.toSorted((a, b) => b - a))
})
