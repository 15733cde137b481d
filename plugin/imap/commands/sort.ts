// SORT and UID SORT (RFC 5256 §3), with RETURN (RFC 5267 §3: ESORT).
import type { Command } from '../command.ts'
import { keepModseqs } from '../condstore.ts'
import { answer, asksModseq } from '../search/answer.ts'
import { find } from '../search/find.ts'
import { matcherOf } from '../search/match.ts'
import { sort } from '../search/order.ts'
import { parseSort, type Sort } from '../wire/index.ts'

export const SORT: Command<Sort> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseSort,

  async run(session, args, call) {
    if (args.keys.some(asksModseq)) keepModseqs(session) // RFC 7162 §3.1
    const matcher = matcherOf(session, args.keys)
    if (args.returns?.save) session.view.saved = []
    const found = await find(session, matcher)
    const indices = await sort(session, found, args.criteria)
    answer(session, call, args, { indices, response: 'SORT' })
  },
}
