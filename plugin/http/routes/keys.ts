// What else than its password opens an account, or keeps it shut: app passwords of mail clients, and a second factor.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { shownApp } from '../../quarantine/verbs/shown.ts'
import type { Caller } from '../caller.ts'
import type { AppContext } from '../context.ts'
import { define } from '../define.ts'
import { nullable, object, Time } from '../schema.ts'

const Params = object({ name: Type.String({ minLength: 1, maxLength: 320 }) })
const app_ = {
  id: Type.String(),
  name: Type.String(),
  created: Time,
  lastUse: nullable(object({ at: Time, network: Type.String() })),
}
export const AppSchema = object(app_)

export function keyRoutes(app: FastifyInstance, { door }: AppContext): void {
  /** A browser by which the login's own second factor was changed stays logged in; others are not. */
  const stay = async ({ session, login }: Caller, name: string): Promise<void> => {
    if (session !== null && login.account === name.trim().toLowerCase())
      await door.sessions.renew(session)
  }
  define(
    app,
    {
      method: 'POST',
      url: '/accounts/:name/apps',
      may: 'admin',
      id: 'addApp',
      tag: 'accounts',
      summary: 'Makes an app password for a mail client; it is in this answer and nowhere else',
      params: Params,
      body: object({ name: Type.String({ minLength: 1, maxLength: 60 }) }),
      answer: object({
        ...app_,
        password: nullable(Type.String({ description: 'Shown once: null in a repeated answer' })),
      }),
      status: 201,
      once: (answer) => ({ ...answer, password: null }),
    },
    async ({ verbs, params, body }) => {
      const made = await verbs.accounts.addApp(params.name, body.name)
      return { ...shownApp(made.app), password: made.password }
    },
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/accounts/:name/apps/:app',
      may: 'admin',
      id: 'revokeApp',
      tag: 'accounts',
      summary: 'Withdraws an app password, by its id or its name',
      params: object({ ...Params.properties, app: Type.String({ maxLength: 100 }) }),
      answer: AppSchema,
    },
    async ({ verbs, params }) => shownApp(await verbs.accounts.revokeApp(params.name, params.app)),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/accounts/:name/factor',
      may: 'admin',
      id: 'enrolFactor',
      tag: 'accounts',
      summary: 'A secret for a second factor; it counts once it was confirmed',
      params: Params,
      answer: object({ secret: nullable(Type.String()), uri: nullable(Type.String()) }),
      status: 201,
      once: () => ({ secret: null, uri: null }),
    },
    async ({ verbs, params }) => await verbs.accounts.enrolFactor(params.name),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/accounts/:name/factor/confirm',
      may: 'admin',
      id: 'confirmFactor',
      tag: 'accounts',
      summary: 'Confirms it by a code, and answers recovery codes, which are shown once',
      params: Params,
      body: object({ code: Type.String({ maxLength: 20 }) }),
      answer: object({ recovery: Type.Array(Type.String()) }),
      once: () => ({ recovery: [] }),
    },
    async ({ caller, verbs, params, body }) => {
      const recovery = await verbs.accounts.confirmFactor(params.name, body.code)
      await stay(caller, params.name)
      return { recovery }
    },
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/accounts/:name/factor',
      may: 'admin',
      id: 'dropFactor',
      tag: 'accounts',
      summary: 'Asks for no second factor any more',
      params: Params,
      answer: Type.Null(),
      status: 204,
    },
    async ({ caller, verbs, params }) => {
      await verbs.accounts.dropFactor(params.name)
      await stay(caller, params.name)
    },
  )
}
