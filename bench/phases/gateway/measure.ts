// Measures Harakas in turn on the same mail: the one without the plugin is the measure of the others.
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { asData, send, type Letter } from './load.ts'
import { resultOf, type Outcome, type Slice } from './outcome.ts'
import { HELD, missing, startServer, template, type Rivals, type Server } from './server.ts'
import { startSink } from './sink.ts'
import type { Variant } from './variants.ts'
import type { Mail } from '../../harness/mail.ts'
import { interleave } from '../../harness/interleave.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { cpuMs, memory } from '../../harness/proc.ts'
import { hottest, readProfiles } from '../../harness/profile.ts'
import type { PhaseResult } from '../../harness/result.ts'

/**
 * Connections at a time. A rate is measured, so Haraka must always have something to do: with eight it waits
 * for the disk, for the other thread and for the clients.
 */
const CONNECTIONS = 32
/**
 * To a next hop: with few connections, what is measured is Nagle's algorithm against delayed ACKs between
 * Haraka and the next hop, 40 ms a message.
 */
const CONNECTIONS_FORWARD = 48
/** Slices of each variant before they count, until compilers and caches are warm, and the most seconds for it. */
const WARM_UP = { least: 2, most: 6, seconds: 14 }
/** A slice of the first variant lasts no longer, in seconds: a busy machine has fewer messages in one. */
const SLICE = 0.5

interface Measured extends Outcome {
  server: Server
  /** Messages held so far. */
  held: number
}

/** Most messages in a slice, rounds, and seconds after which no further round begins. */
export interface GatewaySize {
  count: number
  rounds: number
  seconds: number
}

/** @param wanted those that cannot be had here are left out, and said to be. */
export async function measureGateway(
  options: PhaseOptions,
  wanted: readonly Variant[],
  size: GatewaySize,
  rivals: Rivals = {},
): Promise<PhaseResult> {
  const { profile, dir, tell } = options
  const skipped: string[] = []
  const variants = wanted.filter((variant) => {
    const why = missing(variant, rivals)
    if (why) skipped.push(why)
    return !why
  })
  const sink = await startSink()
  const all: Measured[] = []
  const profiles = (name: string): string => join(dir, 'profiles', name)
  try {
    tell('model and lists')
    const first = await template(options)
    tell(`starting ${variants.length} Harakas`)
    const starts = variants.map(async (variant) => {
      const server = await startServer(variant, {
        ...options,
        forward: sink.port,
        template: first,
        profiles: profile ? profiles(variant.name) : null,
        rivals,
      })
      all.push({ variant, server, held: 0, slices: [] })
    })
    // All are waited for, so that those that came up are ended when one did not.
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    all.sort((a, b) => variants.indexOf(a.variant) - variants.indexOf(b.variant))
    await measureAll(all, options, size)
  } finally {
    for (const { server } of all) await server.stop()
    sink.close()
  }
  for (const one of all) await checkHeld(one)
  const result = resultOf(all, skipped)
  if (profile)
    for (const { name } of variants)
      result.profiles.push({ what: `Haraka, ${name}`, hot: hottest(readProfiles(profiles(name))) })
  return result
}

async function measureAll(
  all: readonly Measured[],
  { mail, tell }: PhaseOptions,
  { count, rounds, seconds }: GatewaySize,
): Promise<void> {
  let serial = 0
  let most = count
  const slice = async (one: Measured): Promise<Slice> => {
    const { variant, server } = one
    const size = Math.max(CONNECTIONS, Math.round(most * variant.share))
    const letters = lettersOf(variant, mail, size, serial)
    serial += size
    one.held += letters.filter(isHeld).length
    const before = cpuMs(server.pids())
    const connections = variant.queue === 'forward' ? CONNECTIONS_FORWARD : CONNECTIONS
    const load = await send(server.port, letters, connections, variant.tls)
    const after = cpuMs(server.pids())
    const used = memory(server.pids())
    return {
      rate: size / load.seconds,
      latencies: load.latencies,
      cpu: before === null || after === null ? null : (after - before) / size,
      memory: used && used.anonymousMiB,
    }
  }
  tell('warming up')
  const since = performance.now()
  const warm = (): boolean => performance.now() - since > WARM_UP.seconds * 1000
  for (let i = 0; i < WARM_UP.least || (i < WARM_UP.most && !warm()); i++)
    for (const one of all) {
      const { rate } = await slice(one)
      if (one === all[0]) most = Math.min(count, Math.ceil(rate * SLICE))
    }
  const variants = all.map((one) => ({
    name: one.variant.name,
    run: async () => void one.slices.push(await slice(one)),
  }))
  await interleave(variants, rounds, {
    seconds,
    tell: (round, name) => tell(`round ${round + 1}: ${name}`),
  })
}

/** Every letter is a new one: a retry would be the same item. */
function lettersOf(
  { held }: Variant,
  mail: readonly Mail[],
  count: number,
  serial: number,
): Letter[] {
  return Array.from({ length: count }, (_, i) => {
    const n = serial + i
    // Spread evenly, whatever the share.
    const hold = Math.floor((i + 1) * held) > Math.floor(i * held)
    return {
      sender: `sender${n}@${hold ? HELD : 'free.example'}`,
      recipient: `user${n % 500}@example.com`,
      data: Buffer.concat([Buffer.from(`X-Bench: ${n}\r\n`), asData(mail[n % mail.length].raw)]),
    }
  })
}

const isHeld = ({ sender }: Letter): boolean => sender.endsWith(`@${HELD}`)

/** What was measured is what was meant: all that was to be held is there, and nothing else. */
async function checkHeld({ variant, server, held }: Measured): Promise<void> {
  if (server.data === null) return
  const lazaret = open(readConfig({}), server.data)
  try {
    const caught = lazaret.quarantine
      .as(CLI)
      .folders.all()
      .find(({ id }) => id === 'caught')
    const items = caught ? lazaret.quarantine.as(CLI).messages.status(caught).messages : 0
    if (items !== held)
      throw new Error(`${variant.name}: ${items} messages held instead of ${held}`)
  } finally {
    await lazaret.close()
  }
}
