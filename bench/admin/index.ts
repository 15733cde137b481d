// The process that `lazaret bench` starts: one Request comes in by IPC, Replies go out.
import type { Outcome, Reply, Request } from '../../plugin/cli/measured.ts'
import { calibrate, noiseWarnings } from '../harness/calibrate.ts'
import { readCorpus } from '../harness/corpus.ts'
import { machine } from '../harness/machine.ts'
import { harakaHome } from '../harness/haraka-home.ts'
import { withDir } from '../harness/work-dir.ts'
import { advise } from './advice.ts'
import { gatewayFigures } from './gateway.ts'
import { figuresOf } from './measure.ts'

/** Messages that are measured with: as many as five minutes need. */
const MAIL = 3000

type Tell = (reply: Reply) => void

export async function answer(request: Request, tell: Tell): Promise<Outcome> {
  return await withDir(request.disk, async (dir) => await answerIn(dir, request, tell))
}

async function answerIn(dir: string, request: Request, tell: Tell): Promise<Outcome> {
  const { quick, settings, quarantine, heldShare, harakaDir } = request
  const step = (what: string, done: number): void => tell({ type: 'step', what, done })
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
}

if (require.main === module) {
  const tell: Tell = (reply) => void process.send?.(reply)
  // The command is gone: nobody waits for an answer.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.once('message', (request: Request) => {
    answer(request, tell)
      .then((outcome) => tell({ type: 'done', outcome }))
      .catch((error: unknown) => {
        const { stack, message } = error as Error
        tell({ type: 'failed', message: stack ?? message })
        process.exitCode = 1
      })
      .finally(() => {
        process.removeAllListeners('disconnect')
        process.disconnect()
      })
  })
}
