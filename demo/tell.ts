// What a person is told once everything runs.
import { join, relative } from 'node:path'
import { colors } from '../plugin/cli/output.ts'
import type { DemoAccount } from './accounts.ts'
import { HOST, type Options, type Ports } from './options.ts'
import { DOMAIN, paths } from './paths.ts'

export function tell(
  { dir, ports, empty, testMailboxes }: Options,
  accounts: DemoAccount[],
): string {
  const here = shown(dir)
  const lazaret = `npx lazaret --data ${here}`
  const width = Math.max(...accounts.map(({ user }) => user.length))
  const lines = [
    '',
    colors.bold('Lazaret is running.'),
    '',
    `  Mail in (SMTP)       ${HOST} port ${ports.smtp}, for any address at ${DOMAIN}`,
    `  Quarantine (IMAP)    ${HOST} port ${ports.tls} with SSL/TLS, or port ${ports.starttls} with STARTTLS`,
    `                       the certificate is self-signed: let your mail client accept it`,
    `  Quarantine (page)    https://${HOST}:${ports.http}/ in a browser, which warns of the certificate once`,
    `  For programs (HTTPS) https://${HOST}:${ports.http}/api/v1/openapi.json tells what can be asked`,
    `  Delivered mail       ${join(here, 'delivered')}`,
    `  Haraka's log         ${shown(paths(dir).log)}`,
    '',
    '  Log in as            password',
    ...accounts.map(
      ({ tier, user, password }) =>
        `  ${user.padEnd(Math.max(width, 19))}  ${colors.bold(password)}  ${colors.dim(SEES[tier])}`,
    ),
    '',
    colors.bold('Three things to try'),
    ...(empty ? emptyTries(ports.smtp) : tries(ports.smtp)),
    `  3. Block a sender, then send again: it is caught without asking the classifier.`,
    `     ${colors.cyan(`${lazaret} list add '*@shop.example' --block`)}`,
    '',
    ...(testMailboxes
      ? [colors.yellow('  TEST SWITCH: the super-admin can create folders (--test-mailboxes).'), '']
      : []),
    colors.dim('Ctrl-C stops it; the data stay.'),
  ]
  return lines.join('\n')
}

/** The same of several gateways with one quarantine. */
export function tellSeveral(
  { dir, cluster }: Options,
  nodes: readonly { name: string; ports: Ports; pid: number }[],
  accounts: DemoAccount[],
): string {
  const here = shown(dir)
  const [first, second] = nodes
  const command = `npx lazaret --config ${here}/${second.name}/haraka cluster status`
  return [
    '',
    colors.bold(`${cluster} gateways are running, with one quarantine.`),
    '',
    '  gateway  mail in (SMTP)  quarantine (IMAP, SSL/TLS)  page                     process',
    ...nodes.map(
      ({ name, ports, pid }) =>
        `  ${name.padEnd(7)}  ${String(ports.smtp).padEnd(14)}  ${String(ports.tls).padEnd(26)}  ${`https://${HOST}:${ports.http}/`.padEnd(23)}  ${pid}`,
    ),
    '',
    `  all on ${HOST}; delivered mail is in ${join(here, 'delivered')}, logs in ${join(here, '*', 'haraka.log')}`,
    '',
    '  Log in as            password',
    ...accounts.map(
      ({ tier, user, password }) =>
        `  ${user.padEnd(19)}  ${colors.bold(password)}  ${colors.dim(SEES[tier])}`,
    ),
    '',
    colors.bold('Three things to try'),
    `  1. Send to ${first.name}, and look with ${second.name}: what is caught on one is on all, and a release on any of`,
    '     them is delivered once (a line appears here).',
    ...sending(first.ports.smtp),
    `  2. Kill one (kill -9 ${first.pid}): the others go on, and what it had to send is sent by another after 10 s.`,
    '  3. See how they stand:',
    colors.cyan(`     ${command}`),
    '',
    colors.dim('Ctrl-C stops all of it; the data stay.'),
  ].join('\n')
}

/** A path as one would type it here. */
function shown(path: string): string {
  const near = relative('.', path) || '.'
  return near.startsWith('..') ? path : near
}

const SEES = {
  'super-admin': 'sees everything',
  domain: `sees all of ${DOMAIN}`,
  address: 'sees her own mail',
} as const

function tries(smtp: number): string[] {
  return [
    `  1. Open Caught as alice@${DOMAIN}. Drag one "Joke-of-the-Day" into "Release & Train": it is`,
    '     delivered (a line appears here), and the next joke of that sender scores lower.',
    '  2. Send a message of your own, and see what becomes of it (-T FILE sends a file):',
    ...sending(smtp),
  ]
}

function emptyTries(smtp: number): string[] {
  return [
    '  1. Send messages (-T FILE sends a file). Nothing is learned yet: all are unsure, and get delivered:',
    ...sending(smtp),
    '  2. Drag spam from any mailbox of your mail client into the folder Spam, good mail into Not Spam:',
    '     each is learned at once, and after some of both kinds spam is caught.',
  ]
}

/** To be pasted as it is. */
const sending = (smtp: number): string[] =>
  [
    `     printf 'From: me@shop.example\\nSubject: minutes\\n\\nThe minutes of the meeting.\\n' |`,
    `       curl -sS smtp://${HOST}:${smtp} --mail-from me@shop.example --mail-rcpt alice@${DOMAIN} --crlf -T -`,
  ].map((line) => colors.cyan(line))
