// Threads of random mail as Dovecot 2.3.19 answered them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { THREAD } from '../../../plugin/imap/commands/thread.ts'
import { client, mailbox } from '../fetch/client.ts'

interface Recorded {
  mails: { id: string; refs: string; s: string; date: number }[]
  references: string
  orderedSubject: string
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(join(__dirname, 'dovecot-threads.json'), 'utf8'),
)

function raw({ id, refs, s, date }: Recorded['mails'][number]): Buffer {
  const ids = refs.replace(/\w/g, '<$&@x>')
  const fields = [
    `Date: ${date} Jan 2024 10:00:00 +0000`,
    ...(id ? [`Message-ID: <${id}@x>`] : []),
    ...(ids ? [`References: ${ids}`] : []),
    ...(s ? [`Subject: ${s}`] : []),
  ]
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\nbody\r\n`)
}

test('THREAD answers as Dovecot does', async () => {
  // All in one mailbox, a set at a time: the search picks the set.
  const lazaret = await mailbox(recorded.flatMap(({ mails }) => mails.map(raw)))
  const { run } = client(lazaret, { THREAD })
  let first = 1
  for (const { mails, references, orderedSubject } of recorded) {
    const before = first - 1
    const set = `${first}:${before + mails.length}`
    const threads = async (algorithm: string) =>
      (await run(`THREAD ${algorithm} UTF-8 ${set}`))
        .replace(/\r\n[^]*$/, '')
        .slice('* THREAD '.length)
        .replace(/\d+/g, (number) => String(Number(number) - before))
    expect(await threads('REFERENCES')).toBe(references)
    expect(await threads('ORDEREDSUBJECT')).toBe(orderedSubject)
    first += mails.length
  }
})
