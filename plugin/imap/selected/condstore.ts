// What a client has to be told when a command makes its session one that keeps mod-sequences.
import { Refused } from '../../errors.ts'
import type { Session } from '../session.ts'

/** RFC 7162 §3.1.2: the first such command with a folder selected is told the highest one. */
export function keepModseqs(session: Session): void {
  if (session.enabled.has('CONDSTORE')) return
  session.enable('CONDSTORE')
  if (session.selected)
    session.writer.untagged().ok('Highest', `HIGHESTMODSEQ ${session.view.highest}`)
}

/** For how long a client waits for the changes that it knows from another machine, ms. */
const REACH_MS = 5000

/**
 * A client that knows of changes which this machine does not know yet waits for them: its mod-sequence (RFC 7162) is one of the
 * same quarantine, and a resynchronisation would be for nothing. Throws Refused where they do not come.
 */
export async function reach({ verbs }: Pick<Session, 'verbs'>, modseq: number): Promise<void> {
  if (modseq <= verbs.seq || (await verbs.barrier(REACH_MS))) return
  throw new Refused(
    'busy',
    'This server does not know yet what another one has told you; try again later.',
  )
}
