// How the bytes travel from here on: TLS and compression
import { Bad } from '../../errors.ts'
import type { ConnectionCommand, SessionCommand } from '../command.ts'
import { parseCompress, parseNothing } from '../wire/index.ts'

// STARTTLS (RFC 9051 §6.2.1)
const STARTTLS: ConnectionCommand<void> = {
  state: 'not-authenticated',
  parse: parseNothing,
  async run(connection) {
    if (connection.peer.secure) throw new Bad('TLS is on already')
    return { text: 'Begin TLS now', after: () => connection.startTls() }
  },
}

// COMPRESS (RFC 4978)
const COMPRESS: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseCompress,
  async run(session, mechanism) {
    if (mechanism !== 'DEFLATE') throw new Bad(`There is no compression ${mechanism} here`)
    if (session.compressed)
      return { status: 'NO', code: 'COMPRESSIONACTIVE', text: 'Compression is on already' }
    session.holdCompression()
    return { text: 'Compression is on', after: () => session.compress() }
  },
}

export const TRANSPORT = { STARTTLS, COMPRESS }
