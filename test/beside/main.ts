// `npm run beside-dovecot -- [--quick] [--json] [--show KIND] [--corpus DIR]...`: ENVELOPE, BODYSTRUCTURE, BODY[n], PREVIEW and
// SEARCH of many messages, ours beside Dovecot's. Prints how often they differ by the kind of difference; ends with 1
// when one has no explanation.
import { join } from 'node:path'
import { hasDovecot } from '../../bench/phases/imap/dovecot.ts'
import { mutated, WORDS } from './make.ts'
import { mailOf, spamAssassin, wordsOf, type Mail } from './mail.ts'
import { KINDS } from './oddities.ts'
import { compare, type Found } from './run.ts'

interface Set {
  readonly name: string
  readonly mails: readonly Mail[]
  readonly words: readonly string[]
}

function setsOf(args: readonly string[]): Set[] {
  const quick = args.includes('--quick')
  const dirs = args.flatMap((arg, i) => (args[i - 1] === '--corpus' ? [arg] : []))
  const count = quick ? 150 : 1000
  const cases = mailOf(join(__dirname, '../../../test/corpus/mime/cases'))
  const corpus = spamAssassin(quick ? 100 : 1)
  return [
    { name: 'cases', mails: cases, words: ['viagra', 'zebra', 'print', 'notice'] },
    { name: `${count} mutated`, mails: mutated(count), words: WORDS },
    { name: 'SpamAssassin', mails: corpus, words: wordsOf(corpus, quick ? 5 : 25) },
    ...dirs.map((dir) => {
      const mails = mailOf(dir)
      return { name: dir, mails, words: wordsOf(mails, 25) }
    }),
  ]
}

const UNEXPLAINED = 'unexplained'

function table(found: readonly Found[]): string {
  const counts = new Map<string, { differences: number; mails: globalThis.Set<string> }>()
  for (const { kind, mail } of found) {
    const row = counts.get(kind ?? UNEXPLAINED) ?? { differences: 0, mails: new globalThis.Set() }
    row.differences++
    row.mails.add(mail)
    counts.set(kind ?? UNEXPLAINED, row)
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b.mails.size - a.mails.size)
    .map(([kind, { differences, mails }]) => {
      const why = KINDS().find(({ name }) => name === kind)?.why ?? ''
      return `  ${String(mails.size).padStart(5)} messages ${String(differences).padStart(6)} answers  ${kind}${why && `: ${why}`}`
    })
    .join('\n')
}

async function main(args: readonly string[]): Promise<void> {
  if (!hasDovecot()) {
    process.stderr.write('SKIPPED: Dovecot is not installed (Debian: dovecot-imapd)\n')
    return
  }
  const show = args[args.indexOf('--show') + 1]
  const all: Found[] = []
  let messages = 0
  for (const { name, mails, words } of setsOf(args)) {
    const found = await compare(mails, words)
    all.push(...found)
    messages += mails.length
    if (args.includes('--json')) continue
    process.stdout.write(`${name}: ${mails.length} messages\n${table(found)}\n`)
    if (args.includes('--show'))
      for (const one of found.filter(({ kind }) => (kind ?? UNEXPLAINED) === show))
        process.stdout.write(`${JSON.stringify(one)}\n`)
  }
  const unexplained = all.filter(({ kind }) => kind === null)
  if (args.includes('--json')) {
    const told = { messages, differences: all.length, unexplained }
    process.stdout.write(`${JSON.stringify(told)}\n`)
  }
  if (unexplained.length > 0) process.exitCode = 1
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
})
