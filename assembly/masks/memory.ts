// Memory of the mask index in pages of 64 KiB: taken behind all else in the module's memory, given
// back to a list of free runs and taken again, so that growth and rebuilding do not leak.
// A free run: [next u32][pages u32] at its start.

export const PAGE: u32 = 65536
const PAGE_BITS: u32 = 16

let free: usize = 0

/** A run of pages, not cleared. Traps when the host has no more memory. */
export function takePages(pages: u32): usize {
  let before: usize = 0
  let run = free
  while (run != 0) {
    const size = load<u32>(run, 4)
    if (size > pages) {
      store<u32>(run, size - pages, 4)
      return run + ((<usize>(size - pages)) << PAGE_BITS)
    }
    if (size == pages) {
      const next = load<u32>(run)
      if (before == 0) free = next
      else store<u32>(before, next)
      return run
    }
    before = run
    run = load<u32>(run)
  }
  // In steps of a thirty-second: each growth is a new ArrayBuffer to the host, whose collector would run each
  // time when the memory is large.
  const extra = <u32>memory.size() >> 5
  let at = memory.grow(pages + extra)
  if (at >= 0) {
    if (extra > 0) givePages((<usize>at + pages) << PAGE_BITS, extra)
    return (<usize>at) << PAGE_BITS
  }
  at = memory.grow(pages)
  if (at < 0) unreachable()
  return (<usize>at) << PAGE_BITS
}

/** Gives a run back. Runs are kept in the order of their addresses and joined with neighbours. */
export function givePages(at: usize, pages: u32): void {
  let before: usize = 0
  let next = free
  while (next != 0 && next < at) {
    before = next
    next = load<u32>(next)
  }
  if (next != 0 && at + ((<usize>pages) << PAGE_BITS) == next) {
    pages += load<u32>(next, 4)
    next = load<u32>(next)
  }
  if (before != 0 && before + ((<usize>load<u32>(before, 4)) << PAGE_BITS) == at) {
    store<u32>(before, next)
    store<u32>(before, load<u32>(before, 4) + pages, 4)
    return
  }
  store<u32>(at, next)
  store<u32>(at, pages, 4)
  if (before == 0) free = at
  else store<u32>(before, at)
}

/** Pages that hold so many bytes. */
export function pagesFor(bytes: u32): u32 {
  return (bytes + PAGE - 1) >> PAGE_BITS
}
