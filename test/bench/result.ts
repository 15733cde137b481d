// Results as a run leaves them, for tests that need no run.
import {
  emptyPhase,
  measure,
  SCHEMA,
  type Measure,
  type Result,
} from '../../bench/harness/result.ts'

export function result(measures: Measure[], over: Partial<Result> = {}): Result {
  const calibration = { hash: 500, fsync: 1000 }
  return {
    schema: SCHEMA,
    at: '2026-01-02T03:04:05.000Z',
    commit: '0123456789ab',
    machine: {
      cpu: 'A processor',
      cores: 2,
      memoryGiB: 8,
      system: 'Linux 6',
      load: 0,
      disk: 'ext4 on /dev/vda (10 GiB free)',
    },
    versions: { lazaret: '0.1.0', node: '20.20.0' },
    quick: false,
    corpus: 'some mail, 100 messages',
    calibration: { before: calibration, after: calibration },
    warnings: [],
    ratios: {},
    phases: [{ ...emptyPhase('gateway'), measures }],
    seconds: 1,
    ...over,
  }
}

/** Rates around `rate`, a few percent apart. */
export function rates(rate: number): Measure {
  return measure(
    'messages',
    '1/s',
    [0.98, 0.99, 1, 1.01, 1.02, 1].map((f) => f * rate),
  )
}
