// SASL mechanisms of AUTHENTICATE (RFC 9051 §6.2.2). Each asks for what it needs and answers the login,
// or throws: Bad for what does not follow its grammar, Refused for what is wrong.
import { Bad, Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { WRONG } from '../../quarantine/accounts/logins.ts'
import type { Connection } from '../session.ts'
import { ScramServer } from './scram.ts'
import { readSaslLine } from '../wire/index.ts'

/** Sends `challenge` in base64 and answers the client's bytes. */
type Ask = (challenge: string) => Promise<Buffer>

/** A login that failed, with the name that was tried. */
export class Failed extends Error {
  readonly user: string
  readonly reason: Refused
  constructor(user: string, reason: Refused) {
    super(reason.message)
    this.user = user
    this.reason = reason
  }
}

type Mechanism = (connection: Connection, ask: Ask, initial: Buffer | undefined) => Promise<Login>

export const MECHANISM: Readonly<Record<string, Mechanism>> = {
  PLAIN: plain,
  LOGIN: login,
  'SCRAM-SHA-256': scram,
}

/** The `Ask` of a connection. RFC 9051 §6.2.2: `*` cancels, and the answer is BAD. */
export function askOf(connection: Connection): Ask {
  return async (challenge) => {
    const line = await connection.prompt(Buffer.from(challenge).toString('base64'))
    const bytes = readSaslLine(line)
    if (bytes === 'cancel') throw new Bad('AUTHENTICATE was cancelled')
    return bytes
  }
}

/** Checks a password; what fails carries the name, for the log. */
export async function checkPassword(
  { quarantine, peer }: Connection,
  user: string,
  password: string,
): Promise<Login> {
  return await naming(user, () => quarantine.logins.login(user, password, peer.network))
}

/** RFC 4616: authzid NUL authcid NUL passwd. */
async function plain(
  connection: Connection,
  ask: Ask,
  initial: Buffer | undefined,
): Promise<Login> {
  const fields = (initial ?? (await ask(''))).toString('utf8').split('\0')
  if (fields.length !== 3) throw new Bad('Expected authzid NUL authcid NUL password')
  const [identity, user, password] = fields
  // Nobody acts for somebody else here.
  if (identity !== '' && identity.toLowerCase() !== user.toLowerCase())
    throw new Failed(user, new Refused('wrong-login', WRONG))
  return await checkPassword(connection, user, password)
}

/** The older way of Outlook (draft-murchison-sasl-login). */
async function login(
  connection: Connection,
  ask: Ask,
  initial: Buffer | undefined,
): Promise<Login> {
  const user = (initial ?? (await ask('Username:'))).toString('utf8')
  const password = (await ask('Password:')).toString('utf8')
  return await checkPassword(connection, user, password)
}

/** RFC 5802, RFC 7677. */
async function scram(
  connection: Connection,
  ask: Ask,
  initial: Buffer | undefined,
): Promise<Login> {
  const { quarantine, peer } = connection
  const server = new ScramServer((initial ?? (await ask(''))).toString('utf8'))
  const { user } = server
  const account = await naming(user, () => quarantine.logins.scram(user, peer.network))
  const final = (await ask(server.first(account.keys))).toString('utf8')
  let signature = ''
  const login = await naming(user, () =>
    quarantine.logins.prove(user, peer.network, () => {
      for (const one of [account, ...account.others]) {
        const proof = server.final(final, one.keys)
        if (proof === null) continue
        signature = proof
        return one.login
      }
      return null
    }),
  )
  // RFC 9051 §6.2.2: data with success travels in a challenge that an empty line answers
  await ask(signature)
  return login
}

async function naming<T>(user: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof Refused) throw new Failed(user, error)
    throw error
  }
}
