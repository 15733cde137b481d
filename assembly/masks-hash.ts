// Hashes of the pieces of an address: of every end of its local part and every beginning of its
// domain, in one pass over each. Start and multiplier come from the host's random seed, so that
// nobody can choose masks that collide; answers never depend on them.

/** Literal octets of a mask's pieces: RFC 5321 §4.5.3.1. */
export const LOCAL_MAX: u32 = 64
export const DOMAIN_MAX: u32 = 255

/** ends[k]: hash of the last k octets of the local part; starts[m]: of the first m of the domain. */
const ends: usize = memory.data(8 * 65, 8)
const starts: usize = memory.data(8 * 256, 8)

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

/** Fills `ends` for a local part of `size` octets; only the last LOCAL_MAX can be in a mask. */
export function hashEnds(at: usize, size: u32): void {
  let hash = start
  const last = min(size, LOCAL_MAX)
  store<u64>(ends, hash)
  for (let k: u32 = 1; k <= last; k++) {
    hash = rotl(hash ^ load<u8>(at + size - k), 25) * factor
    store<u64>(ends + (k << 3), hash)
  }
}

/** Fills `starts` for a domain of `size` octets; only the first DOMAIN_MAX can be in a mask. */
export function hashStarts(at: usize, size: u32): void {
  let hash = start
  const last = min(size, DOMAIN_MAX)
  store<u64>(starts, hash)
  for (let m: u32 = 0; m < last; m++) {
    hash = rotl(hash ^ load<u8>(at + m), 25) * factor
    store<u64>(starts + ((m + 1) << 3), hash)
  }
}

/** Hash of a whole text, of any length. */
export function hashText(at: usize, size: u32): u64 {
  let hash = start
  for (let i: u32 = 0; i < size; i++) hash = rotl(hash ^ load<u8>(at + i), 25) * factor
  return mix(hash)
}

@inline
export function endHash(k: u32): u64 {
  return load<u64>(ends + (k << 3))
}

@inline
export function startHash(m: u32): u64 {
  return load<u64>(starts + (m << 3))
}

/** Hash of a key: what it is for, the scope, and one hash of each side (0 for a side left out). */
@inline
export function keyHash(purpose: u32, scope: u32, end: u64, begin: u64): u64 {
  return mix(end ^ rotl(begin, 29) ^ ((((<u64>scope) << 3) | purpose) * 0x9e3779b97f4a7c15))
}
