// The IMAP server as Haraka has it: in a process of its own, on the data directory of the test. With LAZARET_FRONT=1
// (`npm run test:front`) the suites that are told what a client sees run against it.
import { join } from 'node:path'
import type { Lazaret } from '../../plugin/open.ts'
import { ROOT } from '../rig/build.ts'

export const IN_FRONT = process.env.LAZARET_FRONT === '1'
const MANY = 1000

export interface InFront {
  readonly port: number
  readonly startTlsPort: number
  stop(): Promise<void>
}

export async function startFront(
  lazaret: Lazaret,
  dir: string,
  log: (line: string) => void,
): Promise<InFront> {
  // Its process runs what was built.
  const built = async <T>(name: string): Promise<T> =>
    (await import(join(ROOT, 'dist/plugin/front', name))) as T
  const { Front } = await built<typeof import('../../plugin/front/front.ts')>('front.js')
  const { bind } = await built<typeof import('../../plugin/front/bind.ts')>('bind.js')
  const [tls, startTls] = [bind('127.0.0.1', 0), bind('127.0.0.1', 0)]
  const sockets = {
    tls,
    startTls,
    http: null,
    close: () => {
      tls.close()
      startTls.close()
    },
  }
  const { config } = lazaret
  const imap = {
    ...config.imap,
    max_connections: MANY,
    max_per_address: MANY,
    max_per_account: MANY,
  }
  const front = new Front(
    {
      config: { ...config, imap },
      dir,
      me: 'test.example',
      pem: null,
      ids: null,
      log: (_, line) => log(line),
    },
    sockets,
  )
  await front.ready
  return {
    port: tls.port,
    startTlsPort: startTls.port,
    stop: async () => {
      await front.stop()
      sockets.close()
    },
  }
}
