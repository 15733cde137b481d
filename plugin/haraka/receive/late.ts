// Other plugins may ask for the quarantine when a message was judged already: in a data_post hook behind ours, or when it
// is about to be queued.
import { haraka } from '../modules.ts'
import type { Plugin, Plugins, RegisteredHook } from '../types.ts'

const HOOKS = ['queue', 'queue_outbound'] as const
/** Haraka's own, which deliver and ask for nothing. */
const DELIVERS = /^queue\/(?!quarantine$)/

const follow = new WeakMap<Plugin, boolean>()

/** Whether plugins run behind our verdict that may ask for the quarantine: the message is kept until they have. */
export function othersFollow(plugin: Plugin): boolean {
  let known = follow.get(plugin)
  if (known === undefined) {
    const { registered_hooks } = haraka<Plugins>(plugin, 'plugins')
    known = ['data_post', ...HOOKS].some((hook) =>
      behindOurs(plugin, registered_hooks[hook] ?? []).some(
        (one) => one.plugin !== plugin.name && !DELIVERS.test(one.plugin),
      ),
    )
    follow.set(plugin, known)
  }
  return known
}

/**
 * Once all plugins are loaded: `method` of ours, which is in front of all hooks that queue, looks behind each of them too;
 * behind the last one Haraka's outbound begins.
 */
export function lookBetween(plugin: Plugin, method: string): void {
  if (!othersFollow(plugin)) return
  const { registered_hooks } = haraka<Plugins>(plugin, 'plugins')
  for (const hook of HOOKS) {
    const hooks = registered_hooks[hook] ?? []
    const behind = behindOurs(plugin, hooks)
    const look = { ...hooks[hooks.length - behind.length - 1], method }
    hooks.splice(hooks.length - behind.length, behind.length)
    for (const one of behind) hooks.push(one, look)
  }
}

function behindOurs(plugin: Plugin, hooks: readonly RegisteredHook[]): RegisteredHook[] {
  return hooks.slice(hooks.findIndex((one) => one.plugin === plugin.name) + 1)
}
