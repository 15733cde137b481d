// Haraka's side: does it load us, in the right place, and does it run?
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { whatRuns } from '../running.ts'
import { VERSION } from '../version.ts'
import { good, hint, wrong, type Finding } from './finding.ts'
import type { Installation } from './installation.ts'

/** Plugins whose findings count, if they have them before a message is judged. */
const SIGNALS = [
  'spf',
  'dkim',
  'dkim_verify',
  'dmarc-perl',
  'dns-list',
  'fcrdns',
  'karma',
  'uribl',
  'clamd',
]
const OLDEST = [20, 19]

export function* haraka(at: Installation): Generator<Finding> {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    yield wrong(
      'haraka',
      `this is Node.js ${process.version}`,
      `install ${OLDEST.join('.')} or newer, best the current LTS release`,
    )
  if (at.harakaDir === null) return
  yield* plugins(at)
  yield running(at)
}

function* plugins({ harakaDir, plugins: lines }: Installation): Generator<Finding> {
  const file = join(harakaDir as string, 'config', 'plugins')
  if (!existsSync(file)) {
    yield wrong(
      'haraka',
      `there is no ${file}`,
      'name the folder in which Haraka runs: --config DIR',
    )
    return
  }
  const ours = lines.indexOf('lazaret')
  const served = lines.filter((one) => one === 'lazaret/imap' || one === 'lazaret/http')
  if (ours < 0) {
    yield wrong(
      'haraka',
      `${file} does not name lazaret: nothing is caught`,
      'add the line lazaret, before the plugin that queues mail, and restart Haraka',
    )
    return
  }
  const queue = lines.findIndex((one) => one.startsWith('queue/'))
  if (queue < 0)
    yield wrong(
      'haraka',
      `${file} names no plugin that queues mail`,
      'add the one for your mail server, such as queue/smtp_forward',
    )
  else if (queue < ours)
    yield wrong(
      'haraka',
      `${lines[queue]} stands before lazaret in ${file}`,
      `move lazaret above ${lines[queue]}, and restart Haraka`,
    )
  const late = SIGNALS.filter((one) => lines.indexOf(one) > ours)
  if (late.length > 0)
    yield hint(
      'haraka',
      `${late.join(', ')} stand behind lazaret in ${file}: what they find may come too late`,
      'move lazaret below them',
    )
  for (const name of new Set(['lazaret', ...served]))
    if (lines.filter((one) => one === name).length > 1)
      yield hint('haraka', `${file} names ${name} twice`, 'remove one of the lines')
  if (served.length === 0)
    yield hint(
      'haraka',
      `${file} names neither lazaret/imap nor lazaret/http: people cannot see what is held`,
      'add the line lazaret/imap, and restart Haraka',
    )
}

function running({ dataDir }: Installation): Finding {
  const processes = whatRuns(dataDir)
  const mail = processes.filter(({ role }) => role === 'mail')
  if (mail.length === 0)
    return wrong(
      'haraka',
      'it does not run on these data',
      'start it (systemctl start haraka), and look at its log: what keeps it from starting is said there',
    )
  const old = processes.filter(({ version }) => version !== VERSION)
  if (old.length > 0)
    return wrong(
      'haraka',
      `it runs version ${old[0].version}, and ${VERSION} is installed`,
      'restart it (systemctl restart haraka)',
    )
  return good(
    'haraka',
    `version ${VERSION} runs: ${processes.map(({ role, pid }) => `${role} ${pid}`).join(', ')}`,
  )
}
