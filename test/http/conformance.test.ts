// Every route against its own description: with good input the answer has the form that OpenAPI tells; with one field
// broken, missing or too many it is refused in the form of a problem; and nobody comes in without a token that may.
import { validate } from '@readme/openapi-parser'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, test } from 'vitest'
import { hold, message, ROOT } from '../quarantine/rig.ts'
import { accounts, PASSWORD, world, type Answer, type Ask, type World } from './world.ts'

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  enum?: unknown[]
}
interface Parameter {
  in: string
  name: string
  required?: boolean
  schema: Schema
}
interface Operation {
  operationId: string
  description?: string
  security?: unknown[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}
interface Route extends Operation {
  method: string
  url: string
}

interface Sample {
  params?: Record<string, string | number>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
  status?: number
}

let on: World
let admin = ''
let routes: Route[] = []
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }))

const USER = 'user@example.com'
let made = 0
const item = async (): Promise<number> =>
  (await hold(on.lazaret, message(`sample-${++made}`)))[0].item as number
const root = () => on.lazaret.quarantine.as(ROOT)
const name = (): string => `a${++made}@example.com`
const account = async (): Promise<string> => {
  const one = name()
  await root().accounts.add(one, 'address', PASSWORD)
  return one
}
const one = async (over: Sample = {}): Promise<Sample> => ({
  params: { id: await item() },
  ...over,
})

/** One that the user has given. */
const lesson = async (): Promise<number> => {
  const user = on.lazaret.quarantine.as({ account: USER, tier: 'address', scope: USER })
  await user.items.spam(await item())
  return root().lessons.list({ scope: USER, limit: 1 })[0].id
}

/** A request of each operation that is good. */
const SAMPLES: Record<string, () => Promise<Sample> | Sample> = {
  listItems: () => ({ query: { filter: 'caught', order: 'wanted', limit: '5', q: 'subject:x' } }),
  countItems: () => ({ query: { scope: USER } }),
  getItem: () => one(),
  releaseItem: () => one(),
  releaseAndTrainItem: () => one(),
  notSpamItem: () => one(),
  spamItem: () => one(),
  undoItem: () => one(),
  deleteItem: () => one(),
  restoreItem: async () => {
    const id = await item()
    await root().items.delete(id)
    return { params: { id } }
  },
  markItem: () => one({ body: { seen: true } }),
  countReleaseForAll: () => one(),
  releaseForAll: () => one({ body: { count: 1 } }),
  getText: () => one(),
  getHtml: () => one(),
  makePreview: () => one(),
  getHeaders: () => one(),
  getRaw: () => one(),
  listParts: () => one(),
  getPart: async () => {
    const raw = message('part')
      .toString()
      .replace('Subject', 'MIME-Version: 1.0\r\nContent-Type: application/zip\r\nSubject')
    const [{ item: id }] = await hold(on.lazaret, Buffer.from(raw))
    await root().settings.set(USER, 'download_attachments', 'yes')
    return { params: { id: id as number, part: 1 } }
  },
  batchItems: async () => ({ body: { action: 'markSeen', items: [await item()] }, status: 201 }),
  getOperation: async () => {
    const { operation, done } = await on.lazaret.quarantine
      .as(ADMIN)
      .requests.each([await item()], 'spam')
    await done
    return { params: { id: operation.id } }
  },
  listEntries: () => ({ query: { scope: 'global', list: 'block', limit: '1' } }),
  listInherited: () => ({ query: { scope: USER, list: 'block', q: 'spam', limit: '1' } }),
  changeList: () => ({
    body: { scope: USER, list: 'allow', add: ['*@friend.example'], remove: [] },
  }),
  checkLists: () => ({
    body: {
      from: 'a@blocked.example',
      sender: 'a@blocked.example',
      recipient: USER,
      direction: 'in',
      proven: true,
    },
  }),
  importList: () => ({
    query: { scope: USER, list: 'block' },
    body: '*@imported.example\n',
    headers: { 'content-type': 'text/plain' },
  }),
  exportList: () => ({ query: { scope: USER, list: 'block' } }),
  getSettings: () => ({ params: { scope: USER } }),
  changeSettings: () => ({ params: { scope: USER }, body: { copy_unsure: 'yes', spam: null } }),
  listAccounts: () => ({}),
  addAccount: () => ({ body: { name: name(), tier: 'address', password: PASSWORD }, status: 201 }),
  getAccount: () => ({ params: { name: USER } }),
  changeAccount: async () => ({
    params: { name: await account() },
    body: { disabled: true },
    status: 204,
  }),
  setPassword: async () => ({
    params: { name: await account() },
    body: { password: 'another password' },
    status: 204,
  }),
  unlockAccount: () => ({ params: { name: USER } }),
  removeAccount: async () => ({
    params: { name: await account() },
    query: { purge: 'true' },
    status: 204,
  }),
  addApp: () => ({ params: { name: USER }, body: { name: `Phone ${++made}` }, status: 201 }),
  revokeApp: async () => {
    const { app } = await root().accounts.addApp(USER, `Old ${++made}`)
    return { params: { name: USER, app: app.id } }
  },
  enrolFactor: async () => ({ params: { name: await account() }, status: 201 }),
  confirmFactor: async () => ({
    params: { name: await account() },
    body: { code: '123456' },
    status: 422,
  }),
  dropFactor: async () => {
    const name = await account()
    await root().accounts.enrolFactor(name)
    return { params: { name }, status: 204 }
  },
  listAliases: () => ({}),
  addAlias: () => ({ body: { alias: name(), account: USER }, status: 201 }),
  removeAlias: async () => {
    const alias = name()
    await root().aliases.add(alias, USER)
    return { params: { alias } }
  },
  listTokens: () => ({}),
  makeToken: () => ({ body: { account: USER, name: 'sample', may: 'read', days: 1 }, status: 201 }),
  withdrawToken: async () => {
    const { id } = await root().tokens.make({ account: USER, name: 'x', may: 'read' })
    return { params: { id }, status: 204 }
  },
  getSession: () => ({}),
  logIn: () => ({ body: { user: USER, password: PASSWORD, code: '' }, status: 403 }),
  logOut: () => ({ status: 204 }),
  listSessions: () => ({}),
  endSession: () => ({ params: { id: 'none' }, status: 404 }),
  checkMessage: () => ({
    query: { recipient: USER, sender: 'a@blocked.example' },
    body: message('check').toString(),
    headers: { 'content-type': 'message/rfc822' },
  }),
  // What is no report; a good one is learned from in test/quarantine/report.
  report: () => ({
    body: message('report').toString(),
    headers: { 'content-type': 'message/rfc822' },
    status: 422,
  }),
  getModel: () => ({}),
  getStanding: () => ({ params: { scope: USER } }),
  listLessons: async () => {
    await lesson()
    return { query: { scope: USER, standing: 'heard', limit: '1' } }
  },
  getLesson: async () => ({ params: { id: await lesson() } }),
  undoLessons: async () => ({ body: { lessons: [await lesson()] } }),
  approveLessons: async () => ({ body: { lessons: [await lesson()] } }),
  refuseLessons: async () => ({ body: { lessons: [await lesson()] } }),
  forgetLessons: () => ({ body: { scope: USER } }),
  getScores: () => ({ query: { scope: USER } }),
  ifThresholds: () => ({ body: { scope: USER, unsure: 0.5, spam: 0.9 } }),
  ifListed: () => ({ body: { scope: USER, list: 'allow', masks: ['*@blocked.example'] } }),
  ifTaught: async () => ({
    body: { scope: USER, lessons: [{ item: await item(), label: 'ham' }] },
  }),
  getDigest: () => ({ params: { scope: USER } }),
  previewDigest: () => ({ params: { scope: USER }, body: { all: true } }),
  // An address that nothing was held for; one that has is in test/http/digest.test.ts.
  sendDigest: () => ({ params: { scope: name() }, body: { all: true }, status: 422 }),
  getStats: () => ({ query: { scope: USER, from: '2026-11-01', to: '2026-11-30' } }),
  getTopSenders: () => ({ query: { scope: USER, limit: '3' } }),
  getAudit: () => ({ query: { since: '0', limit: '5', by: 'root' } }),
  streamEvents: () => ({}),
  getProblem: () => ({ params: { kind: 'invalid' } }),
}

const ADMIN = { account: 'admin', tier: 'super-admin', scope: '' } as const

beforeAll(async () => {
  on = await world({ http: { requests_per_minute: 1_000_000 }, login: { scram: 'no' } })
  await accounts(on, ['admin', 'super-admin'], [USER, 'address'])
  admin = await on.token('admin')
  const { body } = await on.ask<{ paths: Record<string, Record<string, Operation>> }>(
    'openapi.json',
  )
  routes = Object.entries(body.paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      url,
    })),
  )
})

async function send(route: Route, sample: Sample, over: Partial<Ask> = {}): Promise<Answer> {
  const { params = {}, query = {}, body, headers } = sample
  const path = route.url.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key]))
  const search = new URLSearchParams(query).toString()
  return await on.ask(search === '' ? path : `${path}?${search}`, {
    method: route.method,
    token: admin,
    body,
    headers,
    ...over,
  })
}

const schemaOf = (route: Route, status: number): object | null => {
  const { [status]: exact, default: other } = route.responses
  const content = (exact ?? other)?.content
  return content?.['application/json']?.schema ?? null
}

function expectProblem(route: Route, answer: Answer, status: number, why: string): void {
  const what = `${route.operationId}: ${why}`
  expect([answer.status, what]).toEqual([status, what])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const check = ajv.compile(schemaOf(route, 999) as object)
  expect([check(answer.body), check.errors, what]).toEqual([true, null, what])
  expect(answer.body.type).toMatch(/^\/api\/v1\/problems\/[a-z-]+$/)
}

/** Of another type than it should be. */
const wrong = ({ type, enum: all }: Schema): unknown =>
  all || type === 'string' ? 17 : 'seventeen'

test('the description is OpenAPI 3.1, and every operation has a sample', async () => {
  const { text } = await on.ask('openapi.json')
  expect(await validate(JSON.parse(text))).toMatchObject({ valid: true })
  expect(routes.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(SAMPLES).sort())
})

describe.each(Object.keys(SAMPLES).filter((id) => id !== 'streamEvents'))('%s', (id) => {
  const route = (): Route => routes.find((one) => one.operationId === id) as Route

  test('good input', async () => {
    const sample = await SAMPLES[id]()
    const answer = await send(route(), sample)
    expect([answer.status, answer.text]).toEqual([sample.status ?? 200, answer.text])
    const schema = schemaOf(route(), answer.status)
    if (!schema || answer.status === 204) return
    const check = ajv.compile(schema)
    expect([check(answer.body), check.errors]).toEqual([true, null])
  })

  test('one field broken, missing, too many', async () => {
    const { parameters = [], requestBody } = route()
    const sample = await SAMPLES[id]()
    for (const { name, in: where, schema, required } of parameters.filter(
      (one) => one.in === 'query',
    )) {
      if (schema.type !== 'string' || schema.enum) {
        const query = { ...sample.query, [name]: 'nonsense' }
        expectProblem(route(), await send(route(), { ...sample, query }), 400, `${where} ${name}`)
      }
      if (!required) continue
      const { [name]: _, ...query } = sample.query ?? {}
      expectProblem(route(), await send(route(), { ...sample, query }), 400, `no ${name}`)
    }
    if (parameters.some((one) => one.in === 'query')) {
      const query = { ...sample.query, extra: '1' }
      expectProblem(route(), await send(route(), { ...sample, query }), 400, 'a query too many')
    }
    const json = requestBody?.content['application/json']?.schema
    if (!json) return
    const body = sample.body as Record<string, unknown>
    for (const [name, schema] of Object.entries(json.properties ?? {})) {
      const broken = { ...body, [name]: wrong(schema) }
      expectProblem(route(), await send(route(), { ...sample, body: broken }), 400, `body ${name}`)
      if (!json.required?.includes(name)) continue
      const { [name]: _, ...less } = body
      expectProblem(route(), await send(route(), { ...sample, body: less }), 400, `no ${name}`)
    }
    const more = { ...body, extra: 1 }
    expectProblem(route(), await send(route(), { ...sample, body: more }), 400, 'a field too many')
    expectProblem(route(), await send(route(), { ...sample, body: [] }), 400, 'a list')
  })

  test('a token that may', async () => {
    if (!route().security) return
    const sample = await SAMPLES[id]()
    expectProblem(route(), await send(route(), sample, { token: undefined }), 401, 'no token')
    expectProblem(
      route(),
      await send(route(), sample, { token: `lzt_1_${'A'.repeat(43)}` }),
      401,
      'no good token',
    )
    const needs = /`(read|act|admin|report)`/.exec(route().description ?? '')?.[1] as string
    const less = { read: 'report', act: 'read', admin: 'act', report: 'act' } as const
    const token = await on.token('admin', less[needs as keyof typeof less])
    const answer = await send(route(), sample, { token })
    expectProblem(route(), answer, 403, `a token that may ${less[needs as keyof typeof less]}`)
    expect(answer.body.type).toBe('/api/v1/problems/token-scope')
  })
})
