// Hashes of the pieces of an address: of every end of its local part and every beginning of its
// domain, in one pass over each. Rows of u64, by length. Start and multiplier come from the host's random seed, so that
// nobody can choose masks that collide; answers never depend on them.

/** Literal octets of a mask's pieces: RFC 5321 §4.5.3.1. */
export const LOCAL_MAX: u32 = 64
export const DOMAIN_MAX: u32 = 255
/** Octets of the two rows of an address at most. */
export const ROWS_MAX: u32 = (LOCAL_MAX + 1 + DOMAIN_MAX + 1) * 8

// What keys are for, beside the four forms of masks: where hints stand. "End" and "beginning" are of
// NEAR octets.
//   ENDS_AT d           whether there is a `x@d`; lengths of x in `*x@d`, NEAR for all from NEAR on
//   LONG_ENDS_AT        end of x, d: those lengths
//   STARTS_AT x         lengths of d in `x@d*`, NEAR for all from NEAR on
//   LONG_STARTS_AT      x, beginning of d: those lengths
//   NEAR_AT             end of x, beginning of d: lengths of x in `*x@d*`
//   PAIRS_AT            x, beginning of d: lengths of d in `*x@d*`
export const ENDS_AT: u32 = 4
export const STARTS_AT: u32 = 5
export const NEAR_AT: u32 = 6
export const PAIRS_AT: u32 = 7
export const LONG_ENDS_AT: u32 = 8
export const LONG_STARTS_AT: u32 = 9
/** A domain with all its sub-domains: its record stands at the hash of an end of the domain. */
export const TREE_AT: u32 = 10

let start: u64 = 0x9e3779b97f4a7c15
let factor: u64 = 0xff51afd7ed558ccd

export function seedHash(low: u32, high: u32): void {
  start = ((<u64>high) << 32) | low
  factor = (mix(start) << 1) | 1
}

@inline
function mix(hash: u64): u64 {
  hash ^= hash >> 32
  hash *= 0xd6e8feb86659fd93
  hash ^= hash >> 32
  hash *= 0xd6e8feb86659fd93
  return hash ^ (hash >> 32)
}

/** Writes the hashes of the last 0, 1, 2... octets of a local part; only the last LOCAL_MAX can be in
 *  a mask. Returns the end of what was written. */
export function hashEnds(at: usize, size: u32, to: usize): usize {
  let hash = start
  const last = min(size, LOCAL_MAX)
  store<u64>(to, hash)
  for (let k: u32 = 1; k <= last; k++) {
    hash = rotl(hash ^ load<u8>(at + size - k), 25) * factor
    to += 8
    store<u64>(to, hash)
  }
  return to + 8
}

/** Writes the hashes of the first 0, 1, 2... octets of a domain; only the first DOMAIN_MAX can be in a
 *  mask. Returns the end of what was written. */
export function hashStarts(at: usize, size: u32, to: usize): usize {
  let hash = start
  const last = min(size, DOMAIN_MAX)
  store<u64>(to, hash)
  for (let m: u32 = 0; m < last; m++) {
    hash = rotl(hash ^ load<u8>(at + m), 25) * factor
    to += 8
    store<u64>(to, hash)
  }
  return to + 8
}

/** Hash of one octet more in front of an end of a domain; `hashNothing` is that of none. */
@inline
export function hashBefore(hash: u64, octet: u8): u64 {
  return rotl(hash ^ octet, 25) * factor
}

@inline
export function hashNothing(): u64 {
  return start
}

/** Hash of a whole domain from its end, as hashBefore builds it. */
export function hashDomain(at: usize, size: u32): u64 {
  let hash = start
  for (let i = size; i > 0; i--) hash = hashBefore(hash, load<u8>(at + i - 1))
  return hash
}

/** Hash of a whole text, of any length. */
export function hashText(at: usize, size: u32): u64 {
  let hash = start
  for (let i: u32 = 0; i < size; i++) hash = rotl(hash ^ load<u8>(at + i), 25) * factor
  return mix(hash)
}

/** Hash n of a row that hashEnds or hashStarts has written. */
@inline
export function hashAt(row: usize, n: u32): u64 {
  return load<u64>(row + (n << 3))
}

/** One of 32 bits for a hash: a filter of a scope. */
@inline
export function filterBit(hash: u64): u32 {
  return 1 << <u32>(hash >> 59)
}

/** Hash of a key: what it is for, the scope, and one hash of each side (0 for a side left out). */
@inline
export function keyHash(purpose: u32, scope: u32, end: u64, begin: u64): u64 {
  return mix(end ^ rotl(begin, 29) ^ ((((<u64>scope) << 4) | purpose) * 0x9e3779b97f4a7c15))
}
