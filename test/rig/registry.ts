// A package registry on loopback that has what is installed here, in those versions and no others: `npm install`
// of our package runs as a user runs it, and asks nobody outside.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ROOT } from './build.ts'

interface Manifest {
  name: string
  version: string
}

export interface Registry {
  url: string
  /** Names that were asked for and are not here: binaries for other systems. */
  missing: Set<string>
  close(): Promise<void>
}

export async function startRegistry(): Promise<Registry> {
  const installed = folders()
  const missing = new Set<string>()
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    const [name, version] = path.split('/-/')
    const versions = installed.get(name)
    if (versions === undefined) {
      missing.add(name)
      response.writeHead(404).end('{}')
    } else if (version === undefined) json(response, packument(name, versions, url()))
    else response.end(tarball(versions.get(version) as string))
  })
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url: url(),
    missing,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The folder of each version of each package that the lock file names and that is here. */
function folders(): Map<string, Map<string, string>> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, object>
  }
  const found = new Map<string, Map<string, string>>()
  for (const path of Object.keys(packages).filter(Boolean)) {
    const dir = join(ROOT, path)
    if (!existsSync(dir)) continue
    const { name, version } = manifest(dir)
    found.set(name, (found.get(name) ?? new Map<string, string>()).set(version, dir))
  }
  return found
}

const manifest = (dir: string): Manifest =>
  JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest

function packument(name: string, versions: ReadonlyMap<string, string>, url: string): object {
  const entries = [...versions].map(([version, dir]) => {
    const integrity = `sha512-${createHash('sha512').update(tarball(dir)).digest('base64')}`
    const dist = { tarball: `${url}${name}/-/${version}`, integrity }
    return [version, { ...manifest(dir), dist }] as const
  })
  const latest = entries[entries.length - 1][0]
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(entries) }
}

const tarballs = new Map<string, Buffer>()

/** A package as registries have it, below `package/`; packages of its own below it are left out. */
function tarball(dir: string): Buffer {
  const known = tarballs.get(dir)
  if (known) return known
  const args = ['czf', '-', '--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', dir]
  const made = execFileSync('tar', [...args, '.'], { maxBuffer: 2 ** 28 })
  tarballs.set(dir, made)
  return made
}

function json(response: ServerResponse, value: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}
