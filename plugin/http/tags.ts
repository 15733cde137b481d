// ETag and If-Match (RFC 9110 §8.8.3, §13.1): whoever changes what somebody else has changed meanwhile is told.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '../errors.ts'
import { Problem } from './problem.ts'

export const quoted = (tag: string): string => `"${tag}"`

/** Sends the tag; true: the client has it already, and needs no more than 304. */
export function tellTag(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.headers({ etag: quoted(tag), 'cache-control': 'no-cache, private' })
  const has = request.headers['if-none-match']
  return has !== undefined && tagsOf(has).includes(tag)
}

/** The tag that the client has seen; undefined: it did not say, or takes any. Throws Problem for what is none. */
export function matchOf(request: FastifyRequest): string | undefined {
  const match = request.headers['if-match']
  if (match === undefined || match.trim() === '*') return undefined
  const [tag, ...more] = tagsOf(match)
  if (tag === undefined || more.length > 0)
    throw new Problem('bad-request', 'If-Match takes one entity tag, as ETag told it.')
  return tag
}

// RFC 9110 §8.8.3: a weak one never matches here, since If-Match compares strongly.
const tagsOf = (text: string): string[] =>
  Array.from(text.matchAll(/(W\/)?"([\x21\x23-\x7e]*)"/g), ([, weak, tag]) => (weak ? '' : tag))

/** A refusal since it was changed meanwhile, as HTTP calls it. */
export async function unlessChanged<T>(tag: string | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (tag !== undefined && error instanceof Refused && error.kind === 'conflict')
      throw new Problem('precondition', error.message)
    throw error
  }
}
