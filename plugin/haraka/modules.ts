// Haraka's own modules, each asked of its module loader once: that is slow.
import type { Plugin } from './types.ts'

const loaded = new WeakMap<Plugin, Map<string, unknown>>()

/** A module of Haraka by its file name. `T`: what of it the caller uses. */
export function haraka<T>(plugin: Plugin, name: string): T {
  let modules = loaded.get(plugin)
  if (!modules) loaded.set(plugin, (modules = new Map<string, unknown>()))
  if (!modules.has(name)) modules.set(name, plugin.haraka_require(name))
  return modules.get(name) as T
}
