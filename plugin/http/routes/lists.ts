// Allow and block lists.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { scopeName } from '../../scope.ts'
import { COMMENT_MAX } from '../../quarantine/lists/lists.ts'
import type { Turn } from '../../turns.ts'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { nullable, object, ScopeText, Time, words } from '../schema.ts'
import { filled, page, readCursor, wrongCursor } from './list-page.ts'
import { matchOf, quoted, tellTag, unlessChanged } from '../tags.ts'

const KINDS = ['allow', 'block'] as const
const Mask = Type.String({
  maxLength: 400,
  description: 'An address in which `*` may stand first and last',
})
const EntrySchema = object({
  scope: ScopeText,
  list: words(KINDS),
  mask: Type.String(),
  at: Type.Optional(Time),
  by: Type.Optional(Type.String({ description: 'The account that added it' })),
  comment: Type.Optional(Type.String()),
})
/** What of a list is asked for, and a page of it. */
const PAGED = {
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the mask' })),
  cursor: Type.Optional(Type.String({ maxLength: 2000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
}
const PageSchema = object({
  entries: Type.Array(EntrySchema),
  next: nullable(Type.String()),
})
const ChangeSchema = object({
  added: Type.Integer(),
  known: Type.Integer(),
  removed: Type.Integer(),
  both: Type.Array(Type.String(), {
    description:
      'Of those that were to be added, what the other list has as well, as it was written',
  }),
})

export function listRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/lists',
      may: 'read',
      id: 'listEntries',
      tag: 'lists',
      summary: 'Entries of the lists of a scope, or of all that the login sees, in their order',
      query: object({
        scope: Type.Optional(ScopeText),
        list: Type.Optional(words(KINDS)),
        ...PAGED,
      }),
      answer: PageSchema,
    },
    async ({ caller, verbs, query, request, reply }) => {
      const { scope, cursor } = query
      const isWhole = scope !== undefined && cursor === undefined
      if (isWhole && tellTag(request, reply, verbs.lists.tag(scope)))
        return await reply.code(304).send()
      return await page(caller, query)
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/lists::inherited',
      may: 'read',
      id: 'listInherited',
      tag: 'lists',
      summary: 'Entries of the levels above a scope, nearest first: they hold for its mail as well',
      query: object({
        scope: ScopeText,
        list: words(KINDS),
        ...PAGED,
      }),
      answer: PageSchema,
    },
    async ({ caller, verbs, query: { scope, list, cursor, q, limit } }) => {
      const after = cursor === undefined ? undefined : readCursor(cursor)
      if (after && after.list !== list) wrongCursor()
      const from = (one = after) => verbs.lists.inherited(scope, list, one)
      return await filled(caller.turn, from, q, limit)
    },
  )
  define(
    app,
    {
      method: 'PATCH',
      url: '/lists',
      may: 'act',
      id: 'changeList',
      tag: 'lists',
      summary: 'Adds and removes masks of one list, all or none',
      body: object({
        scope: ScopeText,
        list: words(KINDS),
        add: Type.Optional(Type.Array(Mask, { maxItems: limits.MASKS })),
        remove: Type.Optional(Type.Array(Mask, { maxItems: limits.MASKS })),
        comment: Type.Optional(
          Type.String({ maxLength: COMMENT_MAX, description: 'Why those that are added are' }),
        ),
      }),
      answer: ChangeSchema,
    },
    async ({ verbs, body, request, reply }) => {
      const { scope, list, ...change } = body
      const tag = matchOf(request)
      const done = await unlessChanged(tag, verbs.lists.change(scope, list, change, tag))
      reply.header('etag', quoted(verbs.lists.tag(scope)))
      return { ...done, both: verbs.lists.inBoth(scope, change.add ?? []) }
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/lists::check',
      may: 'read',
      id: 'checkLists',
      tag: 'lists',
      summary: 'Which entry decides about a message, and why',
      body: object({
        from: Type.String({ maxLength: 4000, description: 'The header field From' }),
        sender: Type.Optional(Type.String({ maxLength: 400, description: 'Of the envelope' })),
        recipient: Type.String({ maxLength: 400 }),
        direction: Type.Optional(words(['in', 'out'])),
        proven: Type.Optional(
          Type.Boolean({
            description: 'As if author and sender were proven; so unless told otherwise',
          }),
        ),
      }),
      answer: object({
        decision: nullable(words(KINDS)),
        scopes: Type.Array(ScopeText),
        matches: Type.Array(
          object({
            list: words(KINDS),
            scope: ScopeText,
            mask: Type.String(),
            address: Type.String(),
            text: Type.String(),
          }),
        ),
      }),
    },
    async ({ verbs, body }) => {
      const { from, sender = '', recipient, direction = 'in', proven = true } = body
      const { decision, scopes, matches } = verbs.lists.check({
        from: { value: from.replace(/[\r\n]+/g, ' ') },
        sender,
        recipient,
        direction,
        proofs: proven ? 'all' : { dkim: [], spf: null, checked: true },
      })
      return await Promise.resolve({
        decision: decision && decision.list,
        scopes: scopes.map(scopeName),
        matches: matches.map(({ list, scope, mask, address, text }) => ({
          list,
          scope: scopeName(scope),
          mask,
          address,
          text,
        })),
      })
    },
  )
  files(app)
}

function files(app: FastifyInstance): void {
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/lists::import',
      may: 'act',
      id: 'importList',
      tag: 'lists',
      summary: 'Adds the masks of a file, one a line, or of a SpamAssassin configuration',
      query: object({ scope: ScopeText, list: Type.Optional(words(KINDS)) }),
      body: Type.String({ maxLength: limits.IMPORT_MAX }),
      consumes: 'text/plain',
      bodyLimit: limits.IMPORT_MAX,
      answer: object({
        added: Type.Integer(),
        known: Type.Integer(),
        refused: Type.Array(
          object({ line: Type.Integer(), text: Type.String(), reason: Type.String() }),
          { maxItems: 1000, description: 'The first of them' },
        ),
        refusals: Type.Integer({ description: 'How many there are' }),
      }),
    },
    async ({ verbs, query, body }) => {
      return await verbs.lists.import(query.scope, query.list ?? null, Readable.from([body]))
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/lists::export',
      may: 'read',
      id: 'exportList',
      tag: 'lists',
      summary: 'The lists of a scope as a file that can be imported',
      query: object({ scope: ScopeText, list: Type.Optional(words(KINDS)) }),
      answer: Type.String(),
      produces: 'text/plain; charset=utf-8',
    },
    async ({ caller: { turn }, verbs, query }) => {
      const lines = verbs.lists.export(query.scope, query.list ?? null)
      return await Promise.resolve(Readable.from(giving(lines, turn)))
    },
  )
}

/** Of what was begun to be sent nothing is refused: others have their turns meanwhile. */
async function* giving(lines: Iterable<string>, turn: Turn): AsyncGenerator<string> {
  for (const line of lines) {
    if (turn.over) await turn.rest()
    yield line
  }
}
