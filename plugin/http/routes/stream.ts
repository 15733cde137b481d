// What changes, as it happens (server-sent events): a page knows what to ask for again.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { Turn } from '../../turns.ts'
import { callerOf } from '../caller.ts'
import { needCaller } from '../define.ts'
import { ProblemSchema } from '../schema.ts'

/** Changes that come together are told together, in ms. */
const PAUSE = 200
/** Items that one event names; more: everything may have changed. */
const NAMED_MAX = 500
/** Events of the journal that are looked through for one: others share the loop meanwhile, and nobody waits for more. */
const BEHIND_MAX = 10_000

/** What changed after `since`; null: nothing that the login sees. */
async function changesOf(
  verbs: Verbs,
  since: number,
): Promise<{ seq: number; data: object | null }> {
  const now = verbs.seq
  if (now - since > BEHIND_MAX) return { seq: now, data: { all: true } }
  const folders = new Set<string>()
  const uids = new Set<number>()
  const turn = new Turn(verbs.login.account)
  const seq = await verbs.messages.eachChangeInTurns(since, turn, (folder, { uid }) => {
    folders.add(folder)
    uids.add(uid)
    return uids.size <= NAMED_MAX
  })
  if (seq === null || uids.size > NAMED_MAX) return { seq: now, data: { all: true } }
  return { seq, data: uids.size > 0 ? { folders: [...folders], uids: [...uids] } : null }
}

export function streamRoutes(app: FastifyInstance, { door, streams, log }: AppContext): void {
  app.route<{ Headers: { 'last-event-id'?: string } }>({
    method: 'GET',
    url: '/events',
    schema: {
      operationId: 'streamEvents',
      tags: ['events'],
      summary: 'A stream of events',
      description:
        'Server-sent events. `changed`: places in folders came, went or changed their flags; `{"folders":["caught"],"uids":[5]}`, ' +
        'or `{"all":true}` where there were many. The id is the seq of the journal: with Last-Event-ID it goes on from there.',
      security: [{ token: [] }, { session: [] }],
      headers: Type.Object({
        'last-event-id': Type.Optional(Type.String({ maxLength: 20 })),
      }),
      response: {
        200: {
          description: 'text/event-stream',
          content: { 'text/event-stream': { schema: Type.String() } },
        },
        default: ProblemSchema,
      },
    },
    handler: (request, reply) => {
      const { verbs, login } = needCaller(request, 'read')
      const isGood = (): boolean => {
        try {
          return callerOf(door, request) !== null
        } catch {
          return false
        }
      }
      const last = Number(request.headers['last-event-id'])
      let since = Number.isSafeInteger(last) && last > 0 ? Math.min(last, verbs.seq) : verbs.seq
      streams.check(login.account)
      reply.hijack()
      const holds = (octets: number): boolean => request.place?.holds(octets) ?? true
      streams.begin(login.account, reply.raw, { isGood, holds }, (send) => {
        let timer: NodeJS.Timeout | null = null
        let stopped = false
        const later = (ms: number): void => {
          if (!stopped) timer ??= setTimeout(() => void tell().catch(failed), ms)
        }
        const failed = (error: Error): void => log.error(`http events: ${error.stack}`)
        const tell = async (): Promise<void> => {
          const told = await changesOf(verbs, since)
          timer = null
          since = told.seq
          if (stopped) return
          if (told.data) send('changed', since, told.data)
          if (since < verbs.seq) later(PAUSE)
        }
        const stop = verbs.watch(() => later(PAUSE))
        if (since < verbs.seq) later(0)
        return () => {
          stopped = true
          stop()
          if (timer) clearTimeout(timer)
        }
      })
    },
  })
}
