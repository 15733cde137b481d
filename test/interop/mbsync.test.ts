import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { LOGINS, PASSWORD, startServer, type Running } from '../imap/harness.ts'
import { tempDir } from '../tmp.ts'
import { fate, waiting } from './items.ts'
import { CLI } from '../../plugin/open.ts'
import { ran, testWith } from './programs.ts'

/** A configuration that keeps all folders as maildirs below `dir`. */
function configure(server: Running, dir: string): string {
  const certificate = join(dir, 'cert.pem')
  const own = readFileSync(join(server.lazaret.store.dir, 'imap-tls.pem'), 'utf8')
  writeFileSync(certificate, own.slice(own.indexOf('-----BEGIN CERTIFICATE')))
  const path = join(dir, 'mbsyncrc')
  mkdirSync(join(dir, 'mail'))
  writeFileSync(
    path,
    `IMAPAccount lazaret
Host localhost
Port ${server.port}
User ${LOGINS.user}
Pass "${PASSWORD}"
SSLType IMAPS
SSLVersions TLSv1.2 TLSv1.3
CertificateFile ${certificate}
AuthMechs LOGIN

IMAPStore remote
Account lazaret

MaildirStore local
Path ${dir}/mail/
Inbox ${dir}/mail/INBOX
SubFolders Verbatim

Channel all
Far :remote:
Near :local:
Patterns *
Create Near
Expunge Both
SyncState *
`,
  )
  return path
}

testWith('mbsync')('mbsync: files moved between maildirs act, source first', async () => {
  const server = await startServer()
  const held = await server.hold(4)
  const dir = tempDir()
  const config = configure(server, dir)
  const sync = async (): Promise<void> => {
    await ran('mbsync', ['-c', config, '-a'], { env: { HOME: dir } })
  }
  await sync()
  const mail = (folder: string): string => join(dir, 'mail', folder)
  const files = readdirSync(join(mail('Caught'), 'cur'))
  expect(files).toHaveLength(4)
  const numberOf = (file: string): number => {
    const text = readFileSync(join(mail('Caught'), 'cur', file), 'latin1')
    return held.findIndex(({ raw }) => text.includes(/^Message-ID: .*$/m.exec(raw.toString())![0]))
  }
  const targets = ['Release', 'Release &- Train', 'Not Spam', 'Spam'] // mbsync keeps modified UTF-7
  for (const file of files) {
    const number = numberOf(file)
    // As mutt does on a maildir: another folder, another name without the UID that mbsync gave it.
    const name = `${number}.moved.localhost:2,S`
    renameSync(join(mail('Caught'), 'cur', file), join(mail(targets[number]), 'cur', name))
  }
  await sync()
  await sync()
  expect(held.map((one) => fate(server, one))).toEqual([
    'release label=none release=wanted',
    'release-train label=ham release=wanted',
    'not-spam label=ham release=none',
    'spam label=spam release=none',
  ])
  expect(waiting(server)).toEqual([held[0].id, held[1].id])
  // The original goes out, not the copy with mbsync's X-TUID.
  for (const { id, raw } of held) {
    const { item } = server.lazaret.quarantine.as(CLI).items.get(id)!
    expect(server.lazaret.quarantine.as(CLI).messages.raw(item.id).equals(raw)).toBe(true)
  }
})
