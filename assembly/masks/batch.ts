// The addresses of a batch, and how the steps of a search name what they look for.

import { hashAt } from './hash'

/** Addresses of a batch: [local][k][domain][m][ends][starts][record][rank], u32 each. `ends` and
 *  `starts` are rows of hashes; `record` is what was found so far, with its rank. */
export const BATCH: u32 = 32
const ADDRESS: u32 = 32
const addresses: usize = memory.data(32 * 32, 8)

@inline
export function addressAt(index: u32): usize {
  return addresses + index * ADDRESS
}

@inline
export function localAt(address: usize): usize {
  return load<u32>(address)
}

@inline
export function localLength(address: usize): u32 {
  return load<u32>(address, 4)
}

@inline
export function domainAt(address: usize): usize {
  return load<u32>(address, 8)
}

@inline
export function domainLength(address: usize): u32 {
  return load<u32>(address, 12)
}

/** Hash of the last n octets of the local part. */
@inline
export function endHash(address: usize, n: u32): u64 {
  return hashAt(load<u32>(address, 16), n)
}

/** Hash of the first n octets of the domain. */
@inline
export function startHash(address: usize, n: u32): u64 {
  return hashAt(load<u32>(address, 20), n)
}

@inline
export function foundRecord(address: usize): usize {
  return load<u32>(address, 24)
}

@inline
export function foundRank(address: usize): u32 {
  return load<u32>(address, 28)
}

@inline
export function setFound(address: usize, record: usize, rank: u32): void {
  store<u32>(address, <u32>record, 24)
  store<u32>(address, rank, 28)
}

/** Sets an address; a local part at 0 is to be passed over. */
export function setAddress(address: usize, at: usize, sign: usize, end: usize): void {
  store<u32>(address, <u32>at)
  store<u32>(address, <u32>(sign - at), 4)
  store<u32>(address, <u32>sign + 1, 8)
  store<u32>(address, <u32>(end - sign - 1), 12)
  setFound(address, 0, 0)
}

export function setRows(address: usize, ends: usize, starts: usize): void {
  store<u32>(address, <u32>ends, 16)
  store<u32>(address, <u32>starts, 20)
}

// Whom something is looked up for, `who`: m (8 bits), k (7), form or purpose (4), level (3), number in
// the batch (5).
@inline
export function whoIs(index: u32, level: u32, form: u32, k: u32, m: u32): u32 {
  return (index << 22) | (level << 19) | (form << 15) | (k << 8) | m
}

@inline
export function formOf(who: u32): u32 {
  return (who >> 15) & 15
}

@inline
export function addressOf(who: u32): usize {
  return addresses + (who >> 22) * ADDRESS
}

@inline
export function levelOf(who: u32): u32 {
  return (who >> 19) & 7
}

@inline
export function endOf(who: u32): u32 {
  return (who >> 8) & 127
}

@inline
export function startOf(who: u32): u32 {
  return who & 255
}

/** The address and the level alone. */
@inline
export function baseOf(who: u32): u32 {
  return who & 0xfff80000
}
