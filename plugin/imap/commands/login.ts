// Ways to log in (RFC 9051 §6.2)
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { ConnectionCommand, Done } from '../command.ts'
import type { Connection } from '../session.ts'
import { askOf, checkPassword, Failed, MECHANISM } from '../login/sasl.ts'
import { type Authenticate, parseAuthenticate, parseLogin } from '../wire/index.ts'

/** RFC 9051 §6.2.3: no password in the clear; RFC 5530 §3 names the code. */
function needPrivacy({ peer }: Connection): void {
  if (!peer.secure)
    throw new Refused('insecure', 'Passwords travel over TLS only; use STARTTLS first.')
}

/** Logs in by whatever `check` proves; a failure is logged, counted and answered late. */
async function logInBy(connection: Connection, check: () => Promise<Login>): Promise<Done> {
  await connection.quarantine.logins.settle()
  try {
    connection.logIn(await check())
  } catch (error) {
    if (error instanceof Failed) return await connection.logInFailed(error.user, error.reason)
    throw error
  }
  const names = connection.capabilities
  return {
    text: 'Logged in',
    code: (w) => {
      w.atom('CAPABILITY')
      for (const name of names) w.atom(name)
    },
  }
}

// AUTHENTICATE (RFC 9051 §6.2.2) with SASL-IR (RFC 4959)
const AUTHENTICATE: ConnectionCommand<Authenticate> = {
  state: 'not-authenticated',
  parse: parseAuthenticate,
  async run(connection, { mechanism, initial }) {
    needPrivacy(connection)
    if (!connection.capabilities.includes(`AUTH=${mechanism}`))
      throw new Refused('invalid', `There is no mechanism ${mechanism} here.`)
    return await logInBy(connection, () =>
      MECHANISM[mechanism](connection, askOf(connection), initial),
    )
  },
}

// LOGIN (RFC 9051 §6.2.3)
const LOGIN: ConnectionCommand<{ user: string; password: string }> = {
  state: 'not-authenticated',
  // A password that comes as a literal is not even asked for.
  literal: needPrivacy,
  parse: parseLogin,
  async run(connection, { user, password }) {
    needPrivacy(connection)
    return await logInBy(connection, () => checkPassword(connection, user, password))
  },
}

export const LOGINS = { AUTHENTICATE, LOGIN }
