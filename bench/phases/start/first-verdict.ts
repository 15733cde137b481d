// A process from its start to its first verdict, alone: opens the data folder, scores a message, tells.
// `node dist/bench/phases/start/first-verdict.js DIR MESSAGE`; without arguments it only says when Node had started.
import { readFileSync } from 'node:fs'
import { memory } from '../../harness/proc.ts'

async function main([dir, file]: string[]): Promise<void> {
  const start = performance.now()
  const before = memory([process.pid])
  if (dir !== undefined) {
    const { CLI, open } = await import('../../../plugin/open.ts')
    const { readConfig } = await import('../../../plugin/config.ts')
    const lazaret = open(readConfig({}), dir)
    const examined = lazaret.quarantine.as(CLI).model.examine(readFileSync(file), {
      recipient: null,
      sender: '',
      proofs: { dkim: [], spf: null, checked: false },
      signals: [],
      tokens: 0,
    })
    if (examined.explanation.score.views.every(({ n }) => n === 0)) throw new Error('no features')
    report(start, before)
    await lazaret.close()
  } else report(start, before)
}

/** ms since the process began (until main; until now), anonymous MiB before and after. */
function report(start: number, before: ReturnType<typeof memory>): void {
  const after = memory([process.pid])
  const mib = [before?.anonymousMiB ?? 0, after?.anonymousMiB ?? 0]
  process.stdout.write(`${JSON.stringify({ node: start, verdict: performance.now(), mib })}\n`)
}

void main(process.argv.slice(2))
