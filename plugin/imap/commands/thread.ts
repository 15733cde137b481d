// THREAD and UID THREAD (RFC 5256 §3).
import { Bad } from '../../errors.ts'
import type { SessionCommand } from '../command.ts'
import { begin } from '../search/begin.ts'
import { find } from '../search/find.ts'
import { orderedSubject } from '../search/ordered-subject.ts'
import { references } from '../search/references.ts'
import { threadKeys } from '../search/thread-keys.ts'
import { parseThread, writeThread, type Thread } from '../wire/index.ts'

const ALGORITHMS = { ORDEREDSUBJECT: orderedSubject, REFERENCES: references }

export const THREAD: SessionCommand<Thread> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseThread,

  async run(session, args, call) {
    const { algorithm } = args
    if (algorithm === 'REFS') throw new Bad('Thread by REFERENCES or ORDEREDSUBJECT')
    const found = await find(session, begin(session, args))
    const messages = await threadKeys(session, found)
    const number = (index: number) => (call.uid ? session.view.uidAt(index) : index + 1)
    writeThread(session.writer, ALGORITHMS[algorithm](messages, number))
  },
}
