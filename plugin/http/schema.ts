// The forms of what the API takes and answers: what is checked, and what OpenAPI tells.
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import { PROBLEMS } from './problem.ts'

/** An object that has these fields and no others. */
export const object = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description && { description }) })

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** One of some words. */
export const words = <const T extends string>(all: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...all], ...(description && { description }) })

export const Time = Type.String({ format: 'date-time' })
export const Id = Type.Integer({ minimum: 1, maximum: 4294967295 })
export const ScopeText = Type.String({
  maxLength: 512,
  description: '`user@example.com`, `example.com`, or `global` for everything',
})

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: `Ends with one of: ${Object.keys(PROBLEMS).join(', ')}` }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people: what was wrong, and what to do.' }),
    errors: Type.Optional(Type.Array(object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { additionalProperties: false, description: 'RFC 9457' },
)

export const ItemSchema = object({
  id: Id,
  kind: words(['held', 'copy', 'report', 'notice', 'plain', 'split']),
  direction: words(['in', 'out']),
  scope: ScopeText,
  from: object({ name: Type.String(), address: Type.String() }),
  claims: nullable(Type.String()),
  sender: Type.String(),
  recipients: Type.Array(Type.String()),
  subject: Type.String(),
  size: Type.Integer(),
  received: Time,
  expires: nullable(Time),
  class: nullable(words(['ham', 'unsure', 'spam'])),
  score: nullable(Type.Number()),
  threshold: nullable(Type.Number()),
  why: Type.Array(object({ name: Type.String(), text: Type.String(), weight: Type.Number() })),
  folders: Type.Array(Type.String()),
  seen: Type.Boolean(),
  learned: nullable(words(['ham', 'spam'])),
  release: nullable(
    object({
      state: words([
        'wanted',
        'claimed',
        'queued',
        'deferred',
        'sending',
        'delivered',
        'failed',
        'cancelled',
      ]),
      at: Time,
      reply: Type.String(),
      asked: nullable(
        object({ by: Type.String(), as: nullable(Type.String()), via: Type.String(), at: Time }),
      ),
      outcomes: Type.Array(
        object({ recipient: Type.String(), state: Type.String(), at: Time, reply: Type.String() }),
      ),
    }),
  ),
  deleted: nullable(object({ at: Time, by: Type.String(), folder: Type.String() })),
  handled: nullable(
    object(
      { by: Type.String(), as: nullable(Type.String()), at: Time },
      'Who did the last thing with it: released, taught or deleted it',
    ),
  ),
})
