// /metrics, in the text format of Prometheus. What other processes count comes from their files (running.ts); the rest is
// looked up when somebody asks.
import { BlockList, isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { Measured } from '../../quarantine/quarantine.ts'
import { Turn } from '../../turns.ts'
import { VERSION } from '../../version.ts'
import { needCaller } from '../define.ts'
import type { AppContext } from '../context.ts'
import { Problem } from '../problem.ts'

export function metricRoutes(app: FastifyInstance, { door }: AppContext): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    schema: { hide: true },
    handler: async (request, reply) => {
      needWatcher(request)
      const measured = await door.measures.take(new Turn('metrics'))
      return await reply
        .type(Registry.PROMETHEUS_CONTENT_TYPE)
        .send((await textOf(measured)).join('\n'))
    },
  })
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
/** By which a reverse proxy says that it asks for somebody else, whether or not it is one that is believed. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** Who is on this machine, or the super-admin. Throws Problem. */
function needWatcher(request: FastifyRequest): void {
  const { ip, headers } = request
  const near = isIP(ip) > 0 && LOOPBACK.check(ip, isIP(ip) === 4 ? 'ipv4' : 'ipv6')
  if (near && !FORWARDED.some((name) => headers[name] !== undefined)) return
  if (needCaller(request, 'read').login.scope !== '')
    throw new Problem('not-allowed', 'Only the super-admin can read what the server measures.')
}

async function textOf({ tally, running, caught, outgoing, ...rest }: Measured): Promise<string[]> {
  const { accounts, masks, space, journal, model } = rest
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers }).set(value)
  const each = (
    Kind: typeof Counter | typeof Gauge,
    [name, label, help]: [name: string, label: string, help: string],
    values: Record<string, number>,
  ): void => {
    const metric = new Kind({ name, help, labelNames: [label], registers })
    for (const [key, value] of Object.entries(values)) metric.inc({ [label]: key }, value)
  }
  const total = (name: string, help: string, value: number): void =>
    new Counter({ name, help, registers }).inc(value)

  each(Gauge, ['lazaret_info', 'version', 'Version of Lazaret that serves this; always 1.'], {
    [VERSION]: 1,
  })
  total('lazaret_held_total', 'Messages that were held.', tally.held)
  each(
    Counter,
    [
      'lazaret_releases_total',
      'state',
      'Releases that came to this state: wanted is one asked for.',
    ],
    tally.releases,
  )
  each(
    Counter,
    [
      'lazaret_outcomes_total',
      'outcome',
      'Answers of the next hop to releases, one for each recipient; deferred: tried again later.',
    ],
    tally.outcomes,
  )
  each(
    Counter,
    ['lazaret_lessons_total', 'label', 'Lessons that were given; none: taken back.'],
    tally.lessons,
  )
  each(Gauge, ['lazaret_items', 'folder', 'Messages in the folders of what is held.'], {
    caught,
    outgoing,
  })
  gauge('lazaret_accounts', 'Accounts.', accounts)
  gauge('lazaret_masks', 'Masks on all lists.', masks)
  gauge('lazaret_store_used_bytes', 'Octets that are used of the store.', space.used)
  gauge('lazaret_store_bound_bytes', 'Octets that may be used (main.map_size_gb).', space.bound)
  gauge('lazaret_store_file_bytes', 'Octets of the files of the store.', space.file)
  gauge('lazaret_disk_free_bytes', 'Free octets of the disk below the store.', space.disk)
  gauge('lazaret_store_full', '1: mail to be held is answered 451.', Number(space.level === 'full'))
  gauge(
    'lazaret_stopped',
    '1: nothing can be held or changed at the moment (docs/cluster.md).',
    Number(journal.can === 'read'),
  )
  gauge('lazaret_lag_events', 'Events of other machines that are not here yet.', journal.lag)
  each(Gauge, ['lazaret_model_messages', 'label', 'Messages that count as ham and as spam.'], {
    ham: model.ham,
    spam: model.spam,
  })
  if (model.kept !== null)
    gauge(
      'lazaret_model_snapshot_timestamp_seconds',
      'When the model was kept last, Unix time.',
      model.kept / 1000,
    )
  each(
    Gauge,
    ['lazaret_processes', 'role', 'Processes of Haraka that carry mail, and that serve people.'],
    { mail: count(running, 'mail'), front: count(running, 'front') },
  )
  gauge(
    'lazaret_sessions',
    'People who are connected by IMAP.',
    running.reduce((sum, { sessions }) => sum + (sessions ?? 0), 0),
  )
  total(
    'lazaret_front_restarts_total',
    'How often the process that serves people ended and was started again.',
    Math.max(0, ...running.map(({ restarts = 0 }) => restarts)),
  )
  const told = running.flatMap(({ measures }) => (measures ? [measures] : []))
  const mail = AggregatorRegistry.aggregate(told)
  return [await registry.metrics(), await mail.metrics()]
}

const count = (running: Measured['running'], role: 'mail' | 'front'): number =>
  running.filter((one) => one.role === role).length
