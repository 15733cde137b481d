// What a change would do to mail on hand, before it is made.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { tellWhatIf, WISHES_MAX, type WhatIf } from '../../quarantine/verbs/what-if.ts'
import { scopeName } from '../../scope.ts'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { Id, nullable, object, ScopeText, words } from '../schema.ts'

const Count = Type.Integer({ minimum: 0 })
const Class = words(['ham', 'unsure', 'spam'])
const Label = words(['ham', 'spam'])
const Threshold = Type.Number({ minimum: 0, maximum: 1 })
const effect = {
  scope: ScopeText,
  text: Type.String({ description: 'The same in a sentence or two' }),
  caught: object({ seen: Count, freed: Count, freedSpam: Count, freedHam: Count }),
  delivered: nullable(object({ seen: Count, held: Count, moved: Count })),
  examples: Type.Array(
    object({
      id: Id,
      subject: Type.String(),
      from: Type.String(),
      score: Type.Number(),
      before: Class,
      after: Class,
      label: nullable(Label),
    }),
  ),
}
const EffectSchema = object(effect)

const shown = <T extends WhatIf>({ scope, ...rest }: T) => ({
  scope: scopeName(scope),
  text: tellWhatIf({ scope, ...rest }),
  ...rest,
})

export function whatIfRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/what-if/scores',
      may: 'read',
      id: 'getScores',
      tag: 'what-if',
      summary:
        'The scores of mail on hand in a scope: all that is caught, a sample of what was not',
      query: object({ scope: Type.Optional(ScopeText) }),
      answer: object({
        scope: ScopeText,
        thresholds: object({ unsure: Threshold, spam: Threshold }),
        caught: Type.Array(object({ score: Type.Number(), label: nullable(Label) })),
        delivered: Type.Array(Type.Number()),
      }),
    },
    async ({ verbs, query }) => {
      const { scope, ...dots } = await verbs.whatIf.scores(query.scope)
      return { scope: scopeName(scope), ...dots }
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/what-if/thresholds',
      may: 'read',
      id: 'ifThresholds',
      tag: 'what-if',
      summary: 'What other thresholds would do',
      body: object({
        scope: ScopeText,
        unsure: Type.Optional(Type.Number()),
        spam: Type.Optional(Type.Number()),
      }),
      answer: EffectSchema,
    },
    async ({ verbs, body: { scope, ...wanted } }) =>
      shown(await verbs.whatIf.thresholds(scope, wanted)),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/what-if/lists',
      may: 'read',
      id: 'ifListed',
      tag: 'what-if',
      summary: 'What more entries on a list would do',
      body: object({
        scope: ScopeText,
        list: words(['allow', 'block']),
        masks: Type.Array(Type.String({ maxLength: 400 }), { minItems: 1, maxItems: limits.MASKS }),
      }),
      answer: object({ ...effect, matched: Count, matchedHam: Count, matchedSpam: Count }),
    },
    async ({ verbs, body: { scope, list, masks } }) =>
      shown(await verbs.whatIf.listed(scope, list, masks)),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/what-if/lessons',
      may: 'read',
      id: 'ifTaught',
      tag: 'what-if',
      summary: 'What lessons by items would do to mail of a scope, or of all that the login sees',
      body: object({
        scope: Type.Optional(ScopeText),
        lessons: Type.Array(object({ item: Id, label: Label }), {
          minItems: 1,
          maxItems: WISHES_MAX,
        }),
      }),
      answer: EffectSchema,
    },
    async ({ verbs, body: { scope, lessons } }) => shown(await verbs.whatIf.taught(lessons, scope)),
  )
}
