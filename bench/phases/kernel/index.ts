// Phase kernel: what it costs to score and to learn a message.
import { benchKernel, type Cost, type KernelSample } from './measure.ts'
import { assumedLabel } from '../../harness/mail.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'

export const kernel: Phase = {
  name: 'kernel',
  describe: 'score and learn: us a message and ns a byte by size, by model, against the twin',
  inProcess: true,
  run: async ({ quick, mail, tell }) => {
    const result = emptyPhase('kernel')
    const samples = mail.map((one, i): KernelSample => ({
      raw: one.raw,
      label: assumedLabel(one, i),
    }))
    const used = quick ? samples.slice(0, 500) : samples
    tell(`${used.length} messages`)
    await new Promise(setImmediate)
    const bench = benchKernel(used, quick ? 3 : 7)
    const us = (name: string, { least, median }: Cost): void => {
      result.measures.push(measure(name, 'us/message', [least, median], { better: 'less' }))
    }
    us('score', bench.score)
    us('features, handed out', bench.extract)
    us('score and learn', bench.learn)
    us('lesson (the change that learning would make)', bench.lesson)
    us('applying a lesson', bench.apply)
    us('score, message in the caches', bench.warm)
    us('score by the TypeScript twin', bench.twin)
    for (const { from, to, us: cost, nsPerByte, messages } of bench.sizes) {
      const range = `${kib(from)} to ${kib(to)} KiB (${messages} messages)`
      result.measures.push(
        measure(`score of ${range}`, 'us/message', [cost], { better: 'less' }),
        measure(`score of ${range}, a byte`, 'ns/B', [nsPerByte], { better: 'less' }),
      )
    }
    for (const { bits, us: cost } of bench.models)
      result.measures.push(
        measure(`score, model of 2^${bits} slots`, 'us/message', [cost], { better: 'less' }),
      )
    const size = { better: 'less', bound: 'none' } as const
    result.measures.push(
      measure('snapshot of the model', 'KiB', [bench.snapshotBytes / 1024], size),
      measure('a lesson', 'octets', [bench.lessonBytes], size),
    )
    result.ratios['learn / score'] = bench.ratios.learn
    result.ratios['twin / kernel'] = bench.ratios.twin
    result.ratios['warm / cold'] = bench.ratios.warm
    result.plots.push({
      title: 'Cost of a score by size',
      x: { label: 'KiB', log: true },
      y: { label: 'us a message', log: true },
      series: [
        {
          name: 'kernel',
          points: bench.sizes
            .filter(({ to }) => Number.isFinite(to))
            .map(({ to, us: cost }) => [to / 1024, cost]),
        },
      ],
    })
    return result
  },
}

const kib = (octets: number): string => (Number.isFinite(octets) ? String(octets / 1024) : 'more')
