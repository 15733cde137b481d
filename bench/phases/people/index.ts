// Phase people: many addresses with a few lessons each, really given over the folders: what they take on the disk and in memory.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import { open, type Lazaret } from '../../../plugin/open.ts'
import { messagesMax } from '../../../plugin/quarantine/drop/append.ts'
import { assumedLabel, type Mail } from '../../harness/mail.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'

const PEOPLE = { full: 10_000, quick: 50 }
const DOMAINS = 50
const LESSONS = 20
const MIB = 2 ** 20

export const people: Phase = {
  name: 'people',
  describe: `${PEOPLE.full} addresses with ${LESSONS} lessons each: the file, its layers and lessons, memory`,
  run: async ({ quick, dir, mail, tell }) => {
    const result = emptyPhase('people')
    const many = quick ? PEOPLE.quick : PEOPLE.full
    const data = join(dir, 'data')
    const lazaret = open(readConfig({}), data)
    try {
      const file = (): number => statSync(join(data, 'data.mdb')).size
      await teach(lazaret, 'before@example.com', mail, 0)
      const before = { file: file(), memory: process.memoryUsage().rss }
      for (let i = 0; i < many; i++) {
        await teach(lazaret, `p${i}@d${i % DOMAINS}.example`, mail, i * LESSONS)
        if (i % 100 === 99) tell(`${i + 1} people, ${Math.round(file() / MIB)} MiB`)
      }
      const told = (name: string, unit: string, value: number): void =>
        void result.measures.push(measure(name, unit, [value], { better: 'less', bound: 'none' }))
      const each = (bytes: number): number => bytes / many / 1024
      told('file, more', 'MiB', (file() - before.file) / MIB)
      told('file, a person', 'KiB', each(file() - before.file))
      const { views } = lazaret.store
      for (const table of ['layers', 'lessons'] as const) {
        let bytes = 0
        for (const { value } of views[table].range({})) bytes += value.length
        told(`${table}, a person`, 'KiB', each(bytes))
      }
      told('memory, more', 'MiB', (process.memoryUsage().rss - before.memory) / MIB)
    } finally {
      await lazaret.close()
    }
    return result
  },
}

/** A person drags so many messages, some to each folder. */
async function teach(
  { quarantine }: Lazaret,
  scope: string,
  mail: readonly Mail[],
  first: number,
): Promise<void> {
  const verbs = quarantine.as({ account: scope, tier: 'address', scope })
  for (const [label, name] of [
    ['ham', 'not-spam'],
    ['spam', 'spam'],
  ] as const) {
    const folder = verbs.folders.all().find(({ id }) => id === name)
    if (!folder) throw new Error(`there is no folder ${name}`)
    const some = Array.from({ length: LESSONS }, (_, i) => first + i)
      .filter((i) => assumedLabel(mail[i % mail.length], i) === label)
      .map((i) => ({
        raw: Buffer.from(mail[i % mail.length].raw),
        flags: { system: 0, keywords: [] },
        date: null,
      }))
    const most = messagesMax(folder)
    for (let from = 0; from < some.length; from += most)
      await verbs.messages.append(folder, some.slice(from, from + most))
  }
}
