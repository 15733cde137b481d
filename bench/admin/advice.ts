// From figures to advice that an admin can act on: a sentence each, with the figure behind it. Pure.
import type { Advice, Figures, Gateway } from '../../plugin/cli/measured.ts'
import { number } from '../harness/text.ts'

/** Of what was measured, how much to plan with: peaks and other work want the rest. */
const PLANNED = 0.5
/** Two workers are worth their memory from this on. */
const SCALES = 1.3
const GIB = 2 ** 30

/** @param heldShare share of all mail that is held, 0..1. */
export function advise(figures: Figures, heldShare: number): Advice[] {
  return [
    ...capacity(figures, heldShare),
    workers(figures, heldShare),
    syncMode(figures),
    mapSize(figures),
    connections(figures),
    openFiles(figures),
  ]
}

/** Messages a second at a share held, between the measured ones. */
export function rateAt(points: Gateway['one'], held: number): number {
  const sorted = points.toSorted((a, b) => a.held - b.held)
  const above = sorted.findIndex((point) => point.held >= held)
  if (above < 0) return sorted[sorted.length - 1].rate
  if (above === 0) return sorted[0].rate
  const [a, b] = [sorted[above - 1], sorted[above]]
  // Costs add up, rates do not: between two points it is the time of a message that is linear.
  const part = (held - a.held) / (b.held - a.held)
  return 1 / ((1 - part) / a.rate + part / b.rate)
}

function capacity({ gateway, scoring, store }: Figures, held: number): Advice[] {
  const topic = 'messages a second'
  const share = `${number(held * 100)}% held`
  if (!gateway) {
    const most = 1e6 / scoring
    return [
      {
        topic,
        advice: `No Haraka was found beside this package, so only the parts are known: the disk sets the bound, ${number(held > 0 ? Math.min(most, store.flushed / held) : most)} a second with ${share}.`,
        because: `${number(scoring)} us to score a message, ${number(store.flushed)} flushed holds a second`,
      },
    ]
  }
  const rate = rateAt(gateway.one, held)
  return [
    {
      topic,
      advice: `Expect up to ${number(rate)} a second in one process with ${share}; plan with ${number(rate * PLANNED)}, some ${number(round(rate * PLANNED * 86_400))} a day.`,
      because: `measured ${gateway.one.map((point) => `${number(point.rate)}/s at ${number(point.held * 100)}%`).join(', ')}; Haraka alone ${number(gateway.alone)}/s`,
    },
  ]
}

function workers({ cores, gateway, memoryMiB, scoring }: Figures, held: number): Advice {
  const topic = 'workers'
  if (!gateway?.two) {
    const carried = gateway
      ? `one process carried ${number(rateAt(gateway.one, held))}/s in ${number(gateway.memoryMiB)} MiB`
      : `${number(scoring)} us to score a message`
    return {
      topic,
      advice:
        cores > 1
          ? `Set nodes=${cores} in smtp.ini only if one process is not enough.`
          : 'Leave nodes=0 in smtp.ini: more processes than cores only take memory.',
      because: `${cores} ${cores === 1 ? 'core' : 'cores'}; ${carried}; two workers were not measured`,
    }
  }
  const one = rateAt(gateway.one, held)
  const two = rateAt(gateway.two, held)
  const because = `two workers carried ${number(two)}/s, one process ${number(one)}/s (${number(two / one)} times); ${number(gateway.memoryMiB)} MiB each`
  if (two / one < SCALES)
    return {
      topic,
      advice: 'Leave nodes=0 in smtp.ini: a second worker gains little here.',
      because,
    }
  const fit = Math.floor((memoryMiB * PLANNED) / gateway.memoryMiB)
  const best = Math.max(2, Math.min(cores, fit))
  return { topic, advice: `Set nodes=${best} in smtp.ini, one worker a core.`, because }
}

function syncMode({ fsync, store }: Figures): Advice {
  const gain = store.unflushed / store.flushed
  const because = `${number(store.flushed)} holds a second flushed, ${number(store.unflushed)} not (${number(gain)} times); one fdatasync takes ${number(fsync.ms)} ms`
  const topic = 'sync mode'
  if (fsync.ms < 0.05)
    return {
      topic,
      advice:
        'Check the disk: a flush this fast means that it keeps writes in memory. Without a battery or capacitors behind it, a power failure loses mail that was accepted.',
      because,
    }
  if (fsync.ms > 5)
    return {
      topic,
      advice:
        'Keep the flush, which is always on (mail that was accepted must survive a power failure), and put data_dir on a faster disk: an SSD with power-loss protection.',
      because,
    }
  return {
    topic,
    advice:
      'Nothing to do: every hold is flushed before the sender sees 250, and this disk is fast enough for it.',
    because,
  }
}

function mapSize({ quarantine, store, settings, diskFree }: Figures): Advice {
  const topic = 'map size'
  const set = `map_size_gb is ${settings.mapSizeGb}`
  const free = `${number(diskFree / GIB)} GiB are free`
  if (!quarantine || quarantine.perDay === 0) {
    const each = 10 * 1024 * store.overhead
    return {
      topic,
      advice: `Leave map_size_gb: the file grows as needed, and a message of 10 KiB takes ${number(each / 1024)} KiB. The free disk holds ${number(diskFree / each / settings.retentionDays)} such messages a day for ${settings.retentionDays} days.`,
      because: `${set}, ${free}; ${number(store.overhead)} octets in the file for each of the message`,
    }
  }
  const steady = quarantine.perDay * settings.retentionDays * quarantine.size * store.overhead
  const because = `${number(quarantine.perDay)} holds a day of ${number(quarantine.size / 1024)} KiB, kept ${settings.retentionDays} days, ${number(store.overhead)} octets each: ${number(steady / GIB)} GiB; ${set}, ${free}`
  const wanted = Math.max(1, Math.ceil((steady * 2) / GIB))
  if (wanted > settings.mapSizeGb)
    return { topic, advice: `Raise map_size_gb to ${wanted}.`, because }
  if (steady > diskFree)
    return {
      topic,
      advice: 'The disk is too small for this retention: lower retention_days or make room.',
      because,
    }
  return { topic, advice: 'Nothing to do: map size and disk are large enough.', because }
}

function connections({ imap, memoryMiB, settings }: Figures): Advice {
  // A quarter of the memory for people who only have their mailbox open.
  const fit = Math.floor((memoryMiB * 1024) / 4 / imap.kibPerConnection)
  const because = `${number(imap.kibPerConnection)} KiB for an idle connection; a quarter of ${number(memoryMiB)} MiB holds ${number(fit)}; max_connections is ${number(settings.maxConnections)}`
  return {
    topic: 'connection limits',
    advice:
      fit < settings.maxConnections
        ? `Lower imap.max_connections to ${round(fit)}.`
        : 'Leave imap.max_connections; there is memory for more, should it be asked for.',
    because,
  }
}

/** Files that a Haraka process has open besides its connections: generous. */
const OTHER_FILES = 200

function openFiles({ openFiles: limit, settings }: Figures): Advice {
  const wanted = settings.maxConnections + OTHER_FILES
  return {
    topic: 'open files',
    advice:
      limit < wanted
        ? `Raise the limit of open files to ${round(2 * wanted)} (LimitNOFILE= in the systemd unit, ulimit -n elsewhere).`
        : 'Nothing to do.',
    because: `the limit is ${number(limit)}; ${number(settings.maxConnections)} IMAP connections and SMTP need ${number(wanted)}`,
  }
}

/** Two significant digits, downwards: nobody sets 3,917. */
function round(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1)
  return Math.floor(value / unit) * unit
}
