// How this server calls itself.
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from './types.ts'

/** As Haraka does in greetings and trace fields of its own. */
export function me(plugin: Plugin): string {
  const name = plugin.config.get('me')
  return typeof name === 'string' && /^[A-Za-z0-9._-]+$/.test(name) ? name : hostname()
}

/** This program and its version, as HTTP and reports name it. */
export function agent(): string {
  const places = ['../..', '../../..'].map((up) => join(__dirname, up, 'package.json'))
  const path = places.find((place) => existsSync(place)) ?? places[0]
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  return `Lazaret/${version}`
}
