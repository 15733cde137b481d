// Fields of the configuration and of the settings: how a text becomes a value, and what it means.
import { isIP } from 'node:net'

/** One key: `parse` throws Error with the reason when the text will not do. */
export interface Field<T> {
  default: string
  /** One line for people; becomes the comment in the shipped file. */
  doc: string
  /** What may be written, for people: `yes, no`, `1 to 720`; empty for free text. */
  values: string
  parse(text: string): T
}

export type Parsed<S extends Record<string, Field<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never
}

const YES = new Set(['yes', 'true', 'on', '1'])
const NO = new Set(['no', 'false', 'off', '0'])

export function bool(value: boolean, doc: string): Field<boolean> {
  return {
    default: value ? 'yes' : 'no',
    doc,
    values: 'yes, no',
    parse: (text) => {
      const word = text.trim().toLowerCase()
      if (YES.has(word)) return true
      if (NO.has(word)) return false
      throw new Error(`'${text}' is neither yes nor no`)
    },
  }
}

/** Some of these characters, each once; off, or nothing: none. */
export function someOf(value: string, all: string, doc: string): Field<string> {
  return {
    default: value,
    doc,
    values: `some of ${Array.from(all).join(' ')}, off`,
    parse: (text) => {
      const given = text.trim().toLowerCase()
      if (given === 'off') return ''
      const wrong = Array.from(given).find(
        (one, i) => !all.includes(one) || given.indexOf(one) !== i,
      )
      if (wrong !== undefined)
        throw new Error(
          `'${text}' is neither off nor some of ${Array.from(all).join(' ')}, each once`,
        )
      return given
    },
  }
}

/** Yes, no, or as the server finds best. */
export function autoBool(doc: string): Field<'auto' | 'yes' | 'no'> {
  const yesOrNo = bool(true, '')
  return {
    default: 'auto',
    doc,
    values: 'auto, yes, no',
    parse: (text) => {
      if (text.trim().toLowerCase() === 'auto') return 'auto'
      try {
        return yesOrNo.parse(text) ? 'yes' : 'no'
      } catch {
        throw new Error(`'${text}' is none of auto, yes, no`)
      }
    },
  }
}

export function num(
  value: number,
  doc: string,
  { min, max, whole = true }: { min: number; max: number; whole?: boolean },
): Field<number> {
  return {
    default: String(value),
    doc,
    values: `${min} to ${max}`,
    parse: (text) => {
      const n = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN
      if (Number.isNaN(n)) throw new Error(`'${text}' is not a number`)
      if (whole && !Number.isInteger(n)) throw new Error(`'${text}' is not a whole number`)
      if (n < min || n > max) throw new Error(`${text} is not within ${min} to ${max}`)
      return n
    },
  }
}

export function oneOf<T extends string>(value: T, values: readonly T[], doc: string): Field<T> {
  return {
    default: value,
    doc,
    values: values.join(', '),
    parse: (text) => {
      const word = text.trim().toLowerCase()
      const found = values.find((one) => one === word)
      if (found === undefined) throw new Error(`'${text}' is none of ${values.join(', ')}`)
      return found
    },
  }
}

export function text(
  value: string,
  doc: string,
  {
    max = 200,
    pattern,
    hint = '',
    values = hint,
  }: { max?: number; pattern?: RegExp; hint?: string; values?: string } = {},
): Field<string> {
  return {
    default: value,
    doc,
    values,
    parse: (given) => {
      const trimmed = given.trim()
      if (trimmed.length > max) throw new Error(`longer than ${max} characters`)
      if (/[\u0000-\u001f\u007f]/.test(trimmed)) throw new Error('holds a control character')
      if (pattern && trimmed !== '' && !pattern.test(trimmed))
        throw new Error(`'${trimmed}' is not ${hint}`)
      return trimmed
    },
  }
}

/** A name of the time zone database; `auto`: that of this machine. */
export function timeZone(doc: string): Field<string> {
  return {
    default: 'auto',
    doc,
    values: 'auto, or a name of the time zone database',
    parse: (given) => {
      const name = given.trim()
      if (/^(?:auto)?$/i.test(name)) return 'auto'
      try {
        return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
      } catch {
        throw new Error(`'${name}' is no time zone: write it as Europe/Vienna or UTC, or auto`)
      }
    },
  }
}

/** An address of this machine, as numbers. */
export function address(value: string, doc: string): Field<string> {
  return {
    default: value,
    doc,
    values: 'an address',
    parse: (given) => {
      const trimmed = given.trim()
      if (trimmed !== 'localhost' && isIP(trimmed) === 0)
        throw new Error(
          `'${trimmed}' is no IP address: write it as numbers and without brackets or port, such as 127.0.0.1; 0.0.0.0 is all of this machine, :: with IPv6`,
        )
      return trimmed
    },
  }
}

/** A host in the network. `key`: what this is called; `port`: the key that its port has, if it has one. */
export function hostName(
  doc: string,
  { key = 'host', port = null }: { key?: string; port?: string | null } = {},
): Field<string> {
  return {
    default: '',
    doc,
    values: 'a host name or address',
    parse: (given) => {
      const trimmed = given.trim()
      if (trimmed === '' || isIP(trimmed) !== 0) return trimmed
      const [, host, at] = /^(?:[a-z]+:\/\/)?\[?([^/]*?)\]?(?::(\d+))?\/?$/i.exec(trimmed) ?? []
      if (trimmed === host && isHostName(host)) return trimmed
      if (host && (isIP(host) !== 0 || isHostName(host)))
        throw new Error(
          `'${trimmed}' is more than a host: write ${key} = ${host}${at && port ? ` and ${port} = ${at}` : ''}`,
        )
      throw new Error(`'${trimmed}' is neither a host name nor an address`)
    },
  }
}

/** RFC 1123 §2.1, and the underscore that some have in their network. */
function isHostName(name: string): boolean {
  return name.length <= 255 && /^\w(?:[\w-]{0,61}\w)?(?:\.\w(?:[\w-]{0,61}\w)?)*\.?$/.test(name)
}
