// What is in an item: its text, its HTML made harmless, its header, its parts, and all its bytes.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { decodeWords, parseHeader, rawValue } from '../../mime/index.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import type { AppContext } from '../context.ts'
import { define } from '../define.ts'
import type { Attachment, Want } from '../preview/jobs.ts'
import { visible } from '../preview/visible.ts'
import { DOCUMENT_POLICY } from '../preview/policy.ts'
import { Problem } from '../problem.ts'
import { object } from '../schema.ts'
import { ITEM, ItemParams, needShown } from './items.ts'

const part = ITEM.replace('$)', ')')
const url = (what: string): string => `${part}/${what}`
const text = Type.String()
const PIECE = 256 * 1024

/** Octets of a header that are decoded for somebody to look at. */
const HEADER_SHOWN = 256 * 1024

const AttachmentSchema = object({
  part: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  type: Type.String(),
  size: Type.Integer(),
  inline: Type.Boolean({ description: 'Stands in the text, and is shown there' }),
})

export function contentRoutes(app: FastifyInstance, { previews, base }: AppContext): void {
  const ask = (verbs: Verbs, id: number, want: Want) => {
    needShown(verbs, id)
    return previews.ask(verbs.login.account, want, () => verbs.messages.unchecked(id))
  }
  const asText = async (verbs: Verbs, id: number, want: 'text' | 'html'): Promise<string> => {
    const answer = await ask(verbs, id, { want })
    return 'text' in answer ? answer.text : ''
  }
  const common = { method: 'GET', may: 'read', tag: 'content', params: ItemParams } as const

  define(
    app,
    {
      ...common,
      url: url('text'),
      id: 'getText',
      summary: 'Its text; what hides in it is shown as [U+202E]',
      answer: text,
      produces: 'text/plain; charset=utf-8',
    },
    ({ verbs, params }) => asText(verbs, params.id, 'text'),
  )
  define(
    app,
    {
      ...common,
      url: url('html'),
      id: 'getHtml',
      summary: 'Its HTML made harmless: nothing runs, loads or leads anywhere',
      answer: text,
      produces: 'text/html; charset=utf-8',
    },
    async ({ verbs, params, reply }) => {
      reply.header('content-security-policy', DOCUMENT_POLICY)
      return await asText(verbs, params.id, 'html')
    },
  )
  define(
    app,
    {
      ...common,
      method: 'POST',
      url: `${part}::preview`,
      id: 'makePreview',
      summary: 'The same as a document that can be fetched once, without a cookie, for a minute',
      answer: object({ path: Type.String() }),
      once: () => ({ path: '' }),
    },
    async ({ verbs, params }) => {
      const name = previews.keep(verbs.login.account, await asText(verbs, params.id, 'html'))
      return { path: `${base}/preview/${name}` }
    },
  )
  define(
    app,
    {
      ...common,
      url: url('headers'),
      id: 'getHeaders',
      summary: 'The fields of its header, decoded, in their order',
      answer: object({
        fields: Type.Array(object({ name: Type.String(), value: Type.String() })),
        whole: Type.Boolean({
          description: `False: it is longer than ${HEADER_SHOWN} octets, and ends there`,
        }),
      }),
    },
    async ({ caller: { turn }, verbs, params }) => {
      needShown(verbs, params.id)
      await verbs.messages.check(params.id, turn)
      // Of a header that nobody reads no more is decoded than somebody might.
      const head = verbs.messages.octets(params.id, 0, HEADER_SHOWN)
      const header = parseHeader(head)
      return {
        whole: header.end < head.length || head.length < HEADER_SHOWN,
        fields: header.fields.map((field) => ({
          name: header.slice(field.start, field.nameEnd),
          value: visible(decodeWords(rawValue(header, field))),
        })),
      }
    },
  )
  define(
    app,
    {
      ...common,
      url: url('raw'),
      id: 'getRaw',
      summary: 'All of it, byte for byte as it came',
      answer: Type.String({ format: 'binary' }),
      produces: 'message/rfc822',
    },
    async ({ caller: { turn }, verbs, params, reply }) => {
      const { size } = needShown(verbs, params.id)
      await verbs.messages.check(params.id, turn)
      download(reply.headers({ 'content-length': size }), `${params.id}.eml`)
      return Readable.from(pieces(verbs, params.id, size))
    },
  )
  define(
    app,
    {
      ...common,
      url: url('parts'),
      id: 'listParts',
      summary: 'What is attached to it',
      answer: object({ parts: Type.Array(AttachmentSchema) }),
    },
    async ({ verbs, params }) => {
      const answer = await ask(verbs, params.id, { want: 'parts' })
      return { parts: 'parts' in answer ? answer.parts : [] }
    },
  )
  define(
    app,
    {
      ...common,
      url: url('parts/:part'),
      params: object({
        ...ItemParams.properties,
        part: Type.Integer({ minimum: 1, maximum: 10_000 }),
      }),
      id: 'getPart',
      summary: 'An attachment, where the setting download_attachments of its scope allows it',
      answer: Type.String({ format: 'binary' }),
      produces: 'application/octet-stream',
    },
    async ({ verbs, params, reply }) => {
      const { scope } = needShown(verbs, params.id)
      const allowed = verbs.settings
        .values(scope)
        .some(
          ({ key, value }) => key === 'download_attachments' && /^(?:yes|true|on|1)$/i.test(value),
        )
      if (!allowed)
        throw new Problem(
          'not-allowed',
          `Attachments of mail of ${scope} cannot be downloaded here: its administrator can allow it (download_attachments), or release the message.`,
        )
      const answer = await ask(verbs, params.id, { want: 'part', part: params.part })
      if (!('bytes' in answer))
        throw new Problem('not-found', `Item ${params.id} has no part ${params.part}.`)
      download(reply, nameOf(answer.attachment))
      return Buffer.from(answer.bytes)
    },
  )
}

/** The message alone, without the fields that mail clients are shown in front of it. */
function* pieces(verbs: Verbs, id: number, size: number): Generator<Buffer> {
  const { length } = verbs.messages.unchecked(id).front
  for (let at = 0; at < size; at += PIECE)
    yield verbs.messages.octets(id, length + at, length + Math.min(size, at + PIECE))
}

const nameOf = ({ name, part: number }: Attachment): string =>
  name === '' ? `part-${number}` : name

/** To be kept, and never shown as a document of ours (RFC 6266, RFC 8187). */
function download(
  reply: { headers: (values: Record<string, string | number>) => unknown },
  name: string,
): void {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  reply.headers({
    'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)}`,
  })
}
