// What a start says of digests that would go without their links, though people are served here.
import { ConfigError } from '../../config.ts'
import type { Lazaret } from '../../open.ts'
import type { Plugin } from '../types.ts'

/**
 * Throws ConfigError where lazaret.ini wants digests and does not say at which address people reach lazaret/http, which runs
 * here. Where a setting wants them, mail goes on: the answer is a line for the log, or null.
 */
export function linkless(plugin: Plugin, { config, quarantine }: Lazaret): string | null {
  const who = config.digest.url === '' ? quarantine.system.digests.wanted() : null
  if (who === null || !serves(plugin)) return null
  const what =
    'set it to the address at which people reach this server, such as https://quarantine.example.com'
  if (who === 'lazaret.ini')
    throw new ConfigError(
      `lazaret.ini: digest.url: it is empty, and settings.digest is ${config.settings.digest}: ${what}; or set settings.digest = off, and switch digests on by lazaret settings for those who shall have them without links`,
    )
  return `digests (of ${who === '' ? 'everybody' : who}, and perhaps others) go without links, since digest.url in lazaret.ini is empty: ${what}`
}

/** Whether config/plugins names lazaret/http. */
function serves(plugin: Plugin): boolean {
  const lines = plugin.config.get('plugins', 'list')
  return Array.isArray(lines) && lines.some((line) => /(?:^|\/)lazaret\/http$/.test(String(line)))
}
