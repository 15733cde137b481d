// Aliases: addresses and domains whose mail belongs to an account.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { shownAlias } from '../../quarantine/verbs/shown.ts'
import { define } from '../define.ts'
import { object, ScopeText } from '../schema.ts'

const AliasSchema = object({ alias: ScopeText, owner: ScopeText })

export function aliasRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/aliases',
      may: 'read',
      id: 'listAliases',
      tag: 'accounts',
      summary: 'Aliases of the accounts that the login manages',
      answer: object({ aliases: Type.Array(AliasSchema) }),
    },
    async ({ verbs }) => await Promise.resolve({ aliases: verbs.aliases.list().map(shownAlias) }),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/aliases',
      may: 'admin',
      id: 'addAlias',
      tag: 'accounts',
      summary: 'New mail of the alias belongs to the account from now on',
      body: object({ alias: ScopeText, account: ScopeText }),
      answer: AliasSchema,
      status: 201,
    },
    async ({ verbs, body }) => shownAlias(await verbs.aliases.add(body.alias, body.account)),
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/aliases/:alias',
      may: 'admin',
      id: 'removeAlias',
      tag: 'accounts',
      summary: 'Mail of the alias is its own again',
      params: object({ alias: ScopeText }),
      answer: AliasSchema,
    },
    async ({ verbs, params }) => shownAlias(await verbs.aliases.remove(params.alias)),
  )
}
