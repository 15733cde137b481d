// `npm run attack`: what neighbours feel while one mailbox, or a stranger, does his worst. A table: the longest wait of
// somebody who sends mail, of a message that is being held, of somebody else's IMAP session, and the memory of all processes.
//   npm run attack -- [--package DIR] [--only WORDS] [--json]
import { setMaxListeners } from 'node:events'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { family, memory } from '../harness/proc.ts'
import { ROOT } from '../harness/machine.ts'
import { withDir } from '../harness/work-dir.ts'
import { asData, send } from '../phases/gateway/load.ts'
import { ATTACKS, type Attack } from './attacks.ts'
import { Probe } from './probe.ts'
import { NEIGHBOUR, PASSWORD, startVictim, type Victim } from './victim.ts'

/** An attack that neighbours would feel for longer is broken off. */
const BOUND_MS = 30_000
const SAMPLE_MS = 50

interface Felt {
  readonly attack: string
  /** How long it took, or was let run, s. */
  readonly seconds: number
  /** The longest waits, ms. */
  readonly smtp: number
  readonly hold: number
  readonly imap: number
  /** Peak of all processes above that before the attack, MiB. */
  readonly memory: number
  readonly ended: boolean
}

/** Sends a message that is held, over and over; answers the longest wait, ms. */
async function holds(victim: Victim, over: AbortSignal): Promise<number> {
  let longest = 0
  const late = new Promise((resolve) => over.addEventListener('abort', resolve))
  for (let n = 0; !over.aborted; n++) {
    const data = asData(Buffer.from(`From: b@spam.example\r\nSubject: ${n}\r\n\r\n${n}\r\n`))
    const began = performance.now()
    const sent = send(victim.port, [{ sender: 'b@spam.example', recipient: NEIGHBOUR, data }], 1)
    await Promise.race([sent.catch(() => null), late])
    longest = Math.max(longest, performance.now() - began)
    await pause(SAMPLE_MS)
  }
  return longest
}

async function felt(attack: Attack, dir: string, home: string): Promise<Felt> {
  const victim = await startVictim(dir, home)
  try {
    if (attack.fill) await victim.fill(attack.fill())
    const smtp = await Probe.smtp(victim.port)
    const imap = await Probe.imap(victim.imap, NEIGHBOUR, PASSWORD)
    await pause(1000) // what filling left to do is not the attack's
    smtp.forget()
    imap.forget()
    const before = memory(family(victim.pid))?.anonymousMiB ?? 0
    let peak = before
    const sample = setInterval(() => {
      peak = Math.max(peak, memory(family(victim.pid))?.anonymousMiB ?? 0)
    }, SAMPLE_MS)
    const over = new AbortController()
    setMaxListeners(0, over.signal)
    const bound = setTimeout(() => over.abort(), BOUND_MS)
    const began = performance.now()
    const waited = holds(victim, over.signal)
    const aborted = new Promise((resolve) => over.signal.addEventListener('abort', resolve))
    await Promise.race([attack.run(victim, over.signal), aborted])
    const ended = !over.signal.aborted
    const seconds = (performance.now() - began) / 1000
    clearTimeout(bound)
    const result = { smtp: smtp.longest, imap: imap.over ? Infinity : imap.longest }
    over.abort()
    clearInterval(sample)
    const hold = await waited
    smtp.close()
    imap.close()
    return { attack: attack.name, seconds, ...result, hold, memory: peak - before, ended }
  } finally {
    await victim.stop()
  }
}

const ms = (value: number): string => (value === Infinity ? 'cut off' : `${value.toFixed(0)} ms`)

function row(one: Felt): string {
  const took = `${one.seconds.toFixed(1)} s${one.ended ? '' : ' (broken off)'}`
  const cells = [one.attack, took, ms(one.smtp), ms(one.hold), ms(one.imap)]
  return `| ${[...cells, `${one.memory.toFixed(0)} MiB`].join(' | ')} |`
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: 'string', default: ROOT },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  })
  const results: Felt[] = []
  if (!values.json) {
    console.log('| attack | it took | SMTP waits | a hold waits | IMAP waits | memory |')
    console.log('|---|---|---|---|---|---|')
  }
  for (const attack of ATTACKS.filter(({ name }) => name.includes(values.only))) {
    const one = await withDir(tmpdir(), async (dir) => await felt(attack, dir, values.package))
    results.push(one)
    if (!values.json) console.log(row(one))
  }
  if (values.json) console.log(JSON.stringify(results))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
