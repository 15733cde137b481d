// Who a process is.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { isAlive, WORKER } from '../plugin/alive.ts'

describe('a worker', () => {
  test('is alive as long as its process is, and no other one with its pid', async () => {
    expect(isAlive(WORKER)).toBe(true)
    expect(isAlive(`${process.pid}:another-start`)).toBe(false)
    expect(isAlive('')).toBe(false)
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    const start = WORKER.slice(WORKER.indexOf(':'))
    expect(isAlive(`${child.pid}${start}`)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(`${child.pid}:x`)).toBe(false)
  })
})
