// The processes of one variant: Haraka, what filters for it, the data it works on.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import { selfSignedFiles } from '../../../plugin/imap/connection/certificate.ts'
import { CLI, open } from '../../../plugin/open.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { family } from '../../harness/proc.ts'
import { sampleMasks } from '../../harness/sample-masks.ts'
import type { Daemon, Daemons } from '../../rivals/daemons.ts'
import { DISCARD, startHaraka, type Running } from '../../harness/haraka.ts'
import type { Rival, Variant } from './variants.ts'

/** The domain whose senders are blocked. */
export const HELD = 'held.example'
/** Lessons of the model: scoring shall find something. */
const LESSONS = 400
/** Masks of a whole run: what a server with lists has. */
const MASKS = 100_000

/** The other filters that a run knows; `lazaret bench` knows none. */
export type Rivals = Readonly<Partial<Record<Rival, Daemons>>>

/** Why this variant cannot be measured here; null when it can. */
export function missing({ filter }: Variant, rivals: Rivals): string | null {
  if (filter === null || filter === 'lazaret') return null
  const rival = rivals[filter]
  return rival ? rival.missing() : `${filter}: it is no part of this run`
}

export interface Server extends Running {
  /** The data directory of the plugin; null without it. */
  data: string | null
  /** All processes whose work counts. */
  pids(): number[]
}

export interface ServerOptions extends PhaseOptions {
  /** Port of the next hop. */
  forward: number
  /** A data directory to begin with: see `template`. */
  template: string
  /** Folder for CPU profiles; null: none are taken. */
  profiles: string | null
  rivals: Rivals
}

export async function startServer(variant: Variant, options: ServerOptions): Promise<Server> {
  const { filter, tls, queue, nodes } = variant
  const { dir, haraka, forward, profiles, rivals } = options
  const home = join(dir, variant.name.replaceAll(/\W+/g, '-'))
  const data = filter === 'lazaret' ? join(home, 'lazaret') : null
  if (data) cpSync(options.template, data, { recursive: true })
  const rival = filter === null || filter === 'lazaret' ? undefined : rivals[filter]
  const daemon = (await rival?.start(join(home, 'daemon'))) ?? null
  try {
    const running = await startHaraka({
      dir: home,
      plugins: [
        ...(tls ? ['tls'] : []),
        'rcpt_to.in_host_list',
        ...(data ? ['lazaret'] : (daemon?.plugins ?? [])),
        queue === 'discard' ? DISCARD.name : 'queue/smtp_forward',
      ],
      forward,
      nodes,
      // Delivered whatever the score says; what is held is held by a list.
      ini: '[settings]\nspam = 1\nunsure = 1\n',
      profiles,
      haraka,
      files: { ...(tls ? await tlsFiles(dir) : {}), ...daemon?.files },
    })
    return { ...running, data, ...together(running, daemon) }
  } catch (error) {
    await daemon?.stop()
    throw error
  }
}

function together(running: Running, daemon: Daemon | null): Pick<Server, 'pids' | 'stop'> {
  return {
    pids: () => [running.pid, ...(daemon?.pids ?? [])].flatMap(family),
    stop: async () => {
      await running.stop()
      await daemon?.stop()
    },
  }
}

async function tlsFiles(dir: string): Promise<Record<string, string>> {
  const { cert } = await selfSignedFiles(dir)
  const pem = readFileSync(cert, 'utf8')
  return { 'config/tls_cert.pem': pem, 'config/tls_key.pem': pem }
}

/** Makes the data directory that all variants begin with: lists, and a model with some lessons. */
export async function template({ dir, mail, quick }: PhaseOptions): Promise<string> {
  const at = join(dir, 'template')
  if (existsSync(at)) return at
  mkdirSync(at)
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), at)
  try {
    const { quarantine } = lazaret
    await quarantine.as(CLI).lists.change('', 'block', { add: [`*@${HELD}`] })
    if (!quick) {
      // None of the mail is from such a domain.
      const masks = [...sampleMasks(MASKS)].map(({ mask }) =>
        mask.endsWith('*') ? mask : `${mask}.invalid`,
      )
      await quarantine.as(CLI).lists.change('', 'block', { add: masks })
    }
    const lessons = mail.flatMap(({ raw, label }) => (label ? [{ raw, label }] : []))
    await quarantine.as(CLI).model.train(lessons.slice(0, LESSONS))
    await quarantine.system.snapshotModel(true)
  } finally {
    await lazaret.close()
  }
  return at
}
