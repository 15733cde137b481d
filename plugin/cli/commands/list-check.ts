// lazaret list check: which entry decides about a sender, and why.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Proofs } from '../../mail.ts'
import { proofsAreChecked } from '../../quarantine/lists/query.ts'
import { Usage } from '../errors.ts'
import { mailFiles, readMails } from '../mail/files.ts'
import { clean, table, type Answer } from '../output.ts'
import type { Place } from '../place.ts'
import { scopeName } from '../../scope.ts'
import { act } from '../action.ts'

interface CheckOptions {
  to: string
  message?: string
  sender?: string
  authenticated?: boolean
  spf?: string
  dkim?: string[]
  outgoing?: boolean
}

const HEAD = ['address', 'scope', 'list', 'entry', 'why']

export function check(): Command {
  return new Command('check')
    .argument('[from]', 'an address, or the whole value of a From field')
    .description('which entry decides about mail with this From, and why')
    .requiredOption('--to <recipient>', 'the recipient, whose lists are asked')
    .option('--message <file>', 'take From from this message (eml; - for stdin)')
    .option('--sender <address>', 'envelope sender; a lone address as <from> is also that one')
    .option('--authenticated', 'as if From and envelope sender were proven by SPF and DKIM')
    .option('--spf <domain>', 'as if SPF had passed for the envelope sender of this domain')
    .option('--dkim <domain...>', 'as if a DKIM signature of this domain had verified')
    .option('--outgoing', 'as if the mail were outgoing: the lists of the sender are asked')
    .addHelpText(
      'after',
      `
From is read as the gateway reads it. The exit code is 0 when an entry decides, 1 when none does and
the classifier is asked.

Examples:
  lazaret list check news@shop.example --to user@example.com
  lazaret list check 'News @ Shop <news@shop.example>' --to user@example.com --dkim shop.example
  lazaret list check --message letter.eml --sender bounce@shop.example --to user@example.com`,
    )
    .action(
      act<CheckOptions, [string | undefined]>(async ({ verbs, place }, options, from) => {
        const { decision, scopes, matches } = verbs.lists.check({
          from: await readFrom(from, options),
          sender: options.sender ?? (from !== undefined && isLone(from) ? from : ''),
          recipient: options.to,
          proofs: options.authenticated ? 'all' : proofsOf(options, place),
          direction: options.outgoing ? 'out' : 'in',
        })
        const said = decision
          ? `The ${decision.list} entry ${decision.mask} (${scopeName(decision.scope)}) decides: ${
              decision.list === 'allow' ? 'delivered' : 'spam'
            } without asking the classifier.`
          : 'No entry decides: the classifier is asked.'
        const rows = matches.map((one) => [
          one.which === 'sender' ? `${one.address} (envelope)` : one.address,
          scopeName(one.scope),
          one.list,
          one.mask,
          one.text,
        ])
        return {
          value: { decision, scopes, matches },
          text: clean(said) + (rows.length > 0 ? `\n\n${clean(table([HEAD, ...rows]))}` : ''),
          ok: decision !== null,
        } satisfies Answer
      }),
    )
}

/** One address and nothing else: then it is looked up as the envelope sender, too. */
const isLone = (from: string): boolean => /^[^\s<>,;:"()]+@[^\s<>,;:"()@]+$/.test(from)

async function readFrom(
  from: string | undefined,
  { message }: CheckOptions,
): Promise<{ value: string } | { message: Buffer }> {
  if ((from === undefined) === (message === undefined))
    throw new Usage('give either a From value or --message FILE')
  if (message === undefined) return { value: from as string }
  for (const file of mailFiles([message]).files)
    for await (const { raw } of readMails(file)) return { message: raw }
  throw new Usage(`${message}: there is no message in it`)
}

/** `auto` of allow_needs_auth goes by what Haraka loads. */
function proofsOf({ spf, dkim = [], sender }: CheckOptions, place: Place): Proofs {
  if (spf !== undefined && spf.includes('@'))
    throw new Usage(`--spf ${spf}: give the domain of ${sender ?? 'the envelope sender'}`)
  return {
    dkim,
    spf: spf === undefined ? null : { scope: 'mfrom', domain: spf },
    checked: spf !== undefined || dkim.length > 0 || proofsAreChecked(loadedPlugins(place)),
  }
}

/** Names in config/plugins of the Haraka folder; without dkim where that only signs. */
function loadedPlugins({ harakaDir }: Place): string[] {
  if (harakaDir === null) return []
  const lines = linesOf(join(harakaDir, 'config', 'plugins'))
  const verify = linesOf(join(harakaDir, 'config', 'dkim.ini')).join('\n')
  const signsOnly = /^\[verify\]\n(?:[^[].*\n)*?enabled\s*=\s*(?:false|no|off|0)$/im.test(verify)
  return lines.filter((line) => !(signsOnly && /(?:^|-)dkim$/.test(line)))
}

/** Without comments and empty lines; none of a file that is not there. */
function linesOf(path: string): string[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  return lines.map((line) => line.replace(/[#;].*$/, '').trim()).filter((line) => line !== '')
}
