// The Haraka plugin `lazaret/imap`: keeps the front, the process in which people are served, from Haraka's main
// process. Haraka copies every export of this file onto its plugin object.
import cluster from 'node:cluster'
import { resolve } from 'node:path'
import { ConfigError } from '../config.ts'
import { Keeper } from '../front/keeper.ts'
import { idsOf, isReadable, makeDataDir } from '../haraka/owner.ts'
import { carriesMail, harakaDir, isMainProcess, isSecond, orEnd, setup } from '../haraka/setup.ts'
import { beforeStop } from '../haraka/stop.ts'
import type { Plugin } from '../haraka/types.ts'
import { CertificateFile } from './certificate-file.ts'

interface ImapPlugin extends Plugin {
  front?: Keeper
  certificate?: CertificateFile
}

export function register(this: ImapPlugin): void {
  if (isSecond(this)) return
  const { config, dir } = setup(this)
  if (!isMainProcess(this)) return
  const { imap } = config
  orEnd(() => {
    const log = {
      info: (line: string): void => this.loginfo(line),
      notice: (line: string): void => this.lognotice(line),
      error: (line: string): void => this.logerror(line),
    }
    const ids = idsOf(this)
    makeDataDir(dir, ids)
    const at = resolve(harakaDir(this), 'config')
    const files = { cert: resolve(at, imap.cert), key: resolve(at, imap.key) }
    if (imap.cert !== '') {
      this.certificate = new CertificateFile(files, log.error)
      // With nodes=N the main process stays root and reads a renewed one.
      if (carriesMail(this) && !isReadable(files.key, ids))
        log.error(
          `imap.key: ${files.key} can be read by root only: restart Haraka after each renewal of the certificate, or let the user of smtp.ini read it`,
        )
    }
    const pem = this.certificate?.pem ?? null
    this.front = keep(
      () => new Keeper({ config, dir, pem, ids, log: (level, line) => log[level](line) }),
    )
  })
  this.front?.start()
  beforeStop(this, config.release, () => this.front?.stop() ?? Promise.resolve())
  this.certificate?.watch((pem) => this.front?.renew(pem))
  // `haraka --graceful` takes the workers one by one and leaves this process: the front is replaced with the first.
  cluster.on('disconnect', ({ exitedAfterDisconnect }) => {
    if (exitedAfterDisconnect) this.front?.replaceSoon()
  })
  if (imap.test_mailboxes)
    this.logerror('imap.test_mailboxes is ON: for tests only, never on a server with real mail')
  const plugins = this.config.get('plugins', 'list') as string[]
  if (!plugins.includes('lazaret'))
    this.logerror(
      'config/plugins has lazaret/imap without lazaret: nothing is caught, released or expired; add the line lazaret',
    )
}

function keep(make: () => Keeper): Keeper {
  try {
    return make()
  } catch (error) {
    throw new ConfigError(`lazaret.ini: [imap]: ${(error as Error).message}`)
  }
}

/** Haraka goes down gracefully. */
export function shutdown(this: ImapPlugin): void {
  this.certificate?.stop()
  this.front?.stop().catch((error: unknown) => this.logerror(`closing: ${String(error)}`))
}
