// The files of Haraka's outbound queue.
import { renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  isMarked,
  mark,
  queuedReleases,
  unmark,
} from '../../../plugin/haraka/release/queue-files.ts'
import type { HMail } from '../../../plugin/haraka/types.ts'
import { tempDir } from '../../tmp.ts'

describe('files of the queue', () => {
  const note = {
    item: 7,
    token: 't',
    recipient: 'a@b.example',
    nextHop: null,
    once: true,
    outgoing: false,
  }
  const write = (dir: string, name: string, notes: unknown): string => {
    const todo = Buffer.from(`\n${JSON.stringify({ notes })}\n`)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(todo.length)
    writeFileSync(join(dir, name), Buffer.concat([head, todo, Buffer.from('Subject: x\r\n')]))
    return join(dir, name)
  }

  test('releases are told from other mail, temporary and broken files', async () => {
    const dir = tempDir()
    write(dir, '1_1_0_99_abc_1_host', { lazaret: note })
    write(dir, '1_1_0_99_abd_2_host', { other: true })
    write(dir, '__tmp__.1_1_0_99_abe_3_host', { lazaret: note })
    writeFileSync(join(dir, '1_1_0_99_abf_4_host'), 'broken')
    writeFileSync(join(dir, '1_1_0_99_abg_5_host'), Buffer.from([0, 0, 0, 2, 1, 2]))
    expect(await queuedReleases(dir)).toEqual(new Map([['1_1_0_99_abc_1_host', note]]))
    expect(await queuedReleases(join(dir, 'missing'))).toEqual(new Map())
  })

  test('a queue that never rests is read to an end, and nothing in it is missed', async () => {
    const dir = tempDir()
    const names = new Map<number, string>()
    const nameOf = (n: number, next: number): string => `${n}_${next}_0_99_u${n}_1_host`
    for (let n = 0; n < 500; n++) {
      names.set(n, nameOf(n, 0))
      write(dir, nameOf(n, 0), { lazaret: { ...note, item: n } })
    }
    let busy = true
    const renaming = (async () => {
      for (let next = 1; busy; next++) {
        const n = (next * 37) % 500
        renameSync(join(dir, names.get(n) as string), join(dir, nameOf(n, next)))
        names.set(n, nameOf(n, next))
        await wait(5) // some hundred a second, far more than Haraka's
      }
    })()
    const found = await queuedReleases(dir)
    busy = false
    await renaming
    expect([...found.values()].map(({ item }) => item).sort((a, b) => a - b)).toEqual([
      ...names.keys(),
    ])
  })

  test('a mark is part of the name, stays where Haraka renames it, and goes with the next attempt', async () => {
    const dir = tempDir()
    const path = write(dir, '1_1_0_99_abc_1_host', { lazaret: note })
    const hmail = { path, filename: basename(path) } as HMail
    expect(isMarked(hmail)).toBe(false)
    await mark(hmail)
    await mark(hmail)
    expect(isMarked(hmail)).toBe(true)
    expect([...(await queuedReleases(dir)).keys()]).toEqual([hmail.filename])
    // As Haraka does after a restart: another pid, the unique part kept.
    const moved = hmail.filename.replace('_99_', '_100_')
    renameSync(hmail.path, join(dir, moved))
    expect(isMarked({ filename: moved } as HMail)).toBe(true)
    unmark(hmail)
    expect(hmail.filename).toBe('1_1_0_99_abc_1_host')
  })
})
