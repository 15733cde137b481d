// Phase cost: what it costs to screen a message, beside other filters that have learned the same messages.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assumedLabel } from '../../harness/mail.ts'
import { Kernel } from '../../../plugin/filter/kernel.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult } from '../../harness/result.ts'
import { pairedRatio } from '../../harness/stats.ts'
import { bogofilter } from '../../rivals/bogofilter.ts'
import { type Resident, type Screener, type Stored } from '../../rivals/rival.ts'
import { ways } from './layers.ts'
import { spamassassin } from '../../rivals/spamassassin.ts'

const RIVALS: readonly Resident[] = [bogofilter, spamassassin]
/** Messages that every filter has learned; messages of a round. */
const LEARNED = 2000
const ROUND = 200
/** Of layers: rounds over all messages, and messages of a turn. */
const ROUNDS = 12
const CHUNK = 100

export const cost: Phase = {
  name: 'cost',
  describe:
    'us a message to screen: the kernel, bogofilter in bulk mode, SpamAssassin Bayes, in turns',
  inProcess: true,
  run: async ({ quick, dir, mail, build, tell }) => {
    const result = emptyPhase('cost')
    const folder = join(dir, 'mail')
    mkdirSync(folder)
    const stored = mail.slice(0, quick ? LEARNED / 4 : LEARNED).map((one, i): Stored => {
      const { raw } = one
      const file = join(folder, String(i))
      writeFileSync(file, raw)
      return { raw, file, label: assumedLabel(one, i) }
    })
    const kernel = new Kernel()
    for (const { raw, label } of stored) kernel.learn(raw, label)
    const screeners: { name: string; screener: Screener; us: number[] }[] = [
      { name: 'Lazaret: screen', screener: own(kernel, false, stored), us: [] },
      { name: 'Lazaret: screen and learn', screener: own(new Kernel(), true, stored), us: [] },
    ]
    for (const rival of RIVALS) {
      const missing = rival.missing()
      if (missing) {
        result.skipped.push(missing)
        continue
      }
      tell(`${rival.name} learns ${stored.length} messages`)
      const work = join(dir, rival.name.replaceAll(' ', '-'))
      mkdirSync(work)
      screeners.push({ name: rival.name, screener: await rival.trained(stored, work), us: [] })
    }
    tell('screening, in turns')
    for (let from = ROUND; from < stored.length; from += ROUND)
      for (const { screener, us } of screeners)
        us.push(await screener.screen(stored.slice(from, from + ROUND)))
    for (const { screener } of screeners) await screener.close()
    for (const { name, us } of screeners)
      result.measures.push(measure(name, 'us/message', us, { better: 'less' }))
    await inTurns(stored, build, result)
    const [base] = screeners
    for (const { name, us } of screeners.slice(1))
      result.ratios[`${name} / ${base.name}`] = pairedRatio(us, base.us)
    return result
  },
}

/** Layers, each a moment after the other: half a second of a neighbour's work falls on all of them. */
async function inTurns(
  mail: readonly Stored[],
  build: string | undefined,
  { measures, ratios }: PhaseResult,
): Promise<void> {
  const all = ways(mail, build).map((way) => ({ ...way, us: [] as number[] }))
  for (let round = 0; round < ROUNDS; round++)
    for (let from = 0; from + CHUNK <= mail.length; from += CHUNK) {
      const turned = round % 2 ? all : all.toReversed()
      for (const { screen, us } of turned) {
        const start = process.hrtime.bigint()
        for (const { raw } of mail.slice(from, from + CHUNK)) screen(raw)
        us.push(Number(process.hrtime.bigint() - start) / 1000 / CHUNK)
      }
      await new Promise(setImmediate)
    }
  const [base] = all
  for (const { name, us } of all) {
    measures.push(measure(`screen, ${name}`, 'us/message', us, { better: 'less' }))
    if (name !== base.name) ratios[`${name} / ${base.name}`] = pairedRatio(us, base.us)
  }
}

/**
 * The kernel; learning, it begins knowing nothing, as in protocol P1. Others warm up at the start of a
 * process, which does not count; the kernel does so with the first messages, whose cost does not count.
 */
function own(kernel: Kernel, learning: boolean, first: readonly Stored[]): Screener {
  const pass = (mail: readonly Stored[]): void => {
    for (const { raw, label } of mail) {
      if (learning) kernel.learn(raw, label)
      else kernel.score(raw)
    }
  }
  return {
    screen: async (mail) => {
      pass(first.slice(0, ROUND))
      const start = process.hrtime.bigint()
      pass(mail)
      return await Promise.resolve(Number(process.hrtime.bigint() - start) / 1000 / mail.length)
    },
    close: async () => {},
  }
}
