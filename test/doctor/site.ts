// An installation in a temporary folder, without a running Haraka: what the doctor looks at.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { examine } from '../../plugin/doctor/doctor.ts'
import type { About, Finding } from '../../plugin/doctor/finding.ts'
import { installationAt } from '../../plugin/doctor/installation.ts'
import type { Names } from '../../plugin/doctor/names.ts'
import { CLI, open } from '../../plugin/open.ts'
import { tempDir } from '../tmp.ts'

export const PLUGINS = 'spf\nlazaret\nlazaret/imap\nqueue/smtp_forward\n'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** A server that says this line to whoever comes; answers its port. */
export async function says(line: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(line)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export interface Site {
  dir: string
  data: string
}

let made: Promise<string> | null = null

/** Data with an account, made once: its password takes a while. */
async function template(): Promise<string> {
  const make = async (): Promise<string> => {
    const dir = join(tempDir(), 'lazaret')
    mkdirSync(dir, { mode: 0o700 })
    const lazaret = open(readConfig({ main: { base_model: 'no' } }), dir)
    await lazaret.quarantine
      .as(CLI)
      .accounts.add('user@example.com', 'address', 'correct horse battery')
    await lazaret.close()
    return dir
  }
  return await (made ??= make())
}

/** A Haraka folder with these files below config/, and data with an account. */
export async function site(
  files: Record<string, string> = {},
  { data = true } = {},
): Promise<Site> {
  const dir = tempDir()
  mkdirSync(join(dir, 'config'))
  const all = { plugins: PLUGINS, me: 'mx.example.com\n', ...files }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(dir, 'config', name), text)
  const at = join(dir, 'lazaret')
  if (data) cpSync(await template(), at, { recursive: true })
  return { dir, data: at }
}

/** A DNS of which these names have an address. */
export function dns(...known: string[]): Names {
  return {
    addresses: (name) => Promise.resolve(known.includes(name) ? ['192.0.2.1'] : []),
    services: (name) =>
      Promise.resolve(known.includes(name) ? [{ name: 'mx.example.com', port: 993 }] : []),
  }
}

export const DNS = dns('mx.example.com', '_imaps._tcp.example.com')

export async function look({ dir }: Site, names = DNS): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const one of examine(installationAt(dir), names)) found.push(one)
  return found
}

/** What is not well, about one thing. */
export const ill = (findings: readonly Finding[], about: About): Finding[] =>
  findings.filter((one) => one.about === about && one.level !== 'ok')
