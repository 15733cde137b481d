// lazaret status and doctor: how it goes, and what to do where it does not.
import { Command } from 'commander'
import { examine } from '../../doctor/doctor.ts'
import { ABOUT, type Finding } from '../../doctor/finding.ts'
import { installationAt } from '../../doctor/installation.ts'
import { statusOf, type Status } from '../../doctor/status.ts'
import { act, bare } from '../action.ts'
import { clean, colors, count, print, sheet, when } from '../output.ts'
import { whereIs, type PlaceOptions } from '../place.ts'

const WIDTH = Math.max(...ABOUT.map((one) => one.length)) + 2
const MARKS = {
  ok: colors.green('ok   '),
  hint: colors.yellow('hint '),
  wrong: colors.red('WRONG'),
}

export function doctor(): Command {
  return new Command('doctor')
    .description('look at the whole installation, and say what to do')
    .addHelpText(
      'after',
      `
Configuration, data, disk, clock, ports, certificate, next hop and names in the DNS. Nothing is changed, and Haraka may
run or not. A hint is no fault. The exit code is 1 where something is wrong.

Examples:
  lazaret doctor
  lazaret doctor --config /etc/haraka --json`,
    )
    .action(
      bare<PlaceOptions, []>(async (options, json) => {
        const { harakaDir, dataDir } = whereIs(options)
        const findings: Finding[] = []
        for await (const one of examine(installationAt(harakaDir, dataDir))) {
          findings.push(one)
          if (!json) await print(`${told(one)}\n`)
        }
        const ok = findings.every(({ level }) => level !== 'wrong')
        const wrong = findings.filter(({ level }) => level === 'wrong').length
        const text = ok ? 'Nothing is wrong.' : `${count(wrong, 'thing')} to be done.`
        return { value: { ok, findings }, text, ok }
      }),
    )
}

function told({ level, about, text, todo }: Finding): string {
  const line = `${MARKS[level]} ${about.padEnd(WIDTH)}${clean(text)}`
  return todo === '' ? line : `${line}\n${' '.repeat(6 + WIDTH)}-> ${clean(todo)}`
}

export function status(): Command {
  return new Command('status')
    .description('versions, what runs, what it has, the last errors')
    .addHelpText(
      'after',
      `
The exit code is 1 where something needs a person: Haraka or a port does not answer, room runs short, a release has
waited for a day, or there were errors in the last hour. \`lazaret doctor\` says what to do.

Examples:
  lazaret status
  lazaret status --json | jq .troubles`,
    )
    .action(
      act<PlaceOptions, []>(async ({ lazaret, place }) => {
        const found = await statusOf(installationAt(place.harakaDir, place.dataDir), lazaret)
        return { value: found, text: whole(found), ok: found.ok }
      }),
    )
}

const MB = 2 ** 20
const mb = (octets: number): string => count(Math.round(octets / MB), 'MB', 'MB')

function whole(found: Status): string {
  const { versions, model, store, releases } = found
  const open = Object.entries(releases.open).map(([state, n]) => `${n} ${state}`)
  const lines: [string, string][] = [
    [
      'Version',
      `${versions.lazaret}, data of format ${versions.format}, Node.js ${versions.node}, Haraka ${versions.haraka ?? '(not found)'}`,
    ],
    ['Data', found.dataDir],
    [
      'Runs',
      found.running
        .map(({ role, pid, started }) => `${role} ${pid} since ${when(started)} UTC`)
        .join('; ') || 'nothing',
    ],
    ...found.ports.map(({ name, address, answers }): [string, string] => [
      'Port',
      `${name} ${address} ${answers ? 'answers' : 'does NOT answer'}`,
    ]),
    ['Sessions', found.sessions === null ? 'nobody is served' : String(found.sessions)],
    ['Accounts', String(found.accounts)],
    [
      'Model',
      `${count(model.ham, 'ham lesson')}, ${count(model.spam, 'spam lesson')}${model.prior ? ', upon a base model' : ''}`,
    ],
    ['Masks', count(found.masks, 'mask')],
    [
      'Held',
      `${count(found.held, 'message')}; ${count(found.deleted, 'deleted one')} can be brought back`,
    ],
    [
      'Releases',
      open.length === 0
        ? 'none under way'
        : `${open.join(', ')}, since ${when(releases.since ?? 0)} UTC`,
    ],
    ['Store', `${mb(store.used)} of ${mb(store.bound)} used, ${mb(store.disk)} free on the disk`],
    ...found.errors.map(({ at, line }): [string, string] => ['Error', `${when(at)} UTC ${line}`]),
    ['State', found.ok ? 'well' : 'needs you (lazaret doctor says what to do)'],
    ...found.troubles.map((one): [string, string] => ['', one]),
  ]
  return sheet(lines)
}
