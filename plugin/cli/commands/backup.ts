// lazaret backup, restore and check: the data as a whole.
import { Command } from 'commander'
import { makeBackup } from '../../backup/backup.ts'
import { check as checkAll, type Finding } from '../../backup/check.ts'
import { restore as restoreAll } from '../../backup/restore.ts'
import { act, bare } from '../action.ts'
import { colors, count, print, when } from '../output.ts'
import { findPlace, queueDirOf, type PlaceOptions } from '../place.ts'

export function backup(): Command {
  return new Command('backup')
    .description('copy the data into a folder, while Haraka runs')
    .argument('<dir>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Of one moment and whole, with the queue files of releases under way. A copy with cp or rsync of a folder in use is
not. lazaret restore puts it back.

Example:
  lazaret backup /var/backups/lazaret/$(date +%F)`,
    )
    .action(
      act<object, [string]>(async ({ lazaret, place }, _options, dir) => {
        const note = await makeBackup(lazaret, dir, queueDirOf(place))
        return {
          value: { dir, ...note },
          text: `Wrote ${count(note.octets, 'octet')} to ${dir}; ${count(note.open, 'release')} under way.`,
        }
      }),
    )
}

interface RestoreOptions extends PlaceOptions {
  replace?: boolean
  goOn?: boolean
}

export function restore(): Command {
  return new Command('restore')
    .description('put a backup in the place of the data; Haraka is stopped')
    .argument('<dir>', 'folder of a backup')
    .option('--replace', 'there are data: put them aside, into a folder beside theirs')
    .option('--go-on', 'nothing was delivered since the backup: its releases go on')
    .addHelpText(
      'after',
      `
Releases that were under way when the backup was made come back to Caught, each with a notice: whether they were
delivered since is not known, and nothing is sent twice. Mail clients read their folders anew.

Example:
  lazaret restore /var/backups/lazaret/2026-11-30 --replace`,
    )
    .action(
      bare<RestoreOptions, [string]>(async (options, _json, dir) => {
        const place = findPlace(options)
        const done = await restoreAll(dir, {
          config: place.config,
          to: place.dataDir,
          queueDir: queueDirOf(place),
          replace: options.replace ?? false,
          goOn: options.goOn ?? false,
        })
        const lines = [`Restored ${place.dataDir} as of ${when(done.made)} UTC.`]
        if (done.aside) lines.push(`What was there is in ${done.aside}.`)
        if (done.cameBack > 0)
          lines.push(
            `${count(done.cameBack, 'release')} came back to where the mail was caught: whether it was delivered since is not known.`,
          )
        if (done.queueFiles > 0) lines.push(`${count(done.queueFiles, 'queue file')} put back.`)
        return { value: { dir: place.dataDir, ...done }, text: lines.join('\n') }
      }),
    )
}

export function check(): Command {
  return new Command('check')
    .description('is all as it should be: file, messages, journal, room, queue')
    .addHelpText(
      'after',
      `
Reads everything and changes nothing. Haraka may be running. Exit code 1 where something is wrong.

Examples:
  lazaret check
  lazaret check --data /var/backups/lazaret/2026-11-30`,
    )
    .action(
      act<object, []>(async ({ lazaret, place, json }) => {
        const findings: Finding[] = []
        for await (const one of checkAll(lazaret, queueDirOf(place))) {
          findings.push(one)
          const mark = one.ok ? colors.green('ok   ') : colors.red('WRONG')
          if (!json) await print(`${mark} ${one.about.padEnd(9)}${one.text}\n`)
        }
        const ok = findings.every((one) => one.ok)
        return { value: { ok, findings }, text: ok ? 'All is as it should be.' : '', ok }
      }),
    )
}
