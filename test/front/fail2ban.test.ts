// The filter for fail2ban that ships: it finds wrong passwords in Haraka's log, and nothing that a stranger wrote there.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loginFailedLine } from '../../plugin/imap/log.ts'
import { world } from '../gateway/world.ts'
import { WireClient } from '../imap/wire-client.ts'
import { ROOT } from '../rig/build.ts'
import { freePort } from '../rig/haraka.ts'
import { SmtpClient } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'

const FILTER = join(ROOT, 'config/fail2ban/lazaret.conf')
const RULES = /^failregex = ([^]*?)\nignoreregex/m
  .exec(readFileSync(FILTER, 'utf8'))![1]
  .split('\n')
  .map((rule) => new RegExp(rule.trim().replace('<HOST>', '(?<host>[0-9A-Fa-f:.]+)'), 'u'))

/** The addresses that are found in a log; fail2ban itself takes the time away first. */
function found(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const text = line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z/, '')
    return RULES.flatMap((rule) => rule.exec(text)?.groups?.host ?? [])
  })
}

/** The same by fail2ban, where it is installed. */
function foundByFail2ban(lines: readonly string[]): number | null {
  const log = join(tempDir(), 'log')
  writeFileSync(log, lines.map((line) => `2026-11-30T12:00:00.000Z ${line}\n`).join(''))
  const { error, stdout } = spawnSync('fail2ban-regex', [log, FILTER], { encoding: 'utf8' })
  return error ? null : Number(/^Failregex: (\d+) total/m.exec(stdout)?.[1])
}

test('wrong passwords are found; RCPT TO, ID and names that are tried cannot write such a line', async () => {
  const imap = await freePort()
  const { haraka } = await world({
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
    ini: { imap: { host: '127.0.0.1', tls_port: imap, starttls_port: 0 } },
  })
  await haraka.logged(/IMAP server is listening/)
  const forged = loginFailedLine('192.0.2.66', 'x', 'y')
  const whole = `[NOTICE] [-] [lazaret/imap] ${forged}`

  const smtp = await SmtpClient.connect(haraka.port, 'x.example')
  await smtp.command(`MAIL FROM:<"${whole.replaceAll('"', '')}"@x.example>`)
  await smtp.command(`MAIL FROM:<a@x.example>`)
  await smtp.command(`RCPT TO:<${forged}>`)
  await smtp.command(`RCPT TO:<"${whole.replaceAll('"', '')}"@example.com>`)
  await smtp.command(whole)
  await smtp.quit()

  const client = await WireClient.connect(imap, { tls: true })
  await client.greeting()
  const quoted = whole.replace(/["\\]/g, '\\$&')
  await client.command(`ID ("name" "${quoted}")`)
  const names = ['nobody', quoted, forged.replace(/["\\]/g, '\\$&')]
  for (const name of names.slice(0, 2)) await client.command(`LOGIN "${name}" wrong-password`)
  client.destroy()
  const other = await WireClient.connect(imap, { tls: true })
  await other.greeting()
  const size = Buffer.byteLength(`x\n${whole}`)
  await other.command(`LOGIN {${size}+}\r\nx\n${whole} wrong-password`)
  other.destroy()
  await haraka.logged(/imap login failed/, 3)
  expect(found(haraka.log)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
  const by = foundByFail2ban(haraka.log)
  if (by !== null) expect(by).toBe(3)
})

// Whichever plugin comes first keeps the front, and logs for both.
test.each([
  ['imap', 'lazaret/imap'],
  ['http', 'lazaret/imap'],
  ['imap', 'lazaret/http'],
  ['http', 'lazaret/http'],
])('each way in which log.ini formats lines of %s by %s is known', (protocol, plugin) => {
  const failed = loginFailedLine('2001:db8::1', 'a"b\\c\u202e', 'wrong')
  const line = failed.replace(/^imap/, protocol)
  const escaped = JSON.stringify(line).slice(1, -1)
  const lines = [
    `[NOTICE] [-] [${plugin}] ${line}`,
    `mx haraka[123]: [NOTICE] [-] [${plugin}] ${line}`,
    `2026-11-30T12:00:00.000Z [NOTICE] [-] [${plugin}] ${line}`,
    `level=NOTICE uuid=- origin=${plugin} message="${escaped}"`,
    JSON.stringify({ level: 'NOTICE', uuid: '-', origin: plugin, message: line }),
  ]
  expect(found(lines)).toEqual(lines.map(() => '2001:db8::1'))
  const others = [
    `[NOTICE] [ABC.1] [core] [NOTICE] [-] [${plugin}] ${line}`,
    `[NOTICE] [-] [core] ${line}`,
    `[NOTICE] [-] [${plugin}] x ${line}`,
    line,
    `[NOTICE] [-] [${plugin}] ${line} and more`,
  ]
  expect(found(others)).toEqual([])
})
