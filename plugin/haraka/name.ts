// How this server calls itself.
import { hostname } from 'node:os'
import { VERSION } from '../version.ts'
import type { Plugin } from './types.ts'

/** As Haraka does in greetings and trace fields of its own. */
export function me(plugin: Plugin): string {
  const name = plugin.config.get('me')
  return typeof name === 'string' && /^[A-Za-z0-9._-]+$/.test(name) ? name : hostname()
}

/** This program and its version, as HTTP and reports name it. */
export const AGENT = `Lazaret/${VERSION}`
