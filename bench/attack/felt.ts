// What neighbours feel while something is done to the gateway.
import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { cpuMs, family, mainThreadMs, memory, threadsMs } from '../harness/proc.ts'
import { asData, send } from '../phases/gateway/load.ts'
import { Probe } from './probe.ts'
import { NEIGHBOUR, PASSWORD, type Victim } from './victim.ts'

const SAMPLE_MS = 50
/** Between a message that was held and the next one. */
const HOLD_GAP_MS = 20

/** The longest wait, and the processor time of the event loop that it came to at most, ms. */
export interface Wait {
  readonly ms: number
  readonly cpu: number
}

export interface Felt {
  /** How long it took, or was let run, s. */
  readonly seconds: number
  readonly ended: boolean
  readonly smtp: Wait
  readonly imap: Wait
  /** The longest wait of a message that is being held, with the processor time of all threads that carry mail. */
  readonly hold: Wait
  /** Processor time of all processes, s. */
  readonly cpu: number
  /** Peak of all processes above that before, MiB. */
  readonly memory: number
  /** Peak of the process that serves people, MiB, all that is resident and not of files. */
  readonly front: number
  /** It is another process than before. */
  readonly restarted: boolean
}

/** Sends a message that is held, over and over. */
async function holds(victim: Victim, over: AbortSignal): Promise<Wait> {
  const longest = { ms: 0, cpu: 0 }
  const late = new Promise((resolve) => over.addEventListener('abort', resolve))
  for (let n = 0; !over.aborted; n++) {
    const data = asData(Buffer.from(`From: b@spam.example\r\nSubject: ${n}\r\n\r\n${n}\r\n`))
    const worked = threadsMs(victim.pid)
    const began = performance.now()
    const sent = send(victim.port, [{ sender: 'b@spam.example', recipient: NEIGHBOUR, data }], 1)
    await Promise.race([sent.catch(() => null), late])
    longest.ms = Math.max(longest.ms, performance.now() - began)
    longest.cpu = Math.max(longest.cpu, threadsMs(victim.pid) - worked)
    await pause(HOLD_GAP_MS)
  }
  return longest
}

/** @param bound ms after which it is broken off */
export async function felt(
  victim: Victim,
  bound: number,
  work: (over: AbortSignal) => Promise<unknown>,
): Promise<Felt> {
  const front = victim.front()
  const smtp = await Probe.smtp(victim.port, () => mainThreadMs(victim.pid))
  const imap = await Probe.imap(victim.imap, { name: NEIGHBOUR, password: PASSWORD }, () =>
    mainThreadMs(front),
  )
  await pause(1000) // what filling left to do is not the attack's
  smtp.forget()
  imap.forget()
  const all = (): number => memory(family(victim.pid))?.anonymousMiB ?? 0
  const before = { memory: all(), cpu: cpuMs(family(victim.pid)) ?? 0 }
  const peak = { memory: before.memory, front: 0 }
  const sample = setInterval(() => {
    peak.memory = Math.max(peak.memory, all())
    peak.front = Math.max(peak.front, memory([front])?.anonymousMiB ?? 0)
  }, SAMPLE_MS)
  const over = new AbortController()
  setMaxListeners(0, over.signal)
  const timer = setTimeout(() => over.abort(), bound)
  const began = performance.now()
  const hold = holds(victim, over.signal)
  const aborted = new Promise((resolve) => over.signal.addEventListener('abort', resolve))
  await Promise.race([work(over.signal), aborted])
  const result = {
    seconds: (performance.now() - began) / 1000,
    ended: !over.signal.aborted,
    smtp: { ms: smtp.longest, cpu: smtp.longestCpu },
    imap: { ms: imap.over ? Infinity : imap.longest, cpu: imap.longestCpu },
    cpu: ((cpuMs(family(victim.pid)) ?? 0) - before.cpu) / 1000,
    memory: peak.memory - before.memory,
    front: peak.front,
    restarted: victim.front() !== front,
  }
  clearTimeout(timer)
  over.abort()
  clearInterval(sample)
  smtp.close()
  imap.close()
  return { ...result, hold: await hold }
}
