// Phase memory: what large messages cost a gateway in memory, way by way, one at a time and four at once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { freePort, startHaraka } from '../../harness/haraka.ts'
import { harakaHome } from '../../harness/haraka-home.ts'
import type { Phase } from '../../harness/phase.ts'
import { HAS_PROC } from '../../harness/proc.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { startSink } from '../gateway/sink.ts'
import { letter } from './letter.ts'
import { Peak } from './peak.ts'
import { HELD, USER, WAYS, type Way } from './ways.ts'

const MIB = 2 ** 20
const OCTETS = 50 * MIB
const COUNTS = [1, 4]
/** Until what the start needed is given back, ms. */
const SETTLE_MS = 1500
const WARM = 20_000

export const memory: Phase = {
  name: 'memory',
  describe: 'peak of resident memory above idle of a gateway with messages of 50 MB, by their way',
  run: async ({ quick, dir, tell }) => {
    const result = emptyPhase('memory')
    if (!HAS_PROC) {
      result.skipped.push('memory: this system has no /proc')
      return result
    }
    const rounds = quick ? 1 : 3
    for (const way of WAYS)
      for (const count of COUNTS) {
        const samples: number[] = []
        for (let round = 0; round < rounds; round++) {
          samples.push(await once(join(dir, `${WAYS.indexOf(way)}-${count}-${round}`), way, count))
          tell(`${way.name}, ${count} at once: ${samples.at(-1)?.toFixed(0)} MiB`)
        }
        const name = `${way.name}, ${count} at once`
        result.measures.push(measure(name, 'MiB', samples, { better: 'less', bound: 'none' }))
      }
    return result
  },
}

/** MiB above idle of a gateway that is started for it. */
async function once(dir: string, way: Way, count: number): Promise<number> {
  const sink = await startSink()
  const imap = await freePort()
  const haraka = await startHaraka({
    dir,
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
    forward: sink.port,
    nodes: 0,
    ini: `[main]\nbase_model = no\n[settings]\nrelease_delay = 0\nspam = 1\n[imap]\nhost = 127.0.0.1\ntls_port = ${imap}\nstarttls_port = 0\n`,
    profiles: null,
    files: {
      'config/connection.ini': connectionIni(),
      'config/outbound.ini': 'enable_tls=false\n',
      // Haraka reads a message line by line: four of them take their time.
      'config/plugin_timeout': '600\n',
    },
  })
  const lazaret = open(readConfig({ settings: { release_delay: 0 } }), join(dir, 'lazaret'))
  try {
    const verbs = lazaret.quarantine.as(CLI)
    await verbs.accounts.add(USER.name, 'super-admin', USER.password)
    await verbs.lists.change('', 'block', { add: [`*@${HELD}`] })
    const ground = { smtp: haraka.port, imap, sink, lazaret }
    const mails = Array.from({ length: count }, (_, i) => letter(OCTETS, i))
    const small = { ...ground, mails: [letter(WARM, count)] }
    const hold = WAYS.find(({ name }) => name === 'hold') as Way
    // What is loaded and compiled with the first message is no cost of large ones.
    for (const one of WAYS) await one.run(small)
    if (way.held) for (const mail of mails) await hold.run({ ...ground, mails: [mail] })
    await pause(SETTLE_MS)
    const peak = new Peak(haraka.pid)
    await way.run({ ...ground, mails })
    return peak.above()
  } finally {
    await lazaret.close()
    await haraka.stop()
    sink.close()
  }
}

/** Haraka's own, for messages of this size. */
function connectionIni(): string {
  const text = readFileSync(join(harakaHome() ?? '', 'config/connection.ini'), 'utf8')
  return text.replace(/^bytes=.*$/m, `bytes=${2 * OCTETS}`)
}
