// `npm start -- --cluster 3`: three real Harakas with one quarantine on this machine.
import { execFile } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { describe, expect, test, vi } from 'vitest'
import { programs } from '../../demo/database.ts'
import { POSTGRESQL } from '../log/postgresql.ts'
import { freePort } from '../rig/ports.ts'
import { Gateway, login, tempDir, type Demo } from './gateway.ts'

interface Several {
  nodes: (Omit<Demo, 'delivered' | 'accounts'> & {
    name: string
    pid: number
    http: { port: number }
  })[]
  delivered: string
  accounts: Demo['accounts']
}

test('says what is missing', async () => {
  const dir = tempDir()
  expect(() => programs(dir, dir)).toThrow(/needs PostgreSQL on this machine[^]*apt-get install/)
  const wrong = new Gateway(dir, ['--cluster', 'many'])
  expect(await wrong.ended()).toBe(2)
  expect(wrong.out).toContain('give a number from 2 to 9')
})

describe.skipIf(POSTGRESQL === null)('npm start -- --cluster 3', () => {
  test('caught on one, seen and released on another; one is killed and the others go on', async () => {
    const dir = tempDir()
    // PostgreSQL runs as a user of its own where this runs as root.
    chmodSync(dir, 0o711)
    const base = await freePort(46)
    const gateway = new Gateway(dir, ['--cluster', '3', '--empty', '--ports', String(base)])
    await gateway.says(/gateways are running/)
    const demo = JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8')) as Several
    expect(demo.nodes.map(({ name, smtp }) => [name, smtp.port])).toEqual([
      ['mx1', base],
      ['mx2', base + 5],
      ['mx3', base + 10],
    ])
    const [first, second, third] = demo.nodes
    const on = (node: Several['nodes'][number]): Promise<Awaited<ReturnType<typeof login>>> =>
      login({ ...node, delivered: demo.delivered, accounts: demo.accounts }, 'super-admin')
    const sendTo = async (node: Several['nodes'][number], subject: string): Promise<void> => {
      const client = createTransport({ ...node.smtp, secure: false, ignoreTLS: true })
      const raw = `From: shop@bad.example\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`
      const envelope = { from: 'shop@bad.example', to: 'alice@demo.example' }
      await client.sendMail({ envelope, raw })
      client.close()
    }
    // A command works on any machine.
    const cli = async (name: string, ...args: string[]): Promise<string> => {
      const at = ['--config', join(dir, name, 'haraka')]
      const all = ['dist/plugin/cli/index.js', ...at, ...args]
      try {
        return (await promisify(execFile)(process.execPath, all)).stdout
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    }
    expect(await cli('mx3', 'list', 'add', '*@bad.example', '--block')).toContain('Added 1 mask')
    expect(await cli('mx1', 'list', 'show', '--block')).toContain('*@bad.example')

    await sendTo(first, 'alpha')
    const client = await on(second)
    expect((await client.status('Caught', { messages: true })) || {}).toMatchObject({ messages: 1 })
    await client.mailboxOpen('Caught')
    await client.messageMove('1', 'Release')
    await client.logout()
    await gateway.says(/delivered to alice@demo\.example: alpha/)

    // The API of the third, with a token that the second has made.
    const made = JSON.parse(
      await cli('mx2', 'token', 'add', 'admin', 'look', '--may', 'read', '--json'),
    ) as { secret: string }
    // A login waits for what other machines know; a token does not.
    await (await on(third)).logout()
    const { port } = third.http
    const ask = async (path: string): Promise<{ status: number; text: string }> =>
      await new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${made.secret}` }
        get({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        }).on('error', reject)
      })
    expect((await ask('/api/v1/items')).text).toContain('alpha')
    expect((await ask('/')).text).toContain('<title>')

    process.kill(first.pid, 'SIGKILL')
    await gateway.says(/mx1 has ended/)
    await sendTo(third, 'beta')
    const other = await on(second)
    expect((await other.status('Caught', { messages: true })) || {}).toMatchObject({ messages: 1 })
    await other.logout()
    // Each machine says now and then how far it is.
    await vi.waitFor(
      async () => {
        expect(await cli('mx2', 'cluster', 'status')).toMatch(/mx3 +\S+ +\d+ +0 /)
      },
      { timeout: 60_000 },
    )
    expect(readdirSync(demo.delivered)).toHaveLength(1)

    expect(await gateway.stop()).toBe(0)
  }, 300_000)
})
