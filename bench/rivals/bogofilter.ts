// bogofilter: a process for each message where it has to learn after each, bulk mode where it has not.
import { spawnSync } from 'node:child_process'
import { program } from '../harness/program.ts'
import type { Resident, Stored } from './rival.ts'

export const bogofilter: Resident = {
  name: 'bogofilter',
  missing: () => (program('bogofilter') ? null : 'bogofilter is not installed'),
  begin: async (dir) =>
    await Promise.resolve({
      score: async ({ raw }) => {
        // Whoever watches gets a turn.
        await new Promise(setImmediate)
        // `S 0.9999983171246281`: six digits make ties, and %g is cut off; exit codes 0 to 2 are verdicts.
        const said = bogo(['-t', '--terse-format=%1.1c %1.16f'], dir, raw, 2)
        return Number(said.split(' ')[1])
      },
      learn: async ({ raw, label }) => {
        bogo([label === 'spam' ? '-s' : '-n'], dir, raw, 0)
        await Promise.resolve()
      },
      close: async () => {},
    }),
  trained: async (mail, dir) => {
    for (const label of ['spam', 'ham'])
      bulk(
        [label === 'spam' ? '-s' : '-n'],
        dir,
        mail.filter((one) => one.label === label),
        0,
      )
    return await Promise.resolve({
      screen: async (some) => {
        const start = took(() => bulk(['-T'], dir, [], 2))
        return await Promise.resolve((took(() => bulk(['-T'], dir, some, 2)) - start) / some.length)
      },
      close: async () => {},
    })
  },
}

/** Bulk mode: one process reads the names of files. */
function bulk(args: string[], dir: string, mail: readonly Stored[], most: number): void {
  bogo(['-b', ...args], dir, Buffer.from(mail.map(({ file }) => `${file}\n`).join('')), most)
}

/** Microseconds. */
function took(run: () => void): number {
  const start = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - start) / 1000
}

function bogo(args: string[], dir: string, input: Buffer, most: number): string {
  const { status, stdout, stderr, error } = spawnSync('bogofilter', ['-d', dir, '-C', ...args], {
    input,
    encoding: 'latin1',
  })
  // Without any lesson there is no word list: it says so, knows nothing, and reads no message.
  if (/Can't open file 'wordlist|No such file/.test(stderr)) return 'U 0.5'
  if (error) throw error
  if (status === null || status > most)
    throw new Error(`bogofilter ended with ${status}: ${stderr}`)
  return stdout.trim()
}
