// A report to a central Lazaret: POST of the ARF message, by a token. What this server knows of the answer is no more
// than whether the report is taken, will never be, or is to come again.
import { request } from 'node:https'

export interface Post {
  url: string
  token: string
  /** Certificates that vouch for the server, in PEM; none: the usual ones. */
  ca?: string
  /** The statement: of two posts with one key, one counts. */
  key: string
  agent: string
  body: Buffer
}

export interface Answered {
  /** `again`: nothing is wrong with this report. */
  outcome: 'taken' | 'refused' | 'again'
  /** One line for the log and for people. */
  reply: string
  /** It may have been taken, and the answer was lost. */
  maybe: boolean
  /** Seconds after which the server wants it again, where it says so. */
  after: number | null
}

/** Ms without an octet, and in all: a report has 1 MiB at most. */
const SILENCE_MS = 30_000
const WHOLE_MS = 120_000
/** Octets of an answer that are read. */
const ANSWER_MAX = 4096

/** Never throws. */
export async function post({ url, token, ca, key, agent, body }: Post): Promise<Answered> {
  return await new Promise((resolve) => {
    let given = false
    const again = (reply: string, maybe = given): void =>
      resolve({ outcome: 'again', reply, maybe, after: null })
    const signal = AbortSignal.timeout(WHOLE_MS)
    const asked = request(url, {
      method: 'POST',
      signal,
      timeout: SILENCE_MS,
      agent: false,
      ...(ca && { ca }),
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'message/rfc822',
        'Content-Length': body.length,
        'Idempotency-Key': key,
        'User-Agent': agent,
        Accept: 'application/json',
      },
    })
    asked.on('timeout', () => asked.destroy(new Error('it is silent')))
    asked.on('error', (error) => again(reasonOf(error)))
    asked.on('response', (response) => {
      const pieces: Buffer[] = []
      let size = 0
      response.on('data', (piece: Buffer) => {
        if (size < ANSWER_MAX) pieces.push(piece)
        size += piece.length
        if (size > 16 * ANSWER_MAX) response.destroy()
      })
      const status = response.statusCode ?? 0
      const done = (): void =>
        resolve(answered(status, textOf(pieces), response.headers['retry-after'] ?? ''))
      response.on('end', done)
      response.on('error', done)
      response.on('close', done)
    })
    // From here on the server may have it whole.
    asked.on('finish', () => (given = true))
    asked.end(body)
  })
}

/** RFC 9110 §15: what is wrong with this report, and what with the server or with our token. */
const REFUSED = new Set([400, 410, 413, 415, 422])

export function answered(status: number, text: string, retryAfter: string): Answered {
  const reply = `${status}${text === '' ? '' : ` ${text}`}`
  const outcome =
    status >= 200 && status < 300 ? 'taken' : REFUSED.has(status) ? 'refused' : 'again'
  // RFC 9110 §10.2.3: seconds, or a date.
  const seconds = /^\d{1,6}$/.test(retryAfter.trim())
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000
  const after = Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null
  return { outcome, reply, maybe: false, after }
}

/** RFC 9457: what the problem is called; else the first line. */
function textOf(pieces: readonly Buffer[]): string {
  const text = Buffer.concat(pieces).toString('utf8')
  try {
    const { detail, title, message } = JSON.parse(text) as Record<string, unknown>
    const told = [detail, message, title].find((one) => typeof one === 'string')
    return told === undefined ? '' : oneLine(told)
  } catch {
    return oneLine(text.split('\n', 1)[0])
  }
}

const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 300)

function reasonOf(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code
  return oneLine(
    code && !error.message.includes(code) ? `${error.message} (${code})` : error.message,
  )
}
