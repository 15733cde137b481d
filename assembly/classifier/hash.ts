// Hashes and the exponential: the same on every machine, to the last bit.

export const K1: u64 = 0x9e3779b97f4a7c15
export const K2: u64 = 0xd6e8feb86659fd93
export const FNV_BASIS: u32 = 0x811c9dc5
export const FNV_PRIME: u32 = 0x01000193

/** Small letter of an ASCII letter, else the byte itself. */
export function small(c: u32): u32 {
  return c - 65 <= 25 ? c | 32 : c
}

/** FNV-1a-32 over bytes in small letters. */
export function fnv(from: usize, end: usize): u32 {
  let h = FNV_BASIS
  for (let p = from; p < end; p++) h = (h ^ small(load<u8>(p))) * FNV_PRIME
  return h
}

/** The tag of a header name from its FNV-1a-32; parts of a message have tags of their own. */
export function tagOf(name: u32, depth: i32): u32 {
  let h = name
  if (depth > 0) h ^= 0x55555555
  h ^= h >> 15
  h *= 0x2c1b3c6d
  h ^= h >> 12
  h *= 0x297a2d39
  return h
}

/** Start value of the words of one tag in one view. */
export function saltOf(tag: u32, view: i32): u64 {
  return ((<u64>tag) | ((<u64>(view + 1)) << 56)) * K2
}

/** Hash of something that is not a word: a header's presence, a shape, a signal. */
export function structural(t: u64, view: i32): u64 {
  const x = (t ^ ((<u64>(view + 1)) << 56)) * K1
  return x ^ (x >> 32)
}

/** Hash of a pair of words from the hashes of both. */
export function pairOf(before: u64, q: u64): u64 {
  return (rotl<u64>(before, 1) * K2) ^ q
}

/** e^x by range reduction and a polynomial, in an order of operations the twin repeats. */
function exp(x: f64): f64 {
  const k = Math.floor(x * 1.4426950408889634 + 0.5)
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10
  let s: f64 = 1
  for (let i = 13; i > 0; i--) s = 1 + (s * r) / <f64>i
  return s * reinterpret<f64>((1023 + <i64>k) << 52)
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: f64): f64 {
  const e = exp(-Math.min(Math.abs(x), 700))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}
