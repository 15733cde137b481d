// Looks at an installation as a whole, changes nothing, and says what to do.
import type { Lazaret } from '../open.ts'
import { digests } from './digests.ts'
import { accounts, clock, data, disk } from './data.ts'
import { good, wrong, type Finding } from './finding.ts'
import { haraka } from './haraka.ts'
import { nextHop } from './hop.ts'
import type { Installation } from './installation.ts'
import { names, systemNames, type Names } from './names.ts'
import { certificate, ports } from './ports.ts'

/** One thing after the other; those that depend on others come behind them. */
export async function* examine(
  at: Installation,
  dns: Names = systemNames(),
): AsyncGenerator<Finding> {
  yield* haraka(at)
  yield at.fault === null
    ? good('configuration', 'lazaret.ini is right')
    : wrong('configuration', at.fault, 'correct it, and start Haraka: it does not start as it is')
  yield* data(at, (lazaret) => within(at, lazaret, dns))
  // What else it says is that of the defaults.
  if (at.fault !== null) return
  yield* certificate(at)
  yield* ports(at)
  yield* nextHop(at)
}

async function* within(at: Installation, lazaret: Lazaret, dns: Names): AsyncGenerator<Finding> {
  yield* accounts(lazaret)
  yield disk(lazaret)
  yield clock(lazaret)
  yield* names(at, lazaret, dns)
  yield* digests(at, lazaret)
}
