// lazaret account export, erase: what an account holds, into one's hands, or away.
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { Refused } from '../../errors.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { act } from '../action.ts'
import { Usage } from '../errors.ts'
import { clean, count, when } from '../output.ts'

export function exportAll(): Command {
  return new Command('export')
    .argument('<name>')
    .argument('<dir>', 'a folder that is empty, or is not there yet')
    .description('write all that an account holds into a folder: messages, and the rest as JSON')
    .addHelpText(
      'after',
      `
account.json, settings.json; lists, items, lessons and audit with one JSON value a line; messages/
with each message as it came, by the id of its item. Passwords are in none of it. Of a domain, its
addresses' are in it; of a super-admin only the account itself.`,
    )
    .action(
      act<object, [string, string]>(async ({ verbs }, _options, name, dir) => {
        const folder = resolve(dir)
        verbs.accounts.show(name) // refused before a folder is made
        emptyFolder(folder)
        let messages = 0
        const open = new Map<string, number>()
        try {
          for await (const { file, bytes } of verbs.accounts.export(name)) {
            const path = join(folder, file)
            if (file.endsWith('.eml')) {
              messages++
              mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
              put(path, bytes)
              continue
            }
            const fd = open.get(file) ?? openSync(path, 'wx', 0o600)
            open.set(file, fd)
            writeSync(fd, bytes)
          }
        } finally {
          for (const fd of open.values()) closeSync(fd)
        }
        return {
          value: { name, dir: folder, messages, files: [...open.keys()] },
          text: `What ${clean(name)} holds is in ${folder}: ${count(messages, 'message')}, ${[...open.keys()].join(', ')}.`,
        }
      }),
    )
}

export function erase(): Command {
  return new Command('erase')
    .argument('<name>')
    .description('take away an account with all that it holds, for good, and tell what stays')
    .option('--yes', 'do it; without it, only tell what would go')
    .option('--dry-run', 'say what would go, and do nothing')
    .action(
      act<{ yes?: boolean; dryRun?: boolean }, [string]>(async ({ verbs }, options, name) => {
        const { would, ...value } = wouldGo(verbs, name)
        if (options.dryRun)
          return {
            value: { name, dryRun: true, ...value },
            text: `Would erase the account ${clean(name)}, with ${would}.`,
          }
        if (!options.yes)
          throw new Refused(
            'conflict',
            `With the account ${name} would go: ${would}, for good. Nothing was changed; --yes does it, and \`lazaret account export\` keeps a copy.`,
          )
        const { gone, aliases, leaving, journal } = await verbs.accounts.erase(name)
        const lines = [
          `Erased the account ${clean(name)}, with ${count(gone.messages, 'message')}, ${count(gone.lessons, 'lesson')}, ${count(gone.masks, 'list entry', 'list entries')}, ${count(gone.settings, 'setting')}, ${count(aliases, 'alias', 'aliases')}.`,
          `What stays: the journal, which is the audit, has its name and the envelopes of its mail until ${when(journal)} UTC (main.journal_days); backups have what they had, and Haraka's own log what it wrote.`,
        ]
        if (leaving > 0)
          lines.push(
            `${count(leaving, 'message')} of it was being delivered at this moment, and stays: erase again in some minutes with \`lazaret account add\` and \`erase\`.`,
          )
        return { value: { name, gone, aliases, leaving, journal }, text: lines.join('\n') }
      }),
    )
}

/** What would go with an account; `would`: in words. */
export function wouldGo(
  verbs: Verbs,
  name: string,
): { messages: number; masks: number; settings: number; aliases: number; would: string } {
  const { scope, aliases } = verbs.accounts.show(name)
  const { messages, masks, settings } = verbs.accounts.estate(scope)
  const would = `${count(messages, 'message')}, ${count(masks, 'list entry', 'list entries')}, ${count(settings, 'setting')}, ${count(aliases.length, 'alias', 'aliases')}`
  return { messages, masks, settings, aliases: aliases.length, would }
}

function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (readdirSync(folder).length > 0)
    throw new Usage(`${folder} is not empty: name a folder that is, or is not there yet`)
}

function put(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
  } finally {
    closeSync(fd)
  }
}
