// Dovecot as Debian packages it, on a folder of its own: Maildir, one static password, TLS alone.
import { spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { endWithUs, freePort, listening } from '../../harness/haraka.ts'
import type { Credentials } from './client.ts'
import type { Running } from './side.ts'

const BINARY = '/usr/sbin/dovecot'
const NOBODY = 65_534

export const hasDovecot = (): boolean => existsSync(BINARY)

function config(dir: string, port: number, files: { cert: string; key: string }): string {
  const root = process.getuid?.() === 0
  const me = userInfo().username
  const owner = root ? 'nobody' : me
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
ssl = required
ssl_cert = <${files.cert}
ssl_key = <${files.key}
ssl_min_protocol = TLSv1.2
mail_location = maildir:${dir}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 0
${root ? '' : `default_internal_user = ${me}\ndefault_login_user = ${me}\ndefault_internal_group = ${userInfo().gid}`}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${owner} gid=${root ? NOBODY : userInfo().gid} home=${dir}/mail/%u
}
service imap-login {
  # high-performance mode, its faster one
  service_count = 0
  process_min_avail = 2
  client_limit = 2000
  ${root ? '' : 'chroot ='}
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
service imap {
  process_limit = 2000
}
service anvil {
  client_limit = 6000
  ${root ? '' : 'chroot ='}
}
service auth {
  client_limit = 6000
}
service stats {
  client_limit = 6000
  ${root ? '' : 'chroot ='}
}
`
}

/** Starts Dovecot in `dir`; whoever logs in has the password of `user`. `more`: lines of its configuration. */
export async function startDovecot(
  dir: string,
  files: { cert: string; key: string },
  user: Credentials,
  more = '',
): Promise<Running> {
  const port = await freePort()
  const mail = join(dir, 'mail')
  mkdirSync(mail, { recursive: true })
  if (process.getuid?.() === 0) {
    chmodSync(dir, 0o755)
    chownSync(mail, NOBODY, NOBODY)
  }
  const path = join(dir, 'dovecot.conf')
  writeFileSync(
    path,
    config(dir, port, files).replace('password=secret', `password=${user.password}`) + more,
  )
  const child = spawn(BINARY, ['-F', '-c', path], { stdio: 'ignore' })
  endWithUs(child)
  await listening(port, child)
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
