// From figures to advice.
import { describe, expect, test } from 'vitest'
import { advise, rateAt } from '../../bench/admin/advice.ts'
import type { Figures } from '../../plugin/cli/measured.ts'

const FIGURES: Figures = {
  cores: 4,
  memoryMiB: 8192,
  diskFree: 100 * 2 ** 30,
  openFiles: 65_536,
  fsync: { rate: 2000, ms: 0.5 },
  scoring: 25,
  store: { flushed: 1500, unflushed: 9000, overhead: 1.9 },
  imap: { kibPerConnection: 120 },
  gateway: {
    one: [
      { held: 0, rate: 1900 },
      { held: 0.1, rate: 1800 },
      { held: 0.5, rate: 1400 },
      { held: 0.9, rate: 1000 },
    ],
    alone: 2200,
    two: [
      { held: 0, rate: 3500 },
      { held: 0.5, rate: 2500 },
    ],
    memoryMiB: 120,
  },
  quarantine: { items: 1000, perDay: 10_000, size: 20_000 },
  settings: { mapSizeGb: 1024, maxConnections: 2000, retentionDays: 28 },
}

function about(topic: string, over: Partial<Figures> = {}, held = 0.5): string {
  const found = advise({ ...FIGURES, ...over }, held).filter((one) => one.topic === topic)
  expect(found).toHaveLength(1)
  return `${found[0].advice} ${found[0].because}`
}

test('every advice has the figure behind it', () => {
  const all = advise(FIGURES, 0.5)
  expect(all.map(({ topic }) => topic)).toEqual([
    'messages a second',
    'workers',
    'sync mode',
    'map size',
    'connection limits',
    'open files',
  ])
  for (const { because } of all) expect(because).toMatch(/\d/)
})

describe('messages a second', () => {
  test('at a measured share, between two, and beyond', () => {
    const { one } = FIGURES.gateway as NonNullable<Figures['gateway']>
    expect(rateAt(one, 0.5)).toBe(1400)
    // Halfway, in time a message.
    expect(rateAt(one, 0.3)).toBeCloseTo(2 / (1 / 1800 + 1 / 1400))
    expect(rateAt(one, 1)).toBe(1000)
    expect(rateAt(one, 0)).toBe(1900)
  })

  test('as expected by the share held', () => {
    expect(about('messages a second')).toContain('up to 1,400 a second')
    expect(about('messages a second', {}, 0.1)).toContain('up to 1,800 a second')
  })

  test('from the parts where no Haraka was found', () => {
    expect(about('messages a second', { gateway: null })).toMatch(/No Haraka.* 3,000 a second/)
  })
})

describe('workers', () => {
  test('one a core where two carry more than one', () => {
    expect(about('workers')).toContain('nodes=4')
  })

  test('no more than memory has room for', () => {
    expect(about('workers', { memoryMiB: 720 })).toContain('nodes=3')
  })

  test('one process where a second one gains little', () => {
    const gateway = { ...FIGURES.gateway!, two: [{ held: 0.5, rate: 1500 }] }
    expect(about('workers', { gateway })).toContain('nodes=0')
  })
})

describe('sync mode', () => {
  test('a slow disk is to be replaced, not lied about', () => {
    expect(about('sync mode', { fsync: { rate: 100, ms: 10 } })).toMatch(/Keep the flush.*faster/)
  })

  test('a disk too fast to be true is suspicious', () => {
    expect(about('sync mode', { fsync: { rate: 50_000, ms: 0.02 } })).toContain('power failure')
  })

  test('nothing to do otherwise', () => {
    expect(about('sync mode')).toMatch(/Nothing to do.*6 times/)
  })
})

describe('map size', () => {
  test('is raised where the retention needs more', () => {
    const settings = { ...FIGURES.settings, mapSizeGb: 5 }
    expect(about('map size', { settings })).toContain('Raise map_size_gb to 20')
  })

  test('says when the disk is too small', () => {
    expect(about('map size', { diskFree: 2 ** 30 })).toContain('disk is too small')
  })

  test('is left alone otherwise, also before anything was held', () => {
    expect(about('map size')).toContain('Nothing to do')
    expect(about('map size', { quarantine: null })).toContain('Leave map_size_gb')
  })
})

test('connections are bounded by memory', () => {
  expect(about('connection limits')).toContain('Leave imap.max_connections')
  expect(about('connection limits', { memoryMiB: 512 })).toContain('to 1000.')
})

test('open files have to be enough for the connections', () => {
  expect(about('open files')).toContain('Nothing to do')
  expect(about('open files', { openFiles: 1024 })).toContain('to 4400 ')
})
