// SORT and UID SORT (RFC 5256 §3), with RETURN (RFC 5267 §3: ESORT).
import type { SessionCommand } from '../command.ts'
import { answer } from '../search/answer.ts'
import { begin } from '../search/begin.ts'
import { find } from '../search/find.ts'
import { sort } from '../search/order.ts'
import { parseSort, type Sort } from '../wire/index.ts'

export const SORT: SessionCommand<Sort> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseSort,

  async run(session, args, call) {
    const matcher = await begin(session, args)
    const found = await find(session, matcher)
    const indices = await sort(session, found, args.criteria)
    answer(session, call, args, { indices, response: 'SORT' })
  },
}
