// For haraka-plugin-prometheus, where that runs: what became of messages stands in connection.notes.prometheus_metrics, where it
// looks when a connection ends. Labels have no values there, so each class and action has a name of its own, once a
// connection. /metrics of lazaret/http has all there is to count.
import type { Decision } from '../../quarantine/screen.ts'
import { haraka } from '../modules.ts'
import type { Connection, Plugin, Plugins } from '../types.ts'

/** As that plugin reads it. */
interface Noted {
  type: 'counter'
  name: string
  help: string
  value: number
  label_names: string[]
}

const reads = new WeakMap<Plugin, boolean>()

/** Answers what it was given. */
export function noted(
  plugin: Plugin,
  { notes }: Pick<Connection, 'notes'>,
  decisions: readonly Decision[],
): readonly Decision[] {
  let isThere = reads.get(plugin)
  if (isThere === undefined) {
    isThere = haraka<Plugins>(plugin, 'plugins').registered_plugins.prometheus !== undefined
    reads.set(plugin, isThere)
  }
  if (!isThere) return decisions
  const all = (notes.prometheus_metrics ??= []) as Noted[]
  for (const { verdict, outcome } of decisions) {
    const of = verdict?.class ?? 'none'
    const name = `lazaret_messages_${of}_${outcome}_total`
    const help = `Decisions about messages, one for each recipient: class ${of}, action ${outcome}.`
    const known = all.find((one) => one.name === name)
    if (known) known.value++
    else all.push({ type: 'counter', name, help, value: 1, label_names: [] })
  }
  return decisions
}
