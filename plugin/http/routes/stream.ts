// What changes, as it happens (server-sent events): a page knows what to ask for again.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import { callerOf } from '../caller.ts'
import { needCaller } from '../define.ts'
import { ProblemSchema } from '../schema.ts'

/** Changes that come together are told together, in ms. */
const PAUSE = 200
/** Items that one event names; more: everything may have changed. */
const NAMED_MAX = 500

export function streamRoutes(app: FastifyInstance, { door, streams }: AppContext): void {
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
      streams.begin(login.account, reply.raw, isGood, (send) => {
        let timer: NodeJS.Timeout | null = null
        const tell = (): void => {
          timer = null
          const from = since
          const folders = new Set<string>()
          const uids = new Set<number>()
          const seq = verbs.messages.eachChange(from, (folder, { uid }) => {
            folders.add(folder)
            if (uids.size <= NAMED_MAX) uids.add(uid)
          })
          since = seq ?? verbs.seq
          if (seq === null || uids.size > NAMED_MAX) send('changed', since, { all: true })
          else if (uids.size > 0) send('changed', since, { folders: [...folders], uids: [...uids] })
        }
        const stop = verbs.watch(() => (timer ??= setTimeout(tell, PAUSE)))
        if (since < verbs.seq) timer = setTimeout(tell, 0)
        return () => {
          stop()
          if (timer) clearTimeout(timer)
        }
      })
    },
  })
}
