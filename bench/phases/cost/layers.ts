// What it costs to screen a message with the layers of its recipient, beside one layer, and beside another build's one layer.
import { join, resolve } from 'node:path'
import { BITS, Kernel } from '../../../plugin/filter/kernel.ts'
import { addressWeights, tableOf } from '../../../plugin/filter/layers/table.ts'
import { CEILING } from '../../../plugin/layers/ceiling.ts'
import type { Stored } from '../../rivals/rival.ts'
import { addressOf } from '../young/crowd.ts'
import { Town } from '../young/town.ts'

/** Lessons of a domain, and of an address; messages of fifty addresses more, of which others hear. */
const OF_DOMAIN = 1000
const OF_ADDRESS = 20
const OF_PEOPLE = 500
/** Octets: all that a process has for layers. */
const ROOM = 24 * 1024 * 1024

export interface Way {
  name: string
  screen: (raw: Uint8Array) => void
}

/** `build`: folder of another build. The first is what the others are compared with. */
export function ways(mail: readonly Stored[], build?: string): Way[] {
  const one = new Kernel()
  for (const { raw, label } of mail) one.learn(raw, label)
  const samples = mail.map(({ raw, label }) => ({ label, features: one.features(raw) }))
  const layered = (people: number): { town: Town; kernel: Kernel } => {
    const town = new Town(ROOM)
    for (const sample of samples) town.train(sample)
    for (const [i, sample] of samples.slice(0, people).entries())
      town.say(addressOf(i % 50), sample)
    return { town, kernel: town.kernel }
  }
  const { town, kernel } = layered(OF_PEOPLE)
  for (let i = 0; i < OF_DOMAIN; i++) town.say('all@a.example', samples[(i * 7) % samples.length])
  for (let i = 0; i < OF_ADDRESS; i++) town.say('one@b.example', samples[(i * 11) % samples.length])
  const table = (scope: string): number =>
    kernel.layers.put(scope, tableOf(addressWeights(town.layer(scope), CEILING.beside), BITS))
  const domain = table('all@a.example')
  const address = table('one@b.example')
  const all: Way[] = [
    { name: 'one layer', screen: (raw) => void one.score(raw) },
    { name: 'everybody’s, with what people say', screen: (raw) => void kernel.score(raw) },
    {
      name: `three layers: and a domain with ${OF_DOMAIN} lessons, an address with ${OF_ADDRESS}`,
      screen: (raw) => void kernel.scoreFor(raw, [], domain, address),
    },
  ]
  if (build !== undefined) {
    const file = join(resolve(build), 'dist/plugin/filter/kernel.js')
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { Kernel: Other } = require(file) as { Kernel: typeof Kernel }
    const other = new Other()
    for (const { raw, label } of mail) other.learn(raw, label)
    all.push({ name: `one layer of ${build}`, screen: (raw) => void other.score(raw) })
  }
  return all
}
