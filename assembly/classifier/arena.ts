// All memory of the classifier, taken once by init(). Nothing is allocated while a message is read,
// so the time and the memory of a message have a bound. Pages that no message touches cost nothing.

/** Bytes of a message that are looked at; what is beyond has no effect on the score. */
export const INPUT_MAX: i32 = 1 << 20
/** Longest stretch that is decoded or cut into words in one piece. */
export const RANGE_MAX: i32 = 1 << 16
/** Output text of all body parts of a message. */
export const TEXT_MAX: i32 = 8000
/** Names of HTML tags kept for a message. */
export const TAGS_MAX: i32 = 8192
/** Features of a view. */
export const VIEW_MAX: i32 = 6000
/** Entries of the table that finds repeated features: a power of two above VIEW_MAX. */
export const SEEN: i32 = 8192
/** Depth of nested parts; deeper ones are text. plugin/mime/structure.ts looks as deep. */
export const DEPTH_MAX: i32 = 100
/** Boundaries of all open multiparts, in all their spellings. */
export const BOUNDARIES: i32 = 128
/** Bytes of a boundary that was written anew. */
export const SPELLING_MAX: i32 = 256
/** Stretches of text that wait until all parts are read. */
export const WAITING: i32 = 64
/** Bytes of all signals of a message. */
export const SIGNALS_MAX: i32 = 8192
/** Bytes of the record that explains a message. */
export const TRACE_MAX: i32 = 1 << 21

/** Behind every buffer: 64 bytes that a vector load may read and a vector store may write. */
const PAD: i32 = 64

export let input: usize = 0
export let signals: usize = 0
export let lower: usize = 0
export let edges: usize = 0
export let hits: usize = 0
export let decoded: usize = 0
export let text: usize = 0
export let tags: usize = 0
export let seen: usize = 0
export let features: usize = 0
export let counts: usize = 0
export let result: usize = 0
export let lines: usize = 0
export let order: usize = 0
export let trace: usize = 0
/** What a transfer encoding held that has parts of its own. */
export let inner: usize = 0
/** Text brought to UTF-8, or out of uuencode. */
export let converted: usize = 0
export let spellings: usize = 0
export let boundaries: usize = 0
export let levels: usize = 0
export let waiting: usize = 0
export let fields: usize = 0
export let model: usize = 0
/** An i32 for each slot: what people say. */
export let crowd: usize = 0
/** An i16 for each slot: its weight with what people say. */
export let heard: usize = 0
/** Room for the layers of domains and addresses. */
export let layers: usize = 0
export let bits: i32 = 0

function take(size: i32): usize {
  const at = heap.alloc(size + PAD + 16)
  return (at + 15) & ~(<usize>15)
}

/** Reserves all buffers, a model of 2^`size` slots and so many octets for layers. Called once in the life of an instance. */
export function reserve(size: i32, room: i32): void {
  bits = size
  counts = take(16)
  result = take(64)
  lines = take(1024)
  seen = take(3 * SEEN * 4)
  features = take(3 * VIEW_MAX * 4)
  text = take(TEXT_MAX)
  tags = take(TAGS_MAX)
  lower = take(RANGE_MAX)
  edges = take((RANGE_MAX + 16) * 4)
  hits = take((RANGE_MAX + 16) * 4)
  decoded = take(RANGE_MAX)
  inner = take(RANGE_MAX)
  converted = take(RANGE_MAX)
  spellings = take((BOUNDARIES + 1) * SPELLING_MAX)
  boundaries = take(BOUNDARIES * 16)
  levels = take((DEPTH_MAX + 1) * 8)
  waiting = take(WAITING * 16)
  fields = take(1024)
  signals = take(SIGNALS_MAX)
  order = take(6 * VIEW_MAX * 4)
  model = take(4 << size)
  input = take(INPUT_MAX)
  trace = take(TRACE_MAX)
  if (room > 0) {
    crowd = take(4 << size)
    heard = take(2 << size)
    // Lines of 64 octets, each in one line of the cache.
    layers = (take(room + 64) + 63) & ~(<usize>63)
  }
}
