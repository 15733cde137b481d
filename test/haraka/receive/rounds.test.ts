// Senders of large pieces take turns: how many are worked on in a round of the event loop.
import { expect, test } from 'vitest'
import { Rounds } from '../../../plugin/haraka/receive/rounds.ts'

/** A socket that always has a piece to be read, as long as it is not paused. */
class Sender {
  paused = false
  pieces = 0
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
}

const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('of many who send what is much work one is served in a round, each in its turn', async () => {
  const rounds = new Rounds()
  const senders = Array.from({ length: 16 }, () => new Sender())
  const read = (): number => {
    let served = 0
    for (const one of senders)
      if (!one.paused) {
        one.pieces++
        served++
        rounds.took(one, 10)
      }
    return served
  }
  // The first piece of each tells what it sends.
  expect(read()).toBe(16)
  const counts: number[] = []
  for (let n = 0; n < 160; n++) {
    await round()
    counts.push(read())
  }
  expect(Math.max(...counts)).toBe(1)
  const pieces = senders.map((one) => one.pieces)
  expect(Math.max(...pieces) - Math.min(...pieces)).toBeLessThanOrEqual(2)
})

test('what is little work waits for nobody; who has left is not read for', async () => {
  const rounds = new Rounds()
  const [quick, slow, gone] = [new Sender(), new Sender(), new Sender()]
  for (let n = 0; n < 40; n++) rounds.took(quick, 0.1)
  expect(quick.paused).toBe(false)
  await round()
  rounds.took(gone, 1)
  rounds.took(slow, 10)
  expect([slow.paused, gone.paused]).toEqual([true, true])
  rounds.leave(gone)
  await round()
  await round()
  expect([slow.paused, gone.paused]).toEqual([false, true])
  // Calm: nobody is remembered.
  await round()
  expect(rounds.has(slow)).toBe(false)
})
