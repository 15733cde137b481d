// Numbers of messages: sets, UIDs, EXISTS, RECENT and EXPUNGE (RFC 9051 §2.3.1, §6.4, §7.4, §7.5; RFC 3501).
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

let server: Running
let one: WireClient
let two: WireClient
let box = 0
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
  one = await server.logIn('root')
  two = await server.logIn('root')
})
beforeEach(async () => {
  box++
  await one.ok(`CREATE b${box}`)
  for (let i = 1; i <= 4; i++) await append(one, i)
  await one.ok(`SELECT b${box}`)
  await two.ok(`SELECT b${box}`)
})

async function append(client: WireClient, i: number): Promise<number> {
  const { tagged } = await client.append(`b${box}`, Buffer.from(`Subject: ${i}\r\n\r\n${i}\r\n`))
  return Number(/APPENDUID \d+ (\d+)/.exec(tagged)?.[1])
}
const fetched = (lines: string[]): number[] =>
  lines.flatMap((line) => (/^\* (\d+) FETCH/.exec(line) ?? []).slice(1).map(Number))
const uids = async (client: WireClient): Promise<number[]> =>
  (await client.ok('FETCH 1:* UID')).map((line) => Number(/UID (\d+)/.exec(line)?.[1]))

describe('§9 sequence-set', () => {
  test.each([
    ['2', [2]],
    ['4:2', [2, 3, 4]],
    ['*', [4]],
    ['*:3', [3, 4]],
    ['9:*', [4]],
    ['1,3,1', [1, 3]],
  ])('FETCH %s', async (set, expected) => {
    expect(fetched(await one.ok(`FETCH ${set} UID`))).toEqual(expected)
  })

  test('a number above the count is BAD to FETCH, and finds nothing in SEARCH', async () => {
    expect((await one.command('FETCH 5 UID')).tagged).toMatch(/^BAD /)
    expect((await one.command('STORE 3:5 +FLAGS (\\Seen)')).tagged).toMatch(/^BAD /)
    expect(await one.ok('SEARCH 5')).toEqual(['* SEARCH'])
    expect(await one.ok('SEARCH 3:9')).toEqual(['* SEARCH 3 4'])
    const [answer] = await one.ok('SEARCH RETURN (MIN COUNT) 1000')
    expect(answer).toMatch(/^\* ESEARCH \(TAG "a\d+"\) COUNT 0$/)
  })

  test('§6.4.9: a UID that is not there is no error, and * is the last one', async () => {
    const all = await uids(one)
    expect(await one.ok(`UID FETCH ${all[3] + 1} FLAGS`)).toEqual([])
    expect(await one.ok(`UID FETCH ${all[3] + 100}:* UID`)).toEqual([`* 4 FETCH (UID ${all[3]})`])
    expect(await one.ok(`UID STORE ${all[3] + 100} +FLAGS (\\Seen)`)).toEqual([])
    const { tagged } = await one.command(`UID COPY ${all[3] + 100} b${box}`)
    expect(tagged).toMatch(/^OK /)
  })
})

describe('§2.3.1.1 unique identifiers', () => {
  test('ascend, are at least UIDNEXT when new, and are never used again', async () => {
    const all = await uids(one)
    expect(all.toSorted((a, b) => a - b)).toEqual(all)
    const [status] = await one.ok(`STATUS b${box} (UIDNEXT)`)
    const next = Number(/UIDNEXT (\d+)/.exec(status)?.[1])
    expect(next).toBeGreaterThan(all[3])
    await one.ok('STORE 4 +FLAGS (\\Deleted)')
    await one.ok('EXPUNGE')
    // it changes with a new message only
    expect(await one.ok(`STATUS b${box} (UIDNEXT)`)).toContain(status)
    expect(await append(one, 5)).toBeGreaterThanOrEqual(next)
  })
})

describe('§7.5.1 EXPUNGE', () => {
  test('is not told while numbers are in use, and then once', async () => {
    const all = await uids(one)
    await two.ok('STORE 1,3 +FLAGS.SILENT (\\Deleted)')
    await two.ok('EXPUNGE')
    const asked = [
      'FETCH 2 UID',
      'SEARCH UID 1:*',
      'STORE 4 +FLAGS (\\Flagged)',
      'SORT (SIZE) UTF-8 1:*',
    ]
    for (const command of asked)
      expect((await one.ok(command)).filter((line) => line.endsWith('EXPUNGE'))).toEqual([])
    expect(await one.ok('FETCH 2 UID')).toEqual([`* 2 FETCH (UID ${all[1]})`])
    const told = (await one.ok('NOOP')).filter((line) => line.endsWith('EXPUNGE'))
    expect(told).toEqual(['* 3 EXPUNGE', '* 1 EXPUNGE'])
    expect(await uids(one)).toEqual([all[1], all[3]])
    expect(await one.ok('CHECK')).toEqual([])
  })

  test('§6.4.3: EXPUNGE tells numbers that hold one after the other', async () => {
    const all = await uids(one)
    await one.ok('STORE 1:3 +FLAGS.SILENT (\\Deleted)')
    const left = [...all]
    for (const line of await one.ok('EXPUNGE')) {
      const number = Number(/^\* (\d+) EXPUNGE$/.exec(line)?.[1])
      left.splice(number - 1, 1)
    }
    expect(left).toEqual([all[3]])
  })

  test('§6.4.8: MOVE tells COPYUID first, and what has left', async () => {
    const all = await uids(one)
    await one.ok(`CREATE to${box}`)
    const { untagged, tagged } = await one.command(`MOVE 2:3 to${box}`)
    expect(untagged[0]).toMatch(
      new RegExp(`^\\* OK \\[COPYUID \\d+ ${all[1]}:${all[2]} [\\d:,]+\\]`),
    )
    expect(untagged.slice(1).toSorted()).toEqual(['* 2 EXPUNGE', '* 3 EXPUNGE'])
    expect(tagged).toMatch(/^OK /)
  })
})

describe('RFC 3501 §7.3.2 RECENT', () => {
  test('is of the session that was first, told by SELECT and STATUS', async () => {
    await one.ok('UNSELECT')
    await two.ok('UNSELECT')
    await append(one, 5)
    expect(await one.ok(`STATUS b${box} (RECENT)`)).toEqual([`* STATUS b${box} (RECENT 1)`])
    expect(await one.ok(`EXAMINE b${box}`)).toContain('* 1 RECENT') // which takes nothing away
    await one.ok('UNSELECT')
    expect(await one.ok(`SELECT b${box}`)).toContain('* 1 RECENT')
    expect(await two.ok(`SELECT b${box}`)).toContain('* 0 RECENT')
    expect(await one.ok('SEARCH RECENT')).toEqual(['* SEARCH 5'])
    await two.command('STORE 1 +FLAGS (\\Recent)') // §2.3.2: no client can alter it
    expect(await two.ok('SEARCH RECENT')).toEqual(['* SEARCH'])
  })
})

describe('what others change', () => {
  test('§7.5: flags by FETCH, messages by EXISTS; not what the session did itself', async () => {
    await two.ok('STORE 2 +FLAGS (\\Answered)')
    await append(two, 5)
    const told = await one.ok('NOOP')
    expect(told).toContainEqual(expect.stringMatching(/^\* 2 FETCH \(FLAGS \(\\Answered/))
    expect(told).toContain('* 5 EXISTS')
    expect((await two.ok('NOOP')).filter((line) => /EXISTS|FETCH/.test(line))).toEqual([])
  })

  test('§7.3.5: a keyword is in FLAGS before it is in a FETCH', async () => {
    const lines = await two.ok('STORE 2 +FLAGS ($Fresh)')
    const flags = lines.findIndex((line) => /^\* FLAGS \(.*\$Fresh/.test(line))
    expect(flags).toBeGreaterThanOrEqual(0)
    expect(lines.findIndex((line) => line.includes('FETCH'))).toBeGreaterThan(flags)
    const others = await one.ok('NOOP')
    expect(others.findIndex((line) => /^\* FLAGS \(.*\$Fresh/.test(line))).toBe(0)
  })
})
