// What a request has to pass before its body is read: how many of its account or network are answered already. Its body
// is counted as it comes, and its answer until it is sent.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Transform, type Readable } from 'node:stream'
import { networkOf } from '../network.ts'
import { limits } from './limits.ts'
import { Places, type Place } from './places.ts'
import { Problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: it was given none. */
    place: Place | null
    /** What is done for it: its place is kept until that has ended, also where nobody waits for the answer any more. */
    work: Promise<unknown> | null
  }
}

/** Whose a request is, for what it may take. */
export const shareOf = ({ caller, ip }: FastifyRequest): string =>
  caller ? `account ${caller.login.account}` : `from ${networkOf(ip)}`

/** Of those who have said who they are, and of others: these take nothing from those. */
export interface Crowds {
  readonly known: Places
  readonly strangers: Places
}

export const newCrowds = (): Crowds => ({
  known: new Places(limits.AT_ONCE_ALL, limits.HELD),
  strangers: new Places(limits.AT_ONCE_STRANGERS, limits.HELD_STRANGERS),
})

/** To be called behind the hook that sets `caller`, and before any route is. */
export function admitTo(app: FastifyInstance, { known, strangers }: Crowds): void {
  app.decorateRequest('place', null)
  app.decorateRequest('work', null)
  app.addHook('onRequest', (request, reply, done) => {
    const place = (request.caller ? known : strangers).enter(shareOf(request))
    if (!place) return done(busy())
    request.place = place
    reply.raw.once('close', () => {
      const leave = (): void => place.leave()
      if (request.work) request.work.then(leave, leave)
      else leave()
    })
    done()
  })
  app.addHook('preParsing', (request, _reply, body, done) => {
    const { headers, place } = request
    const comes =
      headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
    done(null, comes && place ? counted(body as Readable, place) : body)
  })
  app.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = function (request, reply) {
      const work = handler.call(this, request, reply)
      request.work = work instanceof Promise ? work : null
      return work
    }
  })
  app.addHook('onSend', (request, reply, answer, done) => {
    const { place } = request
    const octets = sizeOf(answer)
    // What is larger than a share can be had by who asks for nothing else at the time.
    const fits = octets <= limits.UNCOUNTED || !place || place.holds(Math.min(octets, place.most))
    if (fits) return done(null, answer)
    if (isStream(answer)) answer.destroy()
    reply.removeHeader('content-length').removeHeader('content-disposition')
    done(busy())
  })
}

/** The body, which is refused as soon as there is no room for what has come. */
function counted(body: Readable, place: Place): Readable {
  let octets = 0
  const out = new Transform({
    transform(piece: Buffer, _encoding, next) {
      // A body may come in pieces of one octet, each an object that keeps what it is a part of.
      octets += limits.BODY_TIMES * piece.length + limits.PIECE
      if (place.holds(octets)) return next(null, piece)
      body.unpipe(out)
      body.resume()
      next(busy())
    },
  })
  const cut = (): void => void out.destroy(new Problem('bad-request', 'The body is not whole.'))
  body.once('aborted', cut).once('error', cut)
  return body.pipe(out)
}

const isStream = (answer: unknown): answer is Readable =>
  typeof answer === 'object' && answer !== null && 'pipe' in answer

function sizeOf(answer: unknown): number {
  if (typeof answer === 'string') return limits.ANSWER_TIMES * answer.length
  if (Buffer.isBuffer(answer)) return answer.length
  return isStream(answer) ? limits.STREAMED : 0
}

const busy = (): Problem => new Problem('busy', 'Too many requests are under way; try again later.')
