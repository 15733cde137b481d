// Phase gateway: messages a second through a real Haraka, without the plugin, with the plugin passing all
// mail, and with the plugin holding some of it, every hold flushed; other filters in the same place.
import { rspamd, spamassassin } from '../../rivals/daemons.ts'
import type { Phase } from '../../harness/phase.ts'
import { measureGateway } from './measure.ts'
import { FULL, QUICK } from './variants.ts'

const SIZES = {
  quick: { count: 1000, rounds: 20, seconds: 14 },
  full: { count: 1500, rounds: 16, seconds: 240 },
}
export const gateway: Phase = {
  name: 'gateway',
  describe: 'messages a second through Haraka, without and with the plugin, by share of mail held',
  run: async (options) =>
    options.quick
      ? await measureGateway(options, QUICK, SIZES.quick)
      : await measureGateway(options, FULL, SIZES.full, { rspamd, spamassassin }),
}
