// Clients that are installed by .ci/run; each is skipped, visibly, where it is not there.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { CLI } from '../../plugin/open.ts'
import { LOGINS, PASSWORD, startServer, type Running } from '../imap/harness.ts'
import { tempDir } from '../tmp.ts'
import { fate } from './items.ts'
import { message } from '../quarantine/rig.ts'
import { ran, testWith } from './programs.ts'

const RELEASED = 'release label=none release=wanted'

/** The server's certificate as a file, for clients that check it. */
function certificateOf(server: Running, dir: string): string {
  const own = readFileSync(join(server.lazaret.store.dir, 'imap-tls.pem'), 'utf8')
  const path = join(dir, 'cert.pem')
  writeFileSync(path, own.slice(own.indexOf('-----BEGIN CERTIFICATE')))
  return path
}

for (const mutt of ['neomutt', 'mutt'])
  testWith(mutt)(`${mutt}: saves messages to Release, copies one to Spam`, async () => {
    const server = await startServer()
    const held = await server.hold(3)
    // Where SCRAM is offered mutt tries nothing else: the account has keys for it after this.
    await server.lazaret.quarantine.as(CLI).accounts.setPassword(LOGINS.user, PASSWORD)
    const dir = tempDir()
    const config = join(dir, 'muttrc')
    writeFileSync(
      config,
      `set imap_user = "${LOGINS.user}"
set imap_pass = "${PASSWORD}"
set ssl_force_tls = yes
set ssl_verify_host = no
set ssl_verify_dates = no
set certificate_file = "${certificateOf(server, dir)}"
set folder = "imaps://localhost:${server.port}/"
set spoolfile = "+Caught"
set confirmappend = no
set delete = yes
set mark_old = no
set wait_key = no
set pager_stop = yes
set sort = mailbox-order
`,
    )
    const keys = [
      '<first-entry><save-message>=Release<enter>',
      '<next-entry><copy-message>=Spam<enter>',
      '<sync-mailbox><quit>',
    ].join('')
    // mutt wants a terminal
    await ran('script', ['-qec', `${mutt} -F ${config} -e 'push "${keys}"'`, '/dev/null'], {
      env: { HOME: dir, TERM: 'xterm' },
    })
    const fates = held.map((one) => fate(server, one))
    expect(fates[0]).toBe(RELEASED)
    expect(fates.slice(1).toSorted()).toEqual([
      'caught label=none release=none',
      'caught spam label=spam release=none',
    ])
  })

testWith('alpine')('alpine: saves a message to Not Spam and expunges it', async () => {
  const server = await startServer()
  const held = await server.hold(2)
  const dir = tempDir()
  const config = join(dir, 'pinerc')
  const host = `{localhost:${server.port}/ssl/novalidate-cert/user=${LOGINS.user}}`
  const features = [
    'disable-password-caching',
    'disable-password-file-saving',
    'expunge-without-confirm',
    'quit-without-confirm',
  ]
  writeFileSync(
    config,
    `inbox-path=${host}Caught
folder-collections=Quarantine ${host}[]
feature-list=${features.join(',')}
last-version-used=9.99
`,
  )
  // alpine wants a terminal too; typed ahead: the password, save, expunge, quit
  await ran('script', ['-qec', `alpine -p ${config} -x /dev/null -i -n 1`, '/dev/null'], {
    env: { HOME: dir, TERM: 'xterm' },
    input: `${PASSWORD}\rsNot Spam\rxq`,
  })
  expect(held.map((one) => fate(server, one))).toEqual([
    'not-spam label=ham release=none',
    'caught label=none release=none',
  ])
})

testWith('fetchmail')('fetchmail: fetches Caught and removes it there', async () => {
  const server = await startServer()
  const held = await server.hold(2)
  const dir = tempDir()
  const config = join(dir, 'fetchmailrc')
  writeFileSync(
    config,
    `poll localhost service ${server.port} protocol IMAP
  user "${LOGINS.user}" password "${PASSWORD}" folder "Caught" ssl
  sslcertfile "${certificateOf(server, dir)}"
  nokeep fetchall mda "cat >> ${dir}/mbox"
`,
    { mode: 0o600 },
  )
  await ran('fetchmail', ['-f', config, '--nodetach', '--nosyslog'], {
    env: { HOME: dir, FETCHMAILHOME: dir },
  })
  const mbox = readFileSync(join(dir, 'mbox'), 'latin1')
  for (const { raw } of held) expect(mbox).toContain(/^Message-ID: .*$/m.exec(raw.toString())![0])
  // neither lesson nor release, and recoverable
  expect(held.map((one) => fate(server, one))).toEqual([
    'label=none release=none',
    'label=none release=none',
  ])
})

testWith('getmail')('getmail: fetches and moves to Release', async () => {
  const server = await startServer()
  const held = await server.hold(2)
  const dir = tempDir()
  writeFileSync(
    join(dir, 'getmailrc'),
    `[retriever]
type = SimpleIMAPSSLRetriever
server = localhost
port = ${server.port}
username = ${LOGINS.user}
password = ${PASSWORD}
mailboxes = ("Caught",)
move_on_delete = Release

[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >> ${dir}/mbox")
allow_root_commands = true

[options]
delete = true
`,
  )
  await ran('getmail', [`--getmaildir=${dir}`], { env: { HOME: dir } })
  expect(readFileSync(join(dir, 'mbox'), 'latin1').match(/^Message-ID: /gm)).toHaveLength(2)
  expect(held.map((one) => fate(server, one))).toEqual([RELEASED, RELEASED])
})

testWith('imapfilter')('imapfilter: moves by a search', async () => {
  const server = await startServer()
  const held = await server.hold(2)
  const dir = tempDir()
  const config = join(dir, 'config.lua')
  writeFileSync(
    config,
    `options.certificates = false
options.create = false
account = IMAP {
  server = 'localhost', port = ${server.port}, ssl = 'auto',
  username = '${LOGINS.user}', password = '${PASSWORD}',
}
found = account['Caught']:contain_subject('${/Subject: (.*)\r/.exec(held[0].raw.toString())![1]}')
found:move_messages(account['Release'])
account['Caught']:select_all():copy_messages(account['Not Spam'])
`,
  )
  await ran('imapfilter', ['-c', config, '-t', certificateOf(server, dir)], {
    env: { HOME: dir, IMAPFILTER_HOME: dir },
  })
  expect(held.map((one) => fate(server, one))).toEqual([
    RELEASED,
    'caught not-spam label=ham release=none',
  ])
})

testWith('offlineimap')('offlineimap: a message moved between maildirs is released', async () => {
  const server = await startServer()
  const held = await server.hold(2)
  const dir = tempDir()
  const config = join(dir, 'offlineimaprc')
  writeFileSync(
    config,
    `[general]
accounts = lazaret
metadata = ${dir}/meta
ui = quiet
[Account lazaret]
localrepository = local
remoterepository = remote
[Repository local]
type = Maildir
localfolders = ${dir}/mail
[Repository remote]
type = IMAP
remotehost = localhost
remoteport = ${server.port}
remoteuser = ${LOGINS.user}
remotepass = ${PASSWORD}
ssl = yes
sslcacertfile = ${certificateOf(server, dir)}
`,
  )
  const sync = (): Promise<unknown> =>
    ran('offlineimap', ['-c', config, '-o', '-u', 'quiet'], { env: { HOME: dir } })
  await sync()
  const caught = join(dir, 'mail', 'Caught', 'cur')
  const files = readdirSync(caught)
  expect(files).toHaveLength(2)
  const id = /^Message-ID: .*$/m.exec(held[0].raw.toString())![0].trim()
  const file = files.find((name) => readFileSync(join(caught, name), 'latin1').includes(id))!
  const target = join(dir, 'mail', 'Release', 'cur', '1.moved.localhost:2,S')
  writeFileSync(target, readFileSync(join(caught, file)))
  await ran('rm', [join(caught, file)])
  await sync()
  expect(held.map((one) => fate(server, one))).toEqual([RELEASED, 'caught label=none release=none'])
})

testWith('interimap')('interimap: synchronises two servers by QRESYNC, both ways', async () => {
  const TEST = { imap: { test_mailboxes: 'true' } }
  const [left, right] = [await startServer(TEST), await startServer(TEST)]
  const [one, two] = [await left.logIn('root'), await right.logIn('root')]
  for (const client of [one, two]) await client.ok('CREATE box')
  const dir = tempDir()
  const account = ({ port }: Running): string => `type = imaps
host = localhost
port = ${port}
username = ${LOGINS.root}
password = ${PASSWORD}
SSL_verify = NO
compress = YES
`
  const config = join(dir, 'config')
  writeFileSync(
    config,
    `database = ${dir}/box.db
list-mailbox = box

[local]
${account(left)}
[remote]
${account(right)}
`,
  )
  const sync = (): Promise<unknown> =>
    ran('interimap', ['--config', config, '--quiet'], {
      env: { HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    })
  const raw = message('left')
  await one.append('box', raw, '(\\Flagged) ')
  await two.append('box', message('right'))
  await sync()
  await two.ok('SELECT box')
  expect(await two.ok('FETCH 1:* BODY.PEEK[]')).toHaveLength(2)
  await two.ok('STORE 1:* +FLAGS (\\Answered)')
  await sync()
  await one.ok('SELECT box')
  for (const line of await one.ok('FETCH 1:* FLAGS')) expect(line).toContain('\\Answered')
  await one.ok('STORE 1 +FLAGS (\\Deleted)')
  await one.ok('EXPUNGE')
  await sync()
  expect(await two.ok('NOOP')).toContainEqual(expect.stringMatching(/^\* \d EXPUNGE$/))
})
