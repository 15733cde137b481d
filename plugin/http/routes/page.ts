// The page: a few files that the build made (scripts/page.mjs), kept in memory, each also packed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import { tellTag } from '../tags.ts'

/** No exception in it: no script, style or picture that is not a file of ours, and no text that becomes script. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
}

interface File {
  readonly type: string
  readonly bytes: Buffer
  readonly packed: Buffer
  readonly tag: string
}

/** From dist/plugin/http/routes, and from plugin/http/routes. */
const BUILT = ['../../../web', '../../../dist/web'].map((path) => join(__dirname, path))

export function pageRoutes(app: FastifyInstance, { base, log }: AppContext): void {
  const dir = BUILT.find((path) => existsSync(join(path, 'page.js')))
  if (dir === undefined) {
    log.warn('the page is not there: this package was not built (npm run build)')
    return
  }
  for (const name of readdirSync(dir)) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const file = read(join(dir, name), type)
    serve(app, name === 'index.html' ? '/' : `/${name}`, file)
  }
  // Without its last slash the names of its files would be those of another folder.
  if (base !== '')
    app.get(base, { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect(`${base}/`, 308),
    )
}

function read(path: string, type: string): File {
  const bytes = readFileSync(path)
  const tag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return { type, bytes, packed: gzipSync(bytes, { level: 9 }), tag }
}

function serve(app: FastifyInstance, url: string, { type, bytes, packed, tag }: File): void {
  app.route({
    method: 'GET',
    url,
    schema: { hide: true },
    handler: async (request, reply) => {
      reply.headers({
        'content-security-policy': PAGE_POLICY,
        'content-type': type,
        'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
        vary: 'accept-encoding',
      })
      if (tellTag(request, reply, tag)) return await reply.code(304).send()
      // RFC 9110 §12.5.3: what is not named may be sent as it is.
      if (
        !/(?:^|,)\s*gzip\s*(?:,|;\s*q=(?!0(?:\.0*)?\s*(?:,|$))|$)/i.test(
          String(request.headers['accept-encoding']),
        )
      )
        return await reply.send(bytes)
      return await reply.header('content-encoding', 'gzip').send(packed)
    },
  })
}
