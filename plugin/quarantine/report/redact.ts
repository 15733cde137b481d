// Personal data are taken out of what is reported (RFC 6590): the addresses of the people here become pseudonyms that
// stay the same, so that reports about one person can be told to belong together and the person cannot be told; the trace
// of the own network goes. All of it depends on the message and the key alone: reported again, it is the same octets.
import { createHmac } from 'node:crypto'
import { canonicalAddress, domainOf } from '../../address.ts'
import { decodeLenient } from '../../mime/decode.ts'
import {
  fieldName,
  parseHeader,
  rawValue,
  unfold,
  type Field,
  type Header,
} from '../../mime/headers.ts'
import { parseStructure, type Part } from '../../mime/structure.ts'
import { base64Lines, quotedPrintable } from './encode.ts'

/** Who is not to be known. */
export interface Persons {
  /** Addresses of people here. */
  addresses: readonly string[]
  /** Domains and names of machines that are ours. */
  hosts: readonly string[]
  /** Known to this data set only. */
  key: Uint8Array
}

/** RFC 6590 §3: the local part is replaced, and the domain stays. */
export function pseudonym(key: Uint8Array, address: string): string {
  const name = canonicalAddress(address) ?? address.toLowerCase()
  const mac = createHmac('sha256', key).update(`person\n${name}`).digest('hex')
  return `${PREFIX}${mac.slice(0, 20)}`
}

const PREFIX = 'redacted-'

/** Fields that say for whom a message is. */
const RECIPIENT_FIELDS =
  /^(?:to|cc|bcc|resent-(?:to|cc|bcc)|apparently-to|(?:x-)?(?:delivered|original|envelope|rcpt|forwarded|real|apparently)-to|x-forwarded-for|x-(?:rcpt|recipient|original-recipient)|original-recipient)$/

/** A copy of the message without what tells who its recipients here are. */
export function redacted(raw: Buffer, persons: Persons): Buffer {
  const finds = finder(persons)
  const header = parseHeader(raw)
  const parts: Buffer[] = []
  let from = 0
  for (const field of header.fields) {
    const to = redactedField(header, field, persons, finds)
    if (to === null) continue
    parts.push(raw.subarray(from, field.start), Buffer.from(to, 'latin1'))
    from = field.end
  }
  const front = Buffer.concat([...parts, raw.subarray(from, header.end)])
  return Buffer.concat([front, redactedBody(raw, header.end, finds)])
}

/** The same of one line of text. */
export function redactedText(text: string, persons: Persons): string {
  return Buffer.from(finder(persons)(Buffer.from(text).toString('latin1')), 'latin1').toString()
}

/** Null: it stays as it is. */
function redactedField(
  header: Header,
  field: Field,
  persons: Persons,
  finds: (text: string) => string,
): string | null {
  const name = fieldName(header, field)
  const whole = header.slice(field.start, field.end)
  if (RECIPIENT_FIELDS.test(name)) {
    const shown = header.slice(field.start, field.nameEnd)
    const addresses = addressesIn(unfold(rawValue(header, field)))
    if (addresses.length === 0) return `${shown}: undisclosed-recipients:;\r\n`
    const told = addresses.map((one) => `<${pseudonym(persons.key, one)}@${domainOf(one)}>`)
    return `${shown}: ${told.join(',\r\n\t')}\r\n`
  }
  if (name === 'received') {
    if (isOwn(whole, persons.hosts)) return ''
    const told = finds(whole).replaceAll(
      /(\sfor\s+<?)([^\s<>;@]+)@([^\s<>;]+)/gi,
      (_, before: string, local: string, domain: string) =>
        `${before}${local.startsWith(PREFIX) ? local : pseudonym(persons.key, `${local}@${domain}`)}@${domain}`,
    )
    return told === whole ? null : told
  }
  const told = finds(whole)
  return told === whole ? null : told
}

const ADDRESS = /("(?:[^"\\]|\\.)+"|[^\s"<>()[\],;:@\\]+)@([^\s"<>()[\],;:@\\]+)/g

const addressesIn = (value: string): string[] => value.match(ADDRESS) ?? []

/** RFC 5321 §4.4: whose machine wrote the field stands behind `by`. */
function isOwn(field: string, hosts: readonly string[]): boolean {
  const by = /\sby\s+(\[[^\]\s]*\]|[^\s;()]+)/i.exec(field)?.[1].toLowerCase()
  if (by === undefined) return false
  const address = by.replace(/^\[(?:ipv6:)?|\]$/g, '')
  if (PRIVATE.test(address) || (!by.includes('.') && !by.includes(':'))) return true
  return hosts.some((host) => by === host || by.endsWith(`.${host}`))
}

/** RFC 1918, RFC 1122 §3.2.1.3, RFC 3927, RFC 4193, RFC 4291 §2.5. */
const PRIVATE =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/

/**
 * Replaces the addresses of these persons in a text of one octet a character, however they are written there: as such, with a
 * subaddress (RFC 5233), folded, in a URL (`%40`, `%2E`), quoted-printable (`=40`), in HTML (`&#64;`), in a return path (VERP:
 * `list-user=example.com@`).
 */
function finder({ addresses, key }: Persons): (text: string) => string {
  const known = new Map<string, string>()
  for (const address of addresses) {
    const at = address.lastIndexOf('@')
    if (at > 0) known.set(octets(address).toLowerCase(), pseudonym(key, address))
  }
  if (known.size === 0) return (text) => text
  const names = [...known.keys()].toSorted((a, b) => b.length - a.length)
  const patterns = names.map((name) => {
    const at = name.lastIndexOf('@')
    return `${spelled(name.slice(0, at))}${SUBADDRESS}((?:${WHITE}${spelled('@')}${WHITE}|=)${spelled(name.slice(at + 1))})`
  })
  // A whole word: what stands before it may be the end of an encoded octet, or of an entity.
  const pattern = new RegExp(`${BEFORE}(?:${patterns.join('|')})(?![a-z0-9-])`, 'gi')
  return (text) =>
    text.replace(pattern, (_, ...groups: unknown[]) => {
      const which = groups.slice(0, names.length).findIndex((domain) => domain !== undefined)
      return `${known.get(names[which]) ?? PREFIX}${String(groups[which])}`
    })
}

/** RFC 5322 §3.4.1: around the `@`, and nowhere else in an address, there may be a fold. */
const WHITE = '(?:[ \\t]*\\r?\\n[ \\t]+|[ \\t]+)?'

const BEFORE = '(?:(?<![a-z0-9])|(?<=[=%][0-9a-f]{2}))'

/** A pattern of all spellings of a text. */
const spelled = (text: string): string => Array.from(text, spellings).join('')

/** Of a character; letters and digits nobody encodes. */
function spellings(char: string): string {
  if (/[a-z0-9]/.test(char)) return char
  const code = char.charCodeAt(0)
  const hex = code.toString(16).padStart(2, '0')
  const entity = ENTITIES[char] === undefined ? '' : `|&${ENTITIES[char]};`
  return `(?:${escape(char)}|[=%]${hex}|&#0*${code};|&#x0*${code.toString(16)};${entity})`
}

function escape(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`)
}

/** HTML, named character references, of what stands in addresses. */
const ENTITIES: Readonly<Record<string, string>> = {
  '@': 'commat',
  '.': 'period',
  _: 'lowbar',
  '+': 'plus',
}

/** RFC 5233 §1: what is his, too. */
const SUBADDRESS = `(?:${spellings('+')}[a-z0-9._-]{0,64})?`

const octets = (text: string): string => Buffer.from(text).toString('latin1')

function redactedBody(raw: Buffer, from: number, finds: (text: string) => string): Buffer {
  const parts: Buffer[] = []
  let at = from
  for (const part of encodedTexts(parseStructure(raw))) {
    const decoded = decodeLenient(part).toString('latin1')
    const told = finds(decoded)
    if (told === decoded) continue
    const bytes = Buffer.from(told, 'latin1')
    const encoded =
      part.content.encoding?.toLowerCase() === 'base64'
        ? base64Lines(bytes)
        : quotedPrintable(bytes)
    parts.push(plain(raw.subarray(at, part.bodyStart), finds), encoded)
    at = part.bodyEnd
  }
  parts.push(plain(raw.subarray(at), finds))
  return Buffer.concat(parts)
}

function plain(bytes: Buffer, finds: (text: string) => string): Buffer {
  const text = bytes.toString('latin1')
  const told = finds(text)
  return told === text ? bytes : Buffer.from(told, 'latin1')
}

/** Texts in which an address does not stand as such, in their order. */
function* encodedTexts(part: Part): Generator<Part> {
  const encoding = part.content.encoding?.toLowerCase() ?? ''
  if (part.kind === 'text' && (encoding === 'base64' || encoding === 'quoted-printable')) yield part
  for (const child of part.children) yield* encodedTexts(child)
}
