// SEARCH and UID SEARCH (RFC 9051 §6.4.4 and §6.4.9, RFC 3501 §6.4.4).
import type { Command } from '../command.ts'
import { keepModseqs } from '../condstore.ts'
import { answer, asksModseq } from '../search/answer.ts'
import { find } from '../search/find.ts'
import { matcherOf } from '../search/match.ts'
import { parseSearch, type Search } from '../wire/index.ts'

export const SEARCH: Command<Search> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseSearch,

  async run(session, args, call) {
    if (args.keys.some(asksModseq)) keepModseqs(session) // RFC 7162 §3.1
    const matcher = matcherOf(session, args.keys) // which may name the result saved before
    if (args.returns?.save) session.view.saved = [] // RFC 5182 §2.1: and so it stays in case of NO
    const indices = await find(session, matcher)
    answer(session, call, args, { indices, response: 'SEARCH' })
  },
}
