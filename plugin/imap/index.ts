// The Haraka plugin `lazaret/imap`: starts and stops the IMAP server in every process that carries mail.
// Haraka copies every export of this file onto its plugin object.
import { carriesMail, setup } from '../haraka/setup.ts'
import type { Next, Plugin } from '../haraka/types.ts'
import { open, type Lazaret } from '../open.ts'
import { ImapServer } from './server.ts'

interface ImapPlugin extends Plugin {
  lazaret: Lazaret
  imap: ImapServer
  listening: Promise<unknown>
}

/** haraka-constants DENY: Haraka ends when a plugin cannot begin. */
const DENY = 902

const portOf = (port: number): number | null => (port === 0 ? null : port)

export function register(this: ImapPlugin): void {
  const { config, dir } = setup(this)
  if (!carriesMail(this)) return
  const { imap } = config
  this.lazaret = open(config, dir)
  this.imap = new ImapServer({
    quarantine: this.lazaret.quarantine,
    log: {
      info: (line) => this.loginfo(line),
      warn: (line) => this.lognotice(line),
      error: (line) => this.logerror(line),
    },
    host: imap.host,
    tlsPort: portOf(imap.tls_port),
    startTlsPort: portOf(imap.starttls_port),
    cert: imap.cert,
    key: imap.key,
    dataDir: dir,
    admission: {
      total: imap.max_connections,
      perAddress: imap.max_per_address,
      perAccount: imap.max_per_account,
    },
  })
  // Now, while Haraka may still bind ports below 1024; a failure is told when it asks.
  this.listening = this.imap.listen()
  this.listening.catch(() => {})
  if (imap.test_mailboxes)
    this.logerror('imap.test_mailboxes is ON: for tests only, never on a server with real mail')
  this.register_hook('init_master', 'await_listening')
  this.register_hook('init_child', 'await_listening')
}

export function await_listening(this: ImapPlugin, next: Next): void {
  this.listening.then(
    () => {
      this.lognotice('IMAP server is listening')
      next()
    },
    (error: Error) => next(DENY, `imap: ${error.message}`),
  )
}

/** Haraka goes down gracefully: in a worker, and in the only process. */
export function shutdown(this: ImapPlugin): void {
  if (!this.imap) return
  this.imap
    .close()
    .then(() => this.lazaret.close())
    .catch((error: unknown) => this.logerror(`closing: ${String(error)}`))
}
