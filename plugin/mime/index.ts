// RFC 5322 and MIME: the bytes of a message -> values. Pure functions, bounded in time and depth, that
// throw on no input; only `decodePart` and `decodedSize` refuse (Refused).

export { type Address, parseAddresses } from './address.ts'
export { bodyStructure } from './bodystructure.ts'
export { decodeText, isKnownCharset } from './charset.ts'
export type { Content } from './content.ts'
export { parseDate } from './date.ts'
export { decodeLenient, decodePart, decodedSize } from './decode.ts'
export { type Envelope, envelopeWire, parseEnvelope } from './envelope.ts'
export {
  type Field,
  type Header,
  fieldName,
  fieldValue,
  find,
  findAll,
  parseHeader,
  parseHeaderAlone,
  rawValue,
  unfold,
} from './headers.ts'
export { type Identity, identity } from './identity.ts'
export { messageIds } from './message-id.ts'
export { type ContentType, type Param, param, parseContentType } from './params.ts'
export { prefixSubject } from './prefix.ts'
export { PREVIEW_MAX, preview } from './preview.ts'
export { MessageTexts, fold, hasHeader, hasText, headerTexts, searchTexts } from './search.ts'
export { type Section, type SectionText, findPart, sectionBytes } from './sections.ts'
export { DEPTH_MAX, PARTS_MAX } from './bounds.ts'
export { type Kind, type Part, parseStructure } from './structure.ts'
export { type BaseSubject, baseSubject, displayName, sortMailbox } from './subject.ts'
export { type Attachment, attachments, partText } from './text.ts'
export type { Wire } from './wire.ts'
export { decodeWords, paramText } from './words.ts'
