// The public surface of wire/: grammar and limits of IMAP4rev1 (RFC 3501) and IMAP4rev2 (RFC 9051).
export * as limits from './limits.ts'
export type { ReceiverLimits } from './limits.ts'
export * from './append.ts'
export * from './args.ts'
export { withoutNul } from './bytes.ts'
export { formatDateTime, type DateTime } from './dates.ts'
export { itemName, parseFetch, type Fetch, type FetchItem } from './fetch.ts'
export { parseList, parseLsub, type List } from './list.ts'
export { parseNotify, type Notify, type NotifyGroup } from './notify.ts'
export { partialSpan, type PartialRange } from './partial.ts'
export { DELIMITER, joinPattern, matchesAny, parentsOf } from './pattern.ts'
export { Reader, type ReaderOptions } from './reader.ts'
export * from './receiver.ts'
export type { Part, Received, Step } from './step.ts'
export * from './responses.ts'
export * from './sasl.ts'
export { parseSearch, type Search, type SearchReturn } from './search.ts'
export type { SearchKey } from './search-keys.ts'
export type { Octets, Section, SectionText } from './section.ts'
export { parseSelect, type Qresync, type Select } from './select.ts'
export {
  countOf,
  exceeds,
  formatSet,
  inRanges,
  lowerBound,
  normalize,
  rangesOf,
  SAVED,
  STAR,
  uidSpans,
  withinCount,
  type Range,
  type SequenceSet,
  type Span,
} from './sets.ts'
export { parseSort, parseThread, type Sort, type SortCriterion, type Thread } from './sort.ts'
export { parseStatus, type Status as StatusCommand, type StatusItem } from './status.ts'
export { parseStore, type Store } from './store.ts'
export * from './utf7.ts'
export { codeOf, ImapRefused } from './refusal.ts'
export { serialize, Writer, type Code, type Status } from './writer.ts'
