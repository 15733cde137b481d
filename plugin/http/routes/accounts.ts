// Accounts: the login's own, and those that it manages.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { API, type AppContext } from '../context.ts'
import { shownAccount, shownWhole } from '../../quarantine/verbs/shown.ts'
import { define } from '../define.ts'
import { AppSchema } from './keys.ts'
import { nullable, object, ScopeText, Time, words } from '../schema.ts'

const TIERS = ['super-admin', 'domain', 'address'] as const
const Name = Type.String({ minLength: 1, maxLength: 320 })
const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Params = object({ name: Name })
const account = {
  name: Type.String(),
  tier: words(TIERS),
  scope: ScopeText,
  created: Time,
  disabled: Type.Boolean({ description: 'Nobody logs in to it' }),
}
const AccountSchema = object(account)
const ShownSchema = object({
  ...account,
  lastLogin: nullable(object({ at: Time, network: Type.String() })),
  locked: Type.Array(object({ network: Type.String(), until: Time })),
  apps: Type.Array(AppSchema),
  factor: nullable(
    object({ recovery: Type.Integer({ description: 'Recovery codes that are left' }) }),
  ),
  aliases: Type.Array(ScopeText),
})

export function accountRoutes(app: FastifyInstance, { base }: AppContext): void {
  define(
    app,
    {
      method: 'GET',
      url: '/accounts',
      may: 'read',
      id: 'listAccounts',
      tag: 'accounts',
      summary: 'The accounts that the login manages, its own included',
      answer: object({ accounts: Type.Array(AccountSchema) }),
    },
    async ({ verbs }) =>
      await Promise.resolve({
        accounts: verbs.accounts.list().map(shownAccount),
      }),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/accounts',
      may: 'admin',
      id: 'addAccount',
      tag: 'accounts',
      summary: 'Makes an account',
      body: object({ name: Name, tier: words(TIERS), password: Password }),
      answer: AccountSchema,
      status: 201,
    },
    async ({ verbs, body, reply }) => {
      const made = await verbs.accounts.add(body.name, body.tier, body.password)
      reply.header('location', `${base}${API}/accounts/${encodeURIComponent(made.name)}`)
      return shownAccount(made)
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/accounts/:name',
      may: 'read',
      id: 'getAccount',
      tag: 'accounts',
      summary: 'An account, with its last login and the networks that are locked out of it',
      params: Params,
      answer: ShownSchema,
    },
    async ({ verbs, params }) =>
      await Promise.resolve(shownWhole(verbs.accounts.show(params.name))),
  )
  define(
    app,
    {
      method: 'PATCH',
      url: '/accounts/:name',
      may: 'admin',
      id: 'changeAccount',
      tag: 'accounts',
      summary: 'Lets nobody log in to an account, or somebody again',
      params: Params,
      body: object({ disabled: Type.Boolean() }),
      answer: Type.Null(),
      status: 204,
    },
    async ({ verbs, params, body }) => {
      await verbs.accounts.setDisabled(params.name, body.disabled)
    },
  )
  define(
    app,
    {
      method: 'PUT',
      url: '/accounts/:name/password',
      may: 'admin',
      id: 'setPassword',
      tag: 'accounts',
      summary: 'Sets a password; sessions of the old one end',
      params: Params,
      body: object({ password: Password }),
      answer: Type.Null(),
      status: 204,
    },
    async ({ verbs, params, body }) => {
      await verbs.accounts.setPassword(params.name, body.password)
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/accounts/:name/unlock',
      may: 'admin',
      id: 'unlockAccount',
      tag: 'accounts',
      summary: 'Wrong passwords so far count no more',
      params: Params,
      answer: object({ networks: Type.Integer({ description: 'That were locked out' }) }),
    },
    async ({ verbs, params }) => ({ networks: await verbs.accounts.unlock(params.name) }),
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/accounts/:name',
      may: 'admin',
      id: 'removeAccount',
      tag: 'accounts',
      summary: 'Removes an account; what lies in its scope stays, unless it is purged',
      params: Params,
      query: object({
        purge: Type.Optional(
          Type.Boolean({ description: 'Also mail, lists, settings and lessons of its scope' }),
        ),
      }),
      answer: Type.Null(),
      status: 204,
    },
    async ({ verbs, params, query }) => {
      if (query.purge) await verbs.accounts.purge(params.name)
      else await verbs.accounts.remove(params.name)
    },
  )
}
