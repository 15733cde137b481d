// Where links of digests lead to: do people who press one come to this server?
import { once } from 'node:events'
import { request, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Lazaret } from '../open.ts'
import { reasonOf, TIMEOUT_MS } from './connect.ts'
import { good, hint, wrong, type Finding } from './finding.ts'
import type { Installation } from './installation.ts'

const ANSWER_MAX = 100

export async function* digests(at: Installation, { quarantine }: Lazaret): AsyncGenerator<Finding> {
  if (quarantine.system.digests.wanted() === null) return
  const { url } = at.config.digest
  const serves = at.plugins.includes('lazaret/http')
  if (url === '') {
    if (serves)
      yield hint(
        'digests',
        'they go without links, since digest.url is empty',
        'set [digest] url in lazaret.ini to the address at which people reach lazaret/http',
      )
    return
  }
  if (!serves)
    yield wrong(
      'digests',
      `their links lead to ${url}, and config/plugins does not name lazaret/http`,
      'add the line lazaret/http, or empty [digest] url in lazaret.ini',
    )
  else yield await follow(url)
}

async function follow(url: string): Promise<Finding> {
  const todo =
    'open it in a browser; correct [digest] url in lazaret.ini, or what stands in front of lazaret/http'
  try {
    const { text, trusted } = await textAt(`${url}/healthy`)
    if (text !== 'yes\n')
      return wrong('digests', `their links lead to ${url}, where somebody else answers`, todo)
    if (trusted !== null)
      return hint(
        'digests',
        `their links lead to ${url}, whose certificate browsers do not trust (${trusted})`,
        'take one that they do (docs/operate.md "Users and certificates")',
      )
    return good('digests', `their links lead to ${url}, which answers`)
  } catch (error) {
    return wrong(
      'digests',
      `their links lead to ${url}, which ${reasonOf(error as NodeJS.ErrnoException)}`,
      todo,
    )
  }
}

/** `trusted`: why its certificate is not; null: it is. */
async function textAt(url: string): Promise<{ text: string; trusted: string | null }> {
  const options: RequestOptions = {
    rejectUnauthorized: false,
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }
  const asked = request(url, options).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const socket = answer.socket as TLSSocket
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > ANSWER_MAX) break
  }
  const code = socket.authorizationError as unknown
  return { text, trusted: socket.authorized ? null : String(code) }
}
