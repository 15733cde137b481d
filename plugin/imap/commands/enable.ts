// ENABLE (RFC 9051 §6.3.1, RFC 5161)
import type { Enabled } from '../client.ts'
import type { SessionCommand } from '../command.ts'
import { parseEnable } from '../wire/index.ts'

const KNOWN: readonly string[] = ['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT', 'IMAP4REV2']
const isKnown = (name: string): name is Enabled => KNOWN.includes(name)

export const ENABLE: SessionCommand<string[]> = {
  state: 'authenticated',
  parse: parseEnable,
  async run(session, names) {
    const { writer, enabled } = session
    const fresh = names.filter(isKnown).filter((name) => !enabled.has(name))
    const told = enabled.has('CONDSTORE')
    for (const name of fresh) session.enable(name)
    writer.untagged().atom('ENABLED')
    for (const name of fresh) writer.atom(name === 'IMAP4REV2' ? 'IMAP4rev2' : name)
    writer.crlf()
    // RFC 7162 §3.1.2: in the selected state the client must learn where it stands
    if (session.selected && !told && enabled.has('CONDSTORE'))
      writer.untagged().ok('Highest', `HIGHESTMODSEQ ${session.view.highest}`)
  },
}
