// What Subject and From look like, whatever they say, and how From and Message-ID go together: what goes along to other
// sites better than words do (docs/kernel.md "Looks"). Of the top header alone; features of view A.
import { find, findLast, isAlnum, isDigit, isLetter, isSpace, startsWith } from './bytes'
import { addStructural } from './features'
import { fnv, structural } from './hash'
import { high, scripts } from './scripts'
import { LOOK, noteLook, setName, tracing } from './trace'

/** View of all of them. */
const A: i32 = 0

// Kinds: in bits 8 and up of what is hashed above the tag, the value below.
const CAPITALS: u32 = 1
const EXCLAMATIONS: u32 = 2
const QUESTIONS: u32 = 3
const MONEY: u32 = 4
const DIGITS: u32 = 5
const GAP: u32 = 6
const ENCODED: u32 = 7
const SCRIPT: u32 = 8
const SHARE: u32 = 9
const ANSWER: u32 = 10
const NAMED: u32 = 11
const ID: u32 = 12

// How a From names its author.
const NO_NAME: u32 = 1
/** An address; with how its domain goes with that of the address: 2 to 5. */
const ADDRESS: u32 = 2
const DOMAIN: u32 = 6
const LOCAL_PART: u32 = 7
const NAME: u32 = 8

// How two domains go together.
const NONE: u32 = 0
const SAME: u32 = 1
const NEAR: u32 = 2
const OTHER: u32 = 3

/** Letters, digits, labels at least so long, that make a name look like a domain. */
const LABEL_MIN: usize = 2
const TOP_MAX: usize = 6
const RUN: i32 = 4

let subjectTag: u32 = 0
let fromTag: u32 = 0
let hasSubject: bool = false
let hasFrom: bool = false
let hasId: bool = false
let answers: bool = false
let refers: bool = false
/** Of a domain: its FNV-1a-32 and that of its last two labels; 0 where there is none. */
let whole: u32 = 0
let near: u32 = 0
let fromWhole: u32 = 0
let fromNear: u32 = 0
let idWhole: u32 = 0
let idNear: u32 = 0

export function forgetLooks(): void {
  hasSubject = hasFrom = hasId = answers = refers = false
  fromWhole = fromNear = idWhole = idNear = 0
}

function emit(tag: u32, kind: u32, value: u32): void {
  const look = (kind << 8) | value
  const at = noteLook(look)
  addStructural(structural((<u64>tag) | ((<u64>look) << 32), A), A, LOOK, at, at + 2)
}

/** Scripts of a value, and how much of it is not ASCII. */
function letters(tag: u32, from: usize, end: usize): void {
  const found = scripts(from, end)
  for (let script: u32 = 0; script < 16; script++)
    if (((found >> script) & 1) != 0) emit(tag, SCRIPT, script)
  emit(tag, SHARE, high == 0 ? 0 : 1 + min<u32>(3, <u32>((4 * high) / (end - from))))
}

/** Whether a subject starts as that of an answer or a forwarded message. */
function isAnswer(p: usize, end: usize): bool {
  const size: usize = startsWith(p, end, 'fwd')
    ? 3
    : startsWith(p, end, 're') ||
        startsWith(p, end, 'aw') ||
        startsWith(p, end, 'sv') ||
        startsWith(p, end, 'fw')
      ? 2
      : 0
  if (size == 0) return false
  p += size
  while (p < end && (load<u8>(p) == 32 || load<u8>(p) == 9)) p++
  return p < end && load<u8>(p) == 58
}

/** The first Subject, decoded. */
export function ofSubject(tag: u32, p: usize, end: usize, isEncoded: bool): void {
  if (hasSubject) return
  hasSubject = true
  subjectTag = tag
  answers = isAnswer(p, end)
  let marks: u32 = 0
  let questions: u32 = 0
  let capitals = 0
  let digits = 0
  let blanks = 0
  let money = false
  let small = false
  let loud = false
  let number = false
  let gap = false
  for (let at = p; at < end; at++) {
    const c = <u32>load<u8>(at)
    marks += u32(c == 33)
    questions += u32(c == 63)
    if (c == 36 || c == 0xa3) money = true
    if (c - 97 <= 25) small = true
    capitals = c - 65 <= 25 ? capitals + 1 : 0
    digits = isDigit(c) ? digits + 1 : 0
    if (capitals == RUN) loud = true
    if (digits == RUN) number = true
    if (isSpace(c)) {
      if (blanks == 0) gap = false
      blanks++
    } else {
      if (blanks > 2) gap = true
      blanks = 0
    }
  }
  if (loud && !small) emit(tag, CAPITALS, 1)
  emit(tag, EXCLAMATIONS, min<u32>(marks, 3))
  emit(tag, QUESTIONS, min<u32>(questions, 2))
  if (money) emit(tag, MONEY, 1)
  if (number) emit(tag, DIGITS, 1)
  if (gap) emit(tag, GAP, 1)
  if (isEncoded) emit(tag, ENCODED, 1)
  letters(tag, p, end)
}

/** The domain that starts at `p`: to `whole` and `near`. */
function domainAt(p: usize, end: usize): void {
  let stop = p
  while (stop < end) {
    const c = <u32>load<u8>(stop)
    if (!isAlnum(c) && c != 46 && c != 45 && c != 95 && c < 0x80) break
    stop++
  }
  while (stop > p && load<u8>(stop - 1) == 46) stop--
  whole = near = 0
  if (stop == p) return
  whole = fnv(p, stop)
  let from = stop
  for (let dots = 0; from > p; from--) if (load<u8>(from - 1) == 46 && ++dots == 2) break
  near = fnv(from, stop)
}

/** The domain behind the last `@`. */
function domainOf(p: usize, end: usize): void {
  const at = findLast(p, end, 64)
  if (at == end) whole = near = 0
  else domainAt(at + 1, end)
}

/** How the domain found last goes with that of From. */
function relation(): u32 {
  if (whole == 0 || fromWhole == 0) return NONE
  if (whole == fromWhole) return SAME
  return near == fromNear ? NEAR : OTHER
}

/** Whether a name has what looks like a domain: two letters or digits, a dot, a top-level domain. */
function hasDomain(from: usize, end: usize): bool {
  let run: usize = 0
  for (let p = from; p < end; p++) {
    const c = <u32>load<u8>(p)
    if (c != 46 || run < LABEL_MIN) {
      run = isAlnum(c) ? run + 1 : 0
      continue
    }
    let stop = p + 1
    while (stop < end && isLetter(load<u8>(stop))) stop++
    const size = stop - p - 1
    const isEnd = stop == end || (!isAlnum(load<u8>(stop)) && load<u8>(stop) != 46)
    if (size >= LABEL_MIN && size <= TOP_MAX && isEnd) return true
    run = 0
  }
  return false
}

function isQuote(c: u32): bool {
  return isSpace(c) || c == 34 || c == 39 || c == 40 || c == 41
}

/** Ends of the name that authorOf() found. */
let nameFrom: usize = 0
let nameEnd: usize = 0
/** Ends of the address beside it. */
let addressFrom: usize = 0
let addressEnd: usize = 0

/** Name and address of a From, as somebody reads it who does not look closely. */
function authorOf(p: usize, end: usize): void {
  const open = findLast(p, end, 60)
  nameFrom = p
  if (open != end) {
    nameEnd = open
    addressFrom = open + 1
    addressEnd = find(open + 1, end, 62)
  } else {
    const at = find(p, end, 64)
    nameEnd = addressFrom = addressEnd = end
    if (at != end) {
      addressFrom = at
      while (addressFrom > p && !isSpace(load<u8>(addressFrom - 1))) addressFrom--
      addressEnd = at
      while (addressEnd < end && !isSpace(load<u8>(addressEnd)) && load<u8>(addressEnd) != 40)
        addressEnd++
      if (addressFrom > p) nameEnd = addressFrom
      else nameFrom = addressEnd
    }
  }
  while (nameFrom < nameEnd && isQuote(load<u8>(nameFrom))) nameFrom++
  while (nameEnd > nameFrom && isQuote(load<u8>(nameEnd - 1))) nameEnd--
}

/** How the From names its author. */
function named(): u32 {
  if (nameFrom == nameEnd) return NO_NAME
  const at = findLast(nameFrom, nameEnd, 64)
  if (
    at != nameEnd &&
    at > nameFrom &&
    at + 1 < nameEnd &&
    isAlnum(load<u8>(at - 1)) &&
    isAlnum(load<u8>(at + 1))
  ) {
    domainAt(at + 1, nameEnd)
    return ADDRESS + relation()
  }
  if (hasDomain(nameFrom, nameEnd)) return DOMAIN
  const size = nameEnd - nameFrom
  const local = findLast(addressFrom, addressEnd, 64)
  const isLocal =
    local != addressEnd &&
    local - addressFrom == size &&
    fnv(nameFrom, nameEnd) == fnv(addressFrom, local)
  return isLocal ? LOCAL_PART : NAME
}

/** The first From, decoded. */
export function ofFrom(tag: u32, p: usize, end: usize): void {
  if (hasFrom) return
  hasFrom = true
  fromTag = tag
  authorOf(p, end)
  domainOf(addressFrom, addressEnd)
  fromWhole = whole
  fromNear = near
  emit(tag, NAMED, named())
  letters(tag, p, end)
}

/** The first Message-ID. */
export function ofMessageId(p: usize, end: usize): void {
  if (hasId) return
  hasId = true
  domainOf(p, end)
  idWhole = whole
  idNear = near
}

/** It refers to another message. */
export function ofReference(): void {
  refers = true
}

/** What only the whole header tells. */
export function together(): void {
  if (tracing) setName(0, 0)
  whole = idWhole
  near = idNear
  if (hasFrom) emit(fromTag, ID, relation())
  if (hasSubject) emit(subjectTag, ANSWER, (u32(answers) << 1) | u32(refers))
}
