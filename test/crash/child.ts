// A verb in a process of its own, which a test may kill: it opens the data directory, waits to be told, and does it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Lazaret } from '../../plugin/open.ts'
import { ensureBuilt, ROOT } from '../rig/build.ts'
import { ONE_THREAD } from './strace.ts'

export interface Child {
  readonly pid: number
  /** Does it; resolves with true when it was done, false when the process was killed. Rejects with what it said. */
  run(): Promise<boolean>
}

/** `verb` runs in the other process: it may use what it is given, and nothing from around it. */
export async function child<T>(
  dir: string,
  ini: object,
  verb: (lazaret: Lazaret, given: T) => Promise<unknown>,
  given: T,
): Promise<Child> {
  await ensureBuilt()
  const dist = join(ROOT, 'dist/plugin')
  const script = `
    const { open } = require(${JSON.stringify(join(dist, 'open.js'))})
    const { readConfig } = require(${JSON.stringify(join(dist, 'config.js'))})
    const lazaret = open(readConfig(${JSON.stringify(ini)}), ${JSON.stringify(dir)})
    process.stdin.once('data', async () => {
      await (${verb.toString()})(lazaret, ${JSON.stringify(given)})
      await lazaret.close()
      process.exit(0)
    })
    console.log('ready')`
  const made: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: 'pipe',
    env: { ...process.env, ...ONE_THREAD },
  })
  const ended = once(made, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let said = ''
  made.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ready = new Promise<void>((resolve) => made.stdout?.once('data', () => resolve()))
  const failed = ended.then(() => {
    throw new Error(`the child ended early: ${said}`)
  })
  failed.catch(() => {}) // it ends later, as it should
  await Promise.race([ready, failed])
  return {
    pid: made.pid as number,
    async run() {
      made.stdin?.write('go\n')
      const [code, signal] = await ended
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(said)
      return code === 0
    },
  }
}
