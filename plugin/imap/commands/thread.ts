// THREAD and UID THREAD (RFC 5256 §3).
import { Bad } from '../../errors.ts'
import type { SessionCommand } from '../command.ts'
import { begin } from '../search/begin.ts'
import { find } from '../search/find.ts'
import { threadColumns } from '../search/thread-columns.ts'
import { parseThread, type Thread } from '../wire/index.ts'

export const THREAD: SessionCommand<Thread> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseThread,

  async run(session, args, call) {
    const { algorithm } = args
    if (algorithm === 'REFS') throw new Bad('Thread by REFERENCES or ORDEREDSUBJECT')
    const found = await find(session, await begin(session, args))
    const number = (index: number) => (call.uid ? session.view.uidAt(index) : index + 1)
    const columns = await threadColumns(session, found, number)
    const answer = await session.readers.run(session.turn, () => ({
      ask: { job: 'thread', algorithm, columns },
    }))
    if ('response' in answer) session.writer.lines(Buffer.from(answer.response.buffer))
  },
}
