// Phase start: from the start of a process to its first verdict, with a trained model in the data folder.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { assumedLabel } from '../../harness/mail.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'

const LEARNED = 2000
/** Messages in one transaction. */
const BATCH = 100

export const start: Phase = {
  name: 'start',
  describe:
    'ms from the start of a process to its first verdict with a trained model, and its memory',
  run: async ({ quick, dir, mail, tell }) => {
    const learned = mail.slice(0, quick ? LEARNED / 4 : LEARNED)
    tell(`learning ${learned.length} messages`)
    const data = join(dir, 'data')
    const lazaret = open(readConfig({}), data)
    const lessons = learned.map((one, i) => ({
      raw: one.raw,
      label: assumedLabel(one, i),
    }))
    for (let at = 0; at < lessons.length; at += BATCH)
      await lazaret.quarantine.as(CLI).model.train(lessons.slice(at, at + BATCH))
    await lazaret.quarantine.system.snapshotModel(true)
    await lazaret.close()
    const message = join(dir, 'message.eml')
    writeFileSync(message, mail[mail.length - 1].raw)
    const runs = Array.from({ length: quick ? 5 : 15 }, () => once(data, message))
    const result = emptyPhase('start')
    const ms = (name: string, of: (run: Run) => number): void => {
      result.measures.push(measure(name, 'ms', runs.map(of), { better: 'less' }))
    }
    ms('start to first verdict', ({ verdict }) => verdict)
    ms('of it Node itself', ({ node }) => node)
    const more = runs.map(({ mib: [before, after] }) => after - before)
    const size = { better: 'less', bound: 'none' } as const
    result.measures.push(measure('memory more than Node itself, anonymous', 'MiB', more, size))
    return result
  },
}

interface Run {
  node: number
  verdict: number
  mib: [before: number, after: number]
}

function once(data: string, message: string): Run {
  const script = join(__dirname, 'first-verdict.js')
  const said = execFileSync(process.execPath, [script, data, message], { encoding: 'utf8' })
  return JSON.parse(said) as Run
}
