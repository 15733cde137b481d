// What FETCH takes out of a message: sections, decoded parts, the structure without extensions, first words. The same in
// the loop, of a small one, and in a thread, of one that takes longer than others should wait.
import { bodyStructure } from '../../mime/bodystructure.ts'
import { decodePart } from '../../mime/decode.ts'
import { type Header, parseHeader } from '../../mime/headers.ts'
import { preview } from '../../mime/preview.ts'
import { findPart, pickFields, sectionBytes } from '../../mime/sections.ts'
import { shownHeader } from '../../mime/separator.ts'
import { spell } from '../../mime/spell.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'
import type { Section } from '../wire/index.ts'

export type Wanted =
  /** `bytes`: not where they stand */
  | { readonly take: 'section'; readonly section: Section; readonly bytes?: true }
  /** a part as its encoding says */
  | { readonly take: 'decoded'; readonly path: readonly number[] }
  | { readonly take: 'BODY' | 'PREVIEW' }

export type Taken =
  /** octets of the message as it is shown */
  | { readonly from: number; readonly to: number }
  | { readonly bytes: Uint8Array }
  /** there is no such part */
  | null

/** A message, of which each of these is made when it is asked for. */
export interface Readable {
  readonly size: number
  readonly raw: Buffer
  readonly header: Header
  /** A header that has all fields of these names. */
  headerOf(names: readonly string[]): Header
  readonly root: Part
}

/** Equal for wishes that have equal answers. */
export const keyOf = (wanted: Wanted): string => JSON.stringify(wanted)

/** Refused where a part cannot be decoded. */
export function take(message: Readable, wanted: Wanted): Taken {
  if (wanted.take === 'section') {
    const taken = takeSection(message, wanted.section)
    if (!wanted.bytes || !taken || 'bytes' in taken) return taken
    return { bytes: message.raw.subarray(taken.from, taken.to) }
  }
  const { root } = message
  if (wanted.take === 'decoded') {
    const part = findPart(root, wanted.path)
    return part && { bytes: decodePart(part) }
  }
  return wanted.take === 'BODY'
    ? text(spell(bodyStructure(root, false)))
    : text(spell(Buffer.from(preview(root)).toString('latin1')))
}

const text = (latin1: string): Taken => ({ bytes: Buffer.from(latin1, 'latin1') })

/** Of the message's own header without looking for parts. */
function takeSection(message: Readable, { path, text, fields }: Section): Taken {
  const { size } = message
  if (path.length > 0) {
    const { root } = message
    return placed(root, sectionBytes(root, { path, text: text === '' ? null : text, fields }))
  }
  if (text === '') return { from: 0, to: size }
  if (text === 'HEADER.FIELDS') return { bytes: pickFields(message.headerOf(fields), fields, true) }
  const { header } = message
  if (text === 'TEXT') return { from: header.end, to: size }
  if (text === 'HEADER') return { bytes: header.raw.subarray(0, header.end) }
  return { bytes: pickFields(header, fields, false) }
}

/** Bytes by their place, where they stand together in the message. */
function placed({ raw }: Part, bytes: Buffer | null): Taken {
  if (bytes === null) return null
  const from = bytes.byteOffset - raw.byteOffset
  const inside = bytes.buffer === raw.buffer && from >= 0 && from + bytes.length <= raw.length
  return inside ? { from, to: from + bytes.length } : { bytes }
}

/** A message that is all in memory. */
export class Whole implements Readable {
  readonly raw: Buffer
  #header: Header | undefined
  #root: Part | undefined

  constructor(raw: Buffer) {
    this.raw = raw
  }

  get size(): number {
    return this.raw.length
  }

  get header(): Header {
    return (this.#header ??= shownHeader(parseHeader(this.raw)))
  }

  headerOf(): Header {
    return this.header
  }

  get root(): Part {
    return (this.#root ??= parseStructure(this.raw))
  }
}
