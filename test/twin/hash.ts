// Hashes of the twin: 64-bit numbers as BigInt, bytes as the characters of a latin1 string.

export const K1 = 0x9e3779b97f4a7c15n
export const K2 = 0xd6e8feb86659fd93n

export const u64 = (x: bigint): bigint => BigInt.asUintN(64, x)

/** FNV-1a-32 of the bytes as they are. */
export function fnv(bytes: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** ASCII letters made small; other bytes stay. */
export function lower(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

const tags = new Map<string, number>()

export function tagOf(name: string, depth: number): number {
  const key = (depth > 0 ? '>' : ' ') + name
  let tag = tags.get(key)
  if (tag === undefined) {
    let h = fnv(lower(name))
    if (depth > 0) h ^= 0x55555555
    h ^= h >>> 15
    h = Math.imul(h, 0x2c1b3c6d)
    h ^= h >>> 12
    h = Math.imul(h, 0x297a2d39)
    tag = h >>> 0
    tags.set(key, tag)
  }
  return tag
}

export function saltOf(tag: number, view: number): bigint {
  return u64((BigInt(tag) | (BigInt(view + 1) << 56n)) * K2)
}

export function structural(t: bigint, view: number): bigint {
  const x = u64((t ^ (BigInt(view + 1) << 56n)) * K1)
  return x ^ (x >> 32n)
}

export function pairOf(before: bigint, q: bigint): bigint {
  return u64(u64((before << 1n) | (before >> 63n)) * K2) ^ q
}

/** Up to eight bytes, little-endian. */
function load(bytes: string): bigint {
  let low = 0
  let high = 0
  for (let i = Math.min(bytes.length, 4) - 1; i >= 0; i--) low = low * 256 + bytes.charCodeAt(i)
  for (let i = bytes.length - 1; i > 3; i--) high = high * 256 + bytes.charCodeAt(i)
  return (BigInt(high) << 32n) | BigInt(low)
}

/** Hash of a word. */
export function hash(word: string, salt: bigint): bigint {
  let h = salt
  let rest = word.slice(0, 40)
  while (rest.length > 8) {
    h = u64((h ^ load(rest.slice(0, 8))) * K1)
    h ^= h >> 32n
    rest = rest.slice(8)
  }
  h = u64((h ^ load(rest)) * K1)
  h ^= h >> 32n
  h = u64((h + BigInt(rest.length)) * K1)
  return h ^ (h >> 29n)
}

export function slotOf(q: bigint, bits: number): number {
  return Number(u64(q * K2) >> BigInt(64 - bits))
}
