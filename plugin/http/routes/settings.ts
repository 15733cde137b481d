// Settings of a scope: each with its value, where it comes from, and what it would be if it were inherited.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { parseScope } from '../../scope.ts'
import { shownSettings } from '../../quarantine/verbs/shown.ts'
import { settingsTag } from '../../quarantine/verbs/settings.ts'
import { define } from '../define.ts'
import { nullable, object, ScopeText } from '../schema.ts'
import { matchOf, tellTag, unlessChanged, quoted } from '../tags.ts'

const Params = object({ scope: ScopeText })

const SettingsSchema = object({
  scope: ScopeText,
  settings: Type.Array(
    object({
      key: Type.String(),
      value: Type.String(),
      source: Type.String({ description: '`default`, or the scope at which it is set' }),
      inherited: nullable(object({ value: Type.String(), source: Type.String() })),
    }),
  ),
})

export function settingRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/settings/:scope',
      may: 'read',
      id: 'getSettings',
      tag: 'settings',
      summary: 'All settings that hold for a scope',
      params: Params,
      answer: SettingsSchema,
    },
    async ({ verbs, params, request, reply }) => {
      const values = verbs.settings.values(params.scope)
      if (tellTag(request, reply, settingsTag(values))) return await reply.code(304).send()
      return shownSettings(parseScope(params.scope), values, verbs.settings.inherited(params.scope))
    },
  )
  define(
    app,
    {
      method: 'PATCH',
      url: '/settings/:scope',
      may: 'act',
      id: 'changeSettings',
      tag: 'settings',
      summary: 'Sets values, all or none; null takes one back to what is inherited',
      params: Params,
      body: Type.Record(
        Type.String({ maxLength: 60 }),
        nullable(Type.String({ maxLength: 1000 })),
        {
          minProperties: 1,
          maxProperties: 100,
        },
      ),
      answer: SettingsSchema,
    },
    async ({ verbs, params, body, request, reply }) => {
      const tag = matchOf(request)
      const values = await unlessChanged(tag, verbs.settings.change(params.scope, body, tag))
      reply.header('etag', quoted(settingsTag(values)))
      return shownSettings(parseScope(params.scope), values, verbs.settings.inherited(params.scope))
    },
  )
}
