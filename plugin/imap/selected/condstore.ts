// What a client has to be told when a command makes its session one that keeps mod-sequences.
import type { Session } from '../session.ts'

/** RFC 7162 §3.1.2: the first such command with a folder selected is told the highest one. */
export function keepModseqs(session: Session): void {
  if (session.enabled.has('CONDSTORE')) return
  session.enable('CONDSTORE')
  if (session.selected)
    session.writer.untagged().ok('Highest', `HIGHESTMODSEQ ${session.view.highest}`)
}
