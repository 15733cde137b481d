// Ways to log in (RFC 9051 §6.2)
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Command, Done, Session } from '../command.ts'
import { askOf, checkPassword, Failed, MECHANISM } from '../login/sasl.ts'
import { type Authenticate, parseAuthenticate, parseLogin } from '../wire/index.ts'

/** RFC 9051 §6.2.3: no password in the clear; RFC 5530 §3 names the code. */
function needPrivacy({ peer }: Session): void {
  if (!peer.secure)
    throw new Refused('PRIVACYREQUIRED', 'Passwords travel over TLS only; use STARTTLS first.')
}

/** Logs in by whatever `check` proves; a failure is logged, counted and answered late. */
async function logInBy(session: Session, check: () => Promise<Login>): Promise<Done> {
  try {
    session.logIn(await check())
  } catch (error) {
    if (error instanceof Failed) return await session.logInFailed(error.user, error.reason)
    throw error
  }
  const names = session.capabilities
  return {
    text: 'Logged in',
    code: (w) => {
      w.atom('CAPABILITY')
      for (const name of names) w.atom(name)
    },
  }
}

// AUTHENTICATE (RFC 9051 §6.2.2) with SASL-IR (RFC 4959)
const AUTHENTICATE: Command<Authenticate> = {
  state: 'not-authenticated',
  parse: parseAuthenticate,
  async run(session, { mechanism, initial }) {
    needPrivacy(session)
    if (!Object.hasOwn(MECHANISM, mechanism))
      throw new Refused('CANNOT', `There is no mechanism ${mechanism} here.`)
    return await logInBy(session, () => MECHANISM[mechanism](session, askOf(session), initial))
  },
}

// LOGIN (RFC 9051 §6.2.3)
const LOGIN: Command<{ user: string; password: string }> = {
  state: 'not-authenticated',
  // A password that comes as a literal is not even asked for.
  literal: needPrivacy,
  parse: parseLogin,
  async run(session, { user, password }) {
    needPrivacy(session)
    return await logInBy(session, () => checkPassword(session, user, password))
  },
}

export const LOGINS = { AUTHENTICATE, LOGIN }
