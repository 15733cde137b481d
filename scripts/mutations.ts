// `node dist/scripts/mutations.js [messages] [seed]`: kernel against twin on mutated messages, the long run of what
// test/filter/hostile.test.ts does with a few: features and every bit of the score. A hundred thousand take minutes.
import { readFileSync, writeFileSync } from 'node:fs'
import { corpus } from '../demo/corpus.ts'
import { Kernel } from '../plugin/filter/kernel.ts'
import { FORMS, write } from '../test/twin/forms/index.ts'
import { difference } from '../test/twin/compare.ts'
import { hostile } from '../test/twin/hostile.ts'
import { Twin } from '../test/twin/twin.ts'

const count = Number(process.argv[2] ?? 100_000)
const first = Number(process.argv[3] ?? 1)
const kernel = new Kernel()
const twin = new Twin()
const samples = corpus().learn.map(({ file, label }) => ({ raw: readFileSync(file), label }))
const starts = samples.filter(({ raw }) => raw.length < 20_000).map(({ raw }) => raw)
const forms = FORMS.map(({ change }) =>
  write(Buffer.from('<html><p>Buy it now</p></html>'), change),
)
samples.forEach(({ raw, label }, i) => {
  if (i % 30 !== 0) return
  kernel.learn(raw, label)
  twin.learn(twin.features(raw), label)
})

let wrong = 0
for (let i = 0; i < count; i++) {
  const seed = first + i
  // By turns: a message, a form of a message, pieces alone.
  const from = i % 4 === 3 ? undefined : i % 4 === 2 ? forms : starts
  const raw = hostile(seed, from?.[Math.floor(i / 4) % from.length])
  const found = difference(kernel, twin, raw)
  if (found === undefined) continue
  wrong++
  writeFileSync(`/tmp/mutation-${seed}.eml`, raw)
  console.log(`seed ${seed}: ${found}; kept as /tmp/mutation-${seed}.eml`)
}
console.log(`${count} mutated messages from seed ${first} on: ${wrong} differ`)
process.exitCode = wrong === 0 ? 0 : 1
