// Every route of the server.
import type { FastifyInstance } from 'fastify'
import { API, type AppContext } from '../context.ts'
import { accountRoutes } from './accounts.ts'
import { auditRoutes } from './audit.ts'
import { autoconfigRoutes } from './autoconfig.ts'
import { autodiscoverRoutes } from './autodiscover.ts'
import { contentRoutes } from './content.ts'
import { digestRoutes } from './digest.ts'
import { healthRoutes } from './health.ts'
import { aliasRoutes } from './aliases.ts'
import { itemRoutes } from './items.ts'
import { keyRoutes } from './keys.ts'
import { lessonRoutes } from './lessons.ts'
import { linkRoutes } from './link.ts'
import { listRoutes } from './lists.ts'
import { metricRoutes } from './metrics.ts'
import { modelRoutes } from './model.ts'
import { openapiRoutes } from './openapi.ts'
import { operationRoutes } from './operations.ts'
import { pageRoutes } from './page.ts'
import { previewRoutes } from './preview.ts'
import { reportRoutes } from './reports.ts'
import { sessionRoutes } from './session.ts'
import { settingRoutes } from './settings.ts'
import { statRoutes } from './stats.ts'
import { streamRoutes } from './stream.ts'
import { tokenRoutes } from './tokens.ts'
import { whatIfRoutes } from './what-if.ts'

const API_ROUTES = [
  itemRoutes,
  contentRoutes,
  operationRoutes,
  listRoutes,
  settingRoutes,
  digestRoutes,
  accountRoutes,
  keyRoutes,
  aliasRoutes,
  tokenRoutes,
  sessionRoutes,
  modelRoutes,
  lessonRoutes,
  whatIfRoutes,
  reportRoutes,
  statRoutes,
  auditRoutes,
  streamRoutes,
  openapiRoutes,
]

export function routes(app: FastifyInstance, context: AppContext): void {
  void app.register(
    (api, _options, done) => {
      for (const add of API_ROUTES) add(api, context)
      done()
    },
    { prefix: API },
  )
  pageRoutes(app, context)
  previewRoutes(app, context)
  linkRoutes(app, context)
  healthRoutes(app, context)
  metricRoutes(app, context)
  autoconfigRoutes(app, context)
  autodiscoverRoutes(app, context)
}
