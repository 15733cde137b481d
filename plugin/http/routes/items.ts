// Items: pages of them, one of them, and what can be done with one.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { CHIPS } from '../../quarantine/listing/chips.ts'
import { ORDERS } from '../../quarantine/listing/cursor.ts'
import { shownItem, type ShownItem } from '../../quarantine/listing/shown.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { define } from '../define.ts'
import { Problem } from '../problem.ts'
import { Id, ItemSchema, nullable, object, ScopeText, words } from '../schema.ts'

export const ItemParams = object({ id: Id })
/** So that `/items/5:release` is no item of that name. */
export const ITEM = '/items/:id(^\\d+$)'
const verbOf = (name: string): string => `/items/:id(^\\d+)::${name}`

/** Refused as what is not there: nobody is told that it is another's. */
export function needShown(verbs: Verbs, id: number): ShownItem {
  const listed = verbs.items.get(id)
  if (!listed || listed.item.kind === 'split')
    throw new Problem('not-found', `There is no item ${id}.`)
  return shownItem(listed)
}

const DOES = {
  release: 'Delivers it to its recipient',
  releaseAndTrain: 'Delivers it, and learns that it is no spam',
  notSpam: 'Learns that it is no spam, and delivers nothing',
  spam: 'Learns that it is spam',
  undo: 'Takes back what was done with it, as long as it is not on its way',
} as const

export function itemRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/items',
      may: 'read',
      id: 'listItems',
      tag: 'items',
      summary: 'A page of the items that the login sees',
      query: object({
        filter: Type.Optional(
          words(CHIPS, 'Class of items; all but what was deleted unless given'),
        ),
        scope: Type.Optional(ScopeText),
        q: Type.Optional(
          Type.String({
            maxLength: 1000,
            description:
              'Words: `from: to: subject: before: after: larger: smaller: score:`, or any',
          }),
        ),
        order: Type.Optional(words(ORDERS)),
        cursor: Type.Optional(Type.String({ maxLength: 2000 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      }),
      answer: object({
        items: Type.Array(ItemSchema),
        next: nullable(Type.String({ description: 'Cursor of the next page' })),
      }),
    },
    async ({ verbs, query }) => {
      const { filter: chip, q: search, ...rest } = query
      const { items, next } = await verbs.items.list({ chip, search, ...rest })
      return { items: items.map(shownItem), next }
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/items::counts',
      may: 'read',
      id: 'countItems',
      tag: 'items',
      summary: 'How many items each class has',
      query: object({ scope: Type.Optional(ScopeText) }),
      answer: object(Object.fromEntries(CHIPS.map((chip) => [chip, Type.Integer()]))),
    },
    ({ verbs, query }) => verbs.items.counts(query.scope),
  )
  define(
    app,
    {
      method: 'GET',
      url: ITEM,
      may: 'read',
      id: 'getItem',
      tag: 'items',
      summary: 'One item',
      params: ItemParams,
      answer: ItemSchema,
    },
    async ({ verbs, params }) => await Promise.resolve(needShown(verbs, params.id)),
  )
  for (const name of Object.keys(DOES) as (keyof typeof DOES)[])
    define(
      app,
      {
        method: 'POST',
        url: verbOf(name),
        may: 'act',
        id: `${name}Item`,
        tag: 'items',
        summary: DOES[name],
        params: ItemParams,
        answer: ItemSchema,
      },
      async ({ verbs, params }) => {
        await verbs.items[name](params.id)
        return needShown(verbs, params.id)
      },
    )
  define(
    app,
    {
      method: 'POST',
      url: verbOf('delete'),
      may: 'act',
      id: 'deleteItem',
      tag: 'items',
      summary: 'Deletes it; it stays recoverable for main.grace_hours',
      params: ItemParams,
      answer: ItemSchema,
    },
    async ({ verbs, params }) => {
      await verbs.items.delete(params.id)
      return needShown(verbs, params.id)
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: verbOf('restore'),
      may: 'act',
      id: 'restoreItem',
      tag: 'items',
      summary: 'Brings back what was deleted to where it lay: for administrators',
      params: ItemParams,
      answer: ItemSchema,
    },
    async ({ verbs, params }) => {
      await verbs.items.restore([params.id])
      return needShown(verbs, params.id)
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: verbOf('mark'),
      may: 'act',
      id: 'markItem',
      tag: 'items',
      summary: 'Marks it as read or unread wherever it lies',
      params: ItemParams,
      body: object({ seen: Type.Boolean() }),
      answer: ItemSchema,
    },
    async ({ verbs, params, body }) => {
      await verbs.items.markSeen(params.id, body.seen)
      return needShown(verbs, params.id)
    },
  )
  releaseForAll(app)
}

function releaseForAll(app: FastifyInstance): void {
  const count = Type.Integer({ minimum: 0 })
  define(
    app,
    {
      method: 'GET',
      url: '/items/:id(^\\d+)::releaseForAll',
      may: 'read',
      id: 'countReleaseForAll',
      tag: 'items',
      summary: 'How many items of the same message could be released with it: for administrators',
      params: ItemParams,
      answer: object({ count }),
    },
    async ({ verbs, params }) =>
      await Promise.resolve({ count: verbs.items.caughtForAll(params.id) }),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/items/:id(^\\d+)::releaseForAll',
      may: 'act',
      id: 'releaseForAll',
      tag: 'items',
      summary:
        'Releases the message for all its recipients that the login sees: for administrators',
      params: ItemParams,
      body: object({ count: Type.Integer({ minimum: 1, description: 'As was told before' }) }),
      answer: object({ released: count }),
    },
    async ({ verbs, params, body }) => ({
      released: await verbs.items.releaseForAll(params.id, body.count),
    }),
  )
}
