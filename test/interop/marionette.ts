// A Thunderbird without a window, driven by its own Marionette protocol: `LENGTH:JSON` over TCP on the loopback. Everything that it
// would ask the network for goes through a SOCKS proxy of ours, so that names and ports mean what the test says, and nothing
// leaves the machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { freePort } from '../rig/ports.ts'
import { tempDir } from '../tmp.ts'

const ends: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const end of ends) await end()
})

/** Where a connection to `host:port` leads instead: a port of this machine; null: nowhere. */
export type Route = (host: string, port: number) => number | null

/** SOCKS 5 without a login, names left to the proxy (RFC 1928 §3 to §6). */
async function proxy(route: Route): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client.on('close', () => sockets.delete(client)).on('error', () => {}))
    void serve(client, route).catch(() => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await Promise.resolve()
  })
  return (server.address() as AddressInfo).port
}

async function serve(client: Socket, route: Route): Promise<void> {
  const [, methods] = await take(client, 2)
  await take(client, methods)
  client.write(Buffer.from([5, 0]))
  const [, , , type] = await take(client, 4)
  const length = type === 3 ? (await take(client, 1))[0] : type === 4 ? 16 : 4
  const address = await take(client, length)
  const port = (await take(client, 2)).readUInt16BE()
  const to = route(type === 3 ? address.toString('latin1') : address.join('.'), port)
  const answer = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
  if (to === null) return void client.end(answer(4)) // host unreachable
  const server = connect(to, '127.0.0.1').on('error', () => client.destroy())
  await once(server, 'connect')
  client.on('close', () => server.destroy())
  client.write(answer(0))
  client.pipe(server).pipe(client)
}

async function take(socket: Socket, octets: number): Promise<Buffer> {
  for (;;) {
    const got = octets === 0 ? Buffer.alloc(0) : (socket.read(octets) as Buffer | null)
    if (got) return got
    if (socket.readableEnded || socket.destroyed) throw new Error('closed')
    await once(socket, 'readable')
  }
}

export interface Thunderbird {
  /** Runs the body of a function with the rights of its own code; what it answers, or what its promise comes to. */
  run<T>(body: string, ...args: unknown[]): Promise<T>
}

export async function thunderbird(route: Route): Promise<Thunderbird> {
  const profile = tempDir()
  const port = await freePort()
  const preferences = {
    'marionette.port': port,
    'network.proxy.type': 1,
    'network.proxy.socks': '127.0.0.1',
    'network.proxy.socks_port': await proxy(route),
    'network.proxy.socks_version': 5,
    'network.proxy.socks_remote_dns': true,
    'network.proxy.no_proxies_on': '',
    'network.proxy.failover_direct': false,
    'offline.startup_state': 2, // always online
    'network.manage-offline-status': false,
    'app.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'mail.provider.suppress_dialog_on_startup': true,
    'mail.spotlight.firstRunDone': true,
    'mailnews.start_page.enabled': false,
  }
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join(''))
  const child = spawn(
    'thunderbird',
    [
      '--headless',
      '--no-remote',
      '--profile',
      profile,
      '--marionette',
      '--remote-allow-system-access',
    ],
    {
      env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  const closed = once(child, 'close')
  ends.push(async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await closed
  })
  await listening(child)
  return await session(port)
}

/** It says on which port, when it is ready. */
async function listening(child: ReturnType<typeof spawn>): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (/Listening on port \d+/.test(said)) resolve()
      })
    child.on('close', () => reject(new Error(`Thunderbird ended: ${said}`)))
    child.on('error', reject)
  })
}

async function session(port: number): Promise<Thunderbird> {
  const socket = connect(port, '127.0.0.1')
  ends.unshift(async () => {
    socket.destroy()
    await Promise.resolve()
  })
  const frame = async (): Promise<unknown> => {
    let length = ''
    for (let char = ''; char !== ':'; length += char) char = (await take(socket, 1)).toString()
    return JSON.parse((await take(socket, Number.parseInt(length, 10))).toString()) as unknown
  }
  await frame() // who it is
  let id = 0
  const ask = async (command: string, parameters: object): Promise<unknown> => {
    const text = JSON.stringify([0, ++id, command, parameters])
    socket.write(`${Buffer.byteLength(text)}:${text}`)
    const [, , error, result] = (await frame()) as [1, number, { message: string } | null, unknown]
    if (error) throw new Error(`${command}: ${error.message}`)
    return result
  }
  await ask('WebDriver:NewSession', { capabilities: { alwaysMatch: {} } })
  await ask('Marionette:SetContext', { value: 'chrome' })
  await ask('WebDriver:SetTimeouts', { script: 600_000 })
  return {
    run: async <T>(body: string, ...args: unknown[]) => {
      const script = `const done = arguments[arguments.length - 1]
        ;(async (args) => {${body}})(Array.from(arguments)).then(
          (value) => done({ value: value ?? null }),
          (error) => done({ error: String(error) + ' ' + (error?.errors ?? '') + ' ' + (error?.stack ?? '') }))`
      const answer = (await ask('WebDriver:ExecuteAsyncScript', { script, args })) as {
        value: { value: T; error?: string }
      }
      if (answer.value.error !== undefined) throw new Error(answer.value.error)
      return answer.value.value
    },
  }
}
