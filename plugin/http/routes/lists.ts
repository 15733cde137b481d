// Allow and block lists.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import type { ListKind } from '../../mail.ts'
import { Refused } from '../../errors.ts'
import { parseScope, scopeName } from '../../scope.ts'
import { COMMENT_MAX, type ListEntry } from '../../quarantine/lists/lists.ts'
import { shownEntry } from '../../quarantine/verbs/shown.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { nullable, object, ScopeText, Time, words } from '../schema.ts'
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
})
const LIMIT = 200
/** Entries that are looked through for one page. */
const EXAMINED = 10_000

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
    async ({ verbs, query, request, reply }) => {
      const { scope, cursor } = query
      const isWhole = scope !== undefined && cursor === undefined
      if (isWhole && tellTag(request, reply, verbs.lists.tag(scope)))
        return await reply.code(304).send()
      return page(verbs, query)
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
    async ({ verbs, query: { scope, list, cursor, q, limit } }) => {
      const after = cursor === undefined ? undefined : readCursor(cursor)
      if (after && after.list !== list) wrongCursor()
      return await Promise.resolve(filled(verbs.lists.inherited(scope, list, after), q, limit))
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
      return done
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
          { maxItems: 1000 },
        ),
      }),
    },
    async ({ verbs, query, body }) => {
      const { added, known, refused } = await verbs.lists.import(
        query.scope,
        query.list ?? null,
        Readable.from([body]),
      )
      return { added, known, refused: refused.slice(0, 1000) }
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
    async ({ verbs, query }) =>
      await Promise.resolve(Readable.from(verbs.lists.export(query.scope, query.list ?? null))),
  )
}

interface Query {
  scope?: string
  list?: ListKind
  q?: string
  cursor?: string
  limit?: number
}

/** Behind the entry at which the page before ended; not full where too many did not match. */
function page(verbs: Verbs, { scope, list, q, cursor, limit }: Query): object {
  const after = cursor === undefined ? undefined : readCursor(cursor)
  // An entry of another scope would lead out of this one.
  if (after && scope !== undefined && scopeName(after.scope) !== scopeName(parseScope(scope)))
    wrongCursor()
  if (after && list !== undefined && after.list !== list) wrongCursor()
  return filled(verbs.lists.entries(scope, list, after), q, limit)
}

/** Of the entries from here on those that have this in them, as many as a page has. */
function filled(all: Iterable<ListEntry>, q = '', limit = LIMIT): object {
  const wanted = q.toLowerCase()
  const entries: object[] = []
  let examined = 0
  let last: ListEntry | null = null
  for (const entry of all) {
    if (entries.length === limit || examined++ === EXAMINED)
      return { entries, next: last && writeCursor(last) }
    last = entry
    if (entry.mask.includes(wanted)) entries.push(shownEntry(entry))
  }
  return { entries, next: null }
}

const writeCursor = ({ scope, list, mask }: ListEntry): string =>
  Buffer.from(JSON.stringify([scope, list, mask])).toString('base64url')

function readCursor(cursor: string): ListEntry {
  try {
    const read = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const [scope, list, mask] = read
    if (
      typeof scope === 'string' &&
      typeof mask === 'string' &&
      (list === 'allow' || list === 'block')
    )
      return { scope, list, mask }
  } catch {
    // Told below.
  }
  return wrongCursor()
}

function wrongCursor(): never {
  throw new Refused('invalid', 'This is no place in these lists; begin at their first page.')
}
