// The last steps of a search: from the pieces of a mask that may be there to its record, and from the
// records that match to the one that decides (docs/rules.md "Lists").

import { addressOf, domainAt, domainLength, endHash, endOf, formOf, foundRank, levelOf } from './batch'
import { localAt, localLength, setFound, startHash, startOf, whoIs } from './batch'
import { TREE_AT, keyHash } from './hash'
import { isMask, treeHash } from './entries'
import { ALLOW, BLOCK, TREE, kindOf, touchRecord } from './record'
import { candidates, firstGroup, hasEmpty, nextGroup, slotAt, touchGroup } from './table'

/** Rules of a search: leave out block entries, allow entries, allow entries that are more than one
 *  address. Own-domain rule and demand for authentication: docs/rules.md "Lists". */
const NO_BLOCK: u32 = 1
const NO_ALLOW: u32 = 2
const NO_COVER: u32 = 4
/** All matches are written out, not the deciding ones only. */
export const ALL: u32 = 8
/** Scopes of a search at most. */
export const LEVELS: u32 = 8

let rules: u32 = 0
let output: usize = 0
let outputEnd: usize = 0
/** Takes what was touched, so that the reads are not optimised away. */
let touched: u32 = 0

/** Masks to look for: [hash u64][who u32][scope u32]. */
const PROBES: u32 = 1024
const PROBE: u32 = 16
const probes: usize = memory.data(1024 * 16, 8)
let probeCount: u32 = 0

/** Slots whose tag fits: [slot, then record u32][probe u32]. */
const FITS: u32 = 1024
const FIT: u32 = 8
const fits: usize = memory.data(1024 * 8, 4)
let fitCount: u32 = 0

export function setRules(withRules: u32, to: usize, end: usize): void {
  rules = withRules
  output = to
  outputEnd = end
}

export function wantsAll(): bool {
  return (rules & ALL) != 0
}

export function outputAt(): usize {
  return output
}

/** Looks for the mask of a form with an end of k octets and a beginning of m. */
export function pushProbe(base: u32, scope: u32, address: usize, form: u32, k: u32, m: u32): void {
  const hash = keyHash(form, scope, endHash(address, k), startHash(address, m))
  push(hash, base | whoIs(0, 0, form, k, m), scope)
}

/** Looks for the tree of the last m octets of the domain, whose hash from the end is `end`. */
export function pushTree(base: u32, scope: u32, end: u64, m: u32): void {
  push(treeHash(scope, end), base | whoIs(0, 0, TREE_AT, 0, m), scope)
}

function push(hash: u64, who: u32, scope: u32): void {
  if (probeCount == PROBES) readProbes()
  const probe = probes + probeCount++ * PROBE
  store<u64>(probe, hash)
  store<u32>(probe, who, 8)
  store<u32>(probe, scope, 12)
}

/** The table's control bytes tell which slots may hold a mask. */
export function readProbes(): void {
  let sum: u32 = 0
  for (let i: u32 = 0; i < probeCount; i++) sum += touchGroup(load<u64>(probes + i * PROBE))
  touched += sum
  for (let i: u32 = 0; i < probeCount; i++) {
    const hash = load<u64>(probes + i * PROBE)
    let group = firstGroup(hash)
    let step: u32 = 1
    while (true) {
      let tags = candidates(group, hash)
      while (tags != 0) {
        if (fitCount == FITS) readFits()
        const fit = fits + fitCount++ * FIT
        store<u32>(fit, <u32>slotAt(group, ctz(tags)))
        store<u32>(fit, i, 4)
        tags &= tags - 1
      }
      if (hasEmpty(group)) break
      group = nextGroup(group, step++)
    }
  }
  readFits()
  probeCount = 0
}

/** Reads slots, then records. */
function readFits(): void {
  for (let i: u32 = 0; i < fitCount; i++) {
    const fit = fits + i * FIT
    store<u32>(fit, load<u32>(load<u32>(fit)))
  }
  let sum: u32 = 0
  for (let i: u32 = 0; i < fitCount; i++) sum += touchRecord(load<u32>(fits + i * FIT))
  touched += sum
  for (let i: u32 = 0; i < fitCount; i++) {
    const fit = fits + i * FIT
    const record: usize = load<u32>(fit)
    const probe = probes + load<u32>(fit, 4) * PROBE
    const who = load<u32>(probe, 8)
    const address = addressOf(who)
    const k = endOf(who)
    const x = localAt(address) + localLength(address) - k
    const scope = load<u32>(probe, 12)
    const m = startOf(who)
    const tree = formOf(who) == TREE_AT
    const form = tree ? TREE : formOf(who)
    const d = domainAt(address) + (tree ? domainLength(address) - m : 0)
    if (!isMask(record, scope, form, x, k, d, m)) continue
    const kind = kindOf(record)
    if ((kind & ALLOW) != 0 && !barred(form)) consider(record, who, 1)
    if ((kind & BLOCK) != 0 && (rules & NO_BLOCK) == 0) consider(record, who, 0)
  }
  fitCount = 0
}

/** Whether the rules leave out an allow entry. */
@inline
function barred(form: u32): bool {
  return (rules & NO_ALLOW) != 0 || ((rules & NO_COVER) != 0 && form != 0)
}

/** Keeps the entry of the highest rank: the narrowest scope; there allow before block; then the
 *  longest mask, of equals the one with more of the domain, then the one with fewer stars, a tree last.
 *  [LEVELS - level, 4 bits][allows][k + m, 9 bits][m, 8 bits][order of forms, 3 bits] */
function consider(record: usize, who: u32, allows: u32): void {
  const k = endOf(who)
  const m = startOf(who)
  const narrow = ((LEVELS - levelOf(who)) << 21) | (allows << 20)
  const order = formOf(who) == TREE_AT ? 0 : 4 - formOf(who)
  const rank = narrow | ((k + m) << 11) | (m << 3) | order
  const address = addressOf(who)
  if ((rules & ALL) != 0) {
    write(record, placeOf(rank))
  } else if (rank > foundRank(address)) {
    setFound(address, record, rank)
  }
}

/** [level << 1 | blocks] of a rank. */
@inline
export function placeOf(rank: u32): u32 {
  return ((LEVELS - (rank >> 21)) << 1) | (((rank >> 20) & 1) ^ 1)
}

export function write(record: usize, place: u32): void {
  if (output >= outputEnd) return
  store<u32>(output, <u32>record)
  store<u32>(output, place, 4)
  output += 8
}
