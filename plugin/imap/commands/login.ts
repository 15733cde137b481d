// LOGIN (RFC 9051 §6.2.3)
import type { Command } from '../command.ts'
import { checkPassword } from '../login/sasl.ts'
import { parseLogin } from '../wire/index.ts'
import { logInBy, needPrivacy } from './authenticate.ts'

export const LOGIN: Command<{ user: string; password: string }> = {
  state: 'not-authenticated',
  // A password that comes as a literal is not even asked for.
  literal: needPrivacy,
  parse: parseLogin,
  async run(session, { user, password }) {
    needPrivacy(session)
    return await logInBy(session, () => checkPassword(session, user, password))
  },
}
