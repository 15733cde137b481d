// The process that `lazaret bench` starts: one Request comes in by IPC, Replies go out.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { calibrate, noiseWarnings } from '../harness/calibrate.ts'
import { readCorpus } from '../harness/corpus.ts'
import { machine } from '../harness/machine.ts'
import { harakaHome } from '../gateway/home.ts'
import { advise } from './advice.ts'
import { gatewayFigures } from './gateway.ts'
import { figuresOf } from './measure.ts'
import type { Outcome, Reply, Request } from './messages.ts'

/** Messages that are measured with: as many as five minutes need. */
const MAIL = 3000

export async function answer(request: Request, tell: (reply: Reply) => void): Promise<Outcome> {
  const { disk, quick, settings, quarantine, heldShare, harakaDir } = request
  const dir = mkdtempSync(join(disk, 'lazaret-bench-'))
  const step = (what: string, done: number): void => tell({ type: 'step', what, done })
  try {
    step('reading mail', 0)
    const here = machine(dir)
    const { name, mail } = await readCorpus(request.corpus, quick ? 500 : MAIL)
    const before = calibrate(dir)
    const haraka = harakaHome(harakaDir)
    const figures = await figuresOf(
      {
        dir,
        mail,
        settings,
        quarantine,
        quick,
        gateway: haraka
          ? async (progress) => await gatewayFigures({ dir, mail, quick, haraka, progress })
          : null,
      },
      step,
    )
    return {
      figures,
      advice: advise(figures, heldShare),
      warnings: noiseWarnings(before, calibrate(dir), here),
      corpus: `${name}, ${mail.length} messages`,
      skipped: haraka ? [] : ['the gateway: no Haraka was found beside this package or in PATH'],
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

if (require.main === module) {
  const tell = (reply: Reply): void => void process.send?.(reply)
  process.once('message', (request: Request) => {
    answer(request, tell)
      .then((outcome) => tell({ type: 'done', outcome }))
      .catch((error: unknown) => {
        const { stack, message } = error as Error
        tell({ type: 'failed', message: stack ?? message })
        process.exitCode = 1
      })
      .finally(() => process.disconnect())
  })
}
