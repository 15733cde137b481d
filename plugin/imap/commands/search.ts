// SEARCH and UID SEARCH (RFC 9051 §6.4.4 and §6.4.9, RFC 3501 §6.4.4).
import type { SessionCommand } from '../command.ts'
import { answer } from '../search/answer.ts'
import { begin } from '../search/begin.ts'
import { find } from '../search/find.ts'
import { parseSearch, type Search } from '../wire/index.ts'

export const SEARCH: SessionCommand<Search> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseSearch,

  async run(session, args, call) {
    const matcher = await begin(session, args)
    const indices = await find(session, matcher)
    answer(session, call, args, { indices, response: 'SEARCH' })
  },
}
