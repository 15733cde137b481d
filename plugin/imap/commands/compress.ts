// COMPRESS (RFC 4978)
import { Bad } from '../../errors.ts'
import type { Command } from '../command.ts'
import { parseCompress } from '../wire/index.ts'

export const COMPRESS: Command<string> = {
  state: 'authenticated',
  parse: parseCompress,
  async run(session, mechanism) {
    if (mechanism !== 'DEFLATE') throw new Bad(`There is no compression ${mechanism} here`)
    if (session.peer.compressed)
      return { status: 'NO', code: 'COMPRESSIONACTIVE', text: 'Compression is on already' }
    return { text: 'Compression is on', after: () => session.compress() }
  },
}
