// lazaret cluster: several machines, one quarantine.
import { Command } from 'commander'
import { forget, init, join, leave } from '../../cluster/begin.ts'
import { check, digestOf, upgrade } from '../../cluster/check.ts'
import { repair } from '../../cluster/repair.ts'
import { stateOf, type ClusterState } from '../../cluster/state.ts'
import { act, bare } from '../action.ts'
import { colors, count, table } from '../output.ts'
import { findPlace, type PlaceOptions } from '../place.ts'

export function cluster(): Command {
  return new Command('cluster')
    .description('several machines, one quarantine (docs/cluster.md)')
    .addCommand(initCommand())
    .addCommand(joinCommand())
    .addCommand(statusCommand())
    .addCommand(checkCommand())
    .addCommand(repairCommand())
    .addCommand(upgradeCommand())
    .addCommand(forgetCommand())
}

const here = (options: PlaceOptions) => {
  const { config, dataDir } = findPlace(options)
  return { config, dir: dataDir }
}

function initCommand(): Command {
  return new Command('init')
    .description("make this machine's data the beginning; Haraka is stopped")
    .addHelpText(
      'after',
      `
[cluster] database says where the database is. The data stay as they are, and mail clients notice nothing. Then
start Haraka, make a backup (lazaret backup DIR), and join the other machines with it.

Example:
  lazaret cluster init`,
    )
    .action(
      bare<PlaceOptions, []>(async (options) => {
        const done = await init(here(options))
        const { node, set, seq, server } = done
        const warnings = server.warnings.map((one) => `${colors.red('Mind:')} ${one}.`)
        return {
          value: done,
          text: [`${node} has begun the cluster '${set}' at event ${seq}.`, ...warnings].join('\n'),
        }
      }),
    )
}

function joinCommand(): Command {
  return new Command('join')
    .description('follow a cluster, from a backup of one of its machines on; Haraka is stopped')
    .argument('<dir>', 'folder of a backup (lazaret backup) of a machine of the cluster')
    .option('--replace', 'there are data: put them aside, into a folder beside theirs')
    .addHelpText(
      'after',
      `
Example:
  lazaret cluster join /var/backups/lazaret/2026-11-30`,
    )
    .action(
      bare<PlaceOptions & { replace?: boolean }, [string]>(async (options, _json, dir) => {
        const done = await join(here(options), dir, { replace: options.replace ?? false })
        const lines = [
          `${done.node} has joined the cluster '${done.set}' with a backup of ${done.of} up to event ${done.seq}.`,
        ]
        if (done.aside) lines.push(`What was there is in ${done.aside}.`)
        return { value: done, text: lines.join('\n') }
      }),
    )
}

function statusCommand(): Command {
  return new Command('status')
    .description('where each machine is, and what is wrong')
    .addHelpText(
      'after',
      '\nExit code 1 where something is wrong.\n\nExample:\n  lazaret cluster status',
    )
    .action(
      act<object, []>(async ({ lazaret, place }) => {
        const at = { config: place.config, dir: place.dataDir }
        const state = await stateOf(at, lazaret.store)
        const ok = state.findings.length === 0
        return { value: { ok, ...shown(state) }, text: told(state), ok }
      }),
    )
}

/** Without octets that are no text. */
function shown({ log, ...state }: ClusterState): object {
  if (!log) return { ...state, log }
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return {
    ...state,
    log: {
      ...log,
      head: { ...log.head, chain: hex(log.head.chain) },
      members: log.members.map((one) => ({ ...one, chain: hex(one.chain) })),
    },
  }
}

function told({ set, node, here: { seq }, log, findings }: ClusterState): string {
  const lines = [`Cluster '${set}', seen from ${node} (event ${seq}).`]
  if (log) {
    lines.push(`The log ends at event ${log.head.seq}, in PostgreSQL ${log.server.version}.`, '')
    const rows = log.members.map((one) => [
      one.node,
      one.version,
      String(one.seq),
      String(Math.max(0, log.head.seq - one.seq)),
      `${(one.silent / 1000).toFixed(1)} s ago`,
    ])
    lines.push(table([['machine', 'version', 'event', 'behind', 'last heard'], ...rows], [2, 3]))
  }
  lines.push('', ...findings.map((one) => `${colors.red('WRONG')} ${one}.`))
  if (findings.length === 0) lines.push('All is as it should be.')
  return lines.join('\n')
}

function checkCommand(): Command {
  return new Command('check')
    .description('whether all machines have the same')
    .addHelpText(
      'after',
      `
Each machine that runs counts what it has, at the same event: for 6 seconds at most nobody writes. Exit code 1 where
they do not have the same, or one did not answer.

Example:
  lazaret cluster check`,
    )
    .action(
      bare<PlaceOptions, []>(async (options) => {
        const { machines, findings } = await check(here(options))
        const ok = findings.length === 0
        const rows = machines.map((one) => [one.node, String(one.seq), digestOf(one).slice(0, 16)])
        const lines = [
          table([['machine', 'event', 'digest'], ...rows], [1]),
          '',
          ...findings.map((one) => `${colors.red('WRONG')} ${one}.`),
          ...(ok ? ['All machines have the same.'] : []),
        ]
        return { value: { ok, machines, findings }, text: lines.join('\n'), ok }
      }),
    )
}

function upgradeCommand(): Command {
  return new Command('upgrade')
    .description('write what the new version knows, once all machines have it')
    .addHelpText(
      'after',
      `
Machines write what the oldest version among them understands. When all have the new one (lazaret cluster status), this
lets them write what it knows; a machine with an older version then stops writing.

Example:
  lazaret cluster upgrade`,
    )
    .action(
      bare<PlaceOptions, []>(async (options) => {
        const done = await upgrade(here(options))
        return {
          value: done,
          text: `The machines write at level ${done.to} from now on (before: ${done.from}).`,
        }
      }),
    )
}

function repairCommand(): Command {
  return new Command('repair')
    .description(
      'go on from what this machine has, after the database lost its end; Haraka is stopped',
    )
    .option(
      '--discard',
      'give up what only others had: it is written into a file where it is known',
    )
    .addHelpText(
      'after',
      `
On the machine that is furthest ahead (lazaret cluster status). Machines with the same events go on by themselves;
others join anew with a backup of this one.

Example:
  lazaret cluster repair`,
    )
    .action(
      bare<PlaceOptions & { discard?: boolean }, []>(async (options) => {
        const done = await repair(here(options), { discard: options.discard ?? false })
        const lines = [
          `The log goes on from event ${done.seq}; ${count(done.restored, 'event')} that the database had lost came back.`,
        ]
        if (done.kept)
          lines.push(`${count(done.discarded, 'event')} of the log are in ${done.kept}.`)
        return { value: done, text: lines.join('\n') }
      }),
    )
}

function forgetCommand(): Command {
  return new Command('forget')
    .description('a machine is gone for good; without a name this one leaves')
    .argument('[machine]', 'as lazaret cluster status shows it')
    .addHelpText('after', '\nExamples:\n  lazaret cluster forget mx3\n  lazaret cluster forget')
    .action(
      bare<PlaceOptions, [string?]>(async (options, _json, name) => {
        if (name !== undefined) {
          const known = await forget(here(options), name)
          return {
            value: { node: name, known },
            text: known ? `${name} is forgotten.` : `No machine of the name ${name} was known.`,
            ok: known,
          }
        }
        const left = await leave(here(options))
        const lines = [
          `The data of ${left.node} are its own from now on. Empty [cluster] database before you start it.`,
        ]
        if (left.cameBack > 0)
          lines.push(`${count(left.cameBack, 'open release')} came back to where they were caught.`)
        return { value: left, text: lines.join('\n') }
      }),
    )
}
