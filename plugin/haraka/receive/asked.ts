// ESMTP parameters of MAIL and RCPT that are kept with what is held, so that a release says them again. Haraka tells
// them to hooks and forgets them.
import type { Asked, AskedFor } from '../../mail.ts'
import { addressOf, type Address, type Transaction } from '../types.ts'

/** Names in upper case; null: without a value. */
export type Parameters = Readonly<Record<string, string | null | undefined>>

// Properties under keys of our own: see bytes.ts.
const MAIL = Symbol('lazaret MAIL parameters')
const RCPT = Symbol('lazaret RCPT parameters')
type OfMail = Transaction & { [MAIL]?: Parameters }
type OfRcpt = Address & { [RCPT]?: Parameters }

/** For the `mail` hook. */
export function keepMail(transaction: OfMail | null, parameters: Parameters): void {
  if (transaction && some(parameters)) transaction[MAIL] = parameters
}

/** For the `rcpt` hook. */
export function keepRcpt(recipient: OfRcpt, parameters: Parameters): void {
  if (some(parameters)) recipient[RCPT] = parameters
}

const some = (parameters: Parameters): boolean => Object.keys(parameters).length > 0

/** RFC 3461 §4: printable, other octets and `+` and `=` as `+XX`. */
const XTEXT = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})+$/
/** RFC 3461 §4.4, §4.2. */
const [ENVID_MAX, ORCPT_MAX] = [100, 500]

/** What was asked for and is well-formed; undefined: nothing. */
export function askedOf(transaction: OfMail): Asked | undefined {
  const { SMTPUTF8, RET, ENVID } = transaction[MAIL] ?? {}
  const asked: Asked = {}
  if (SMTPUTF8 !== undefined) asked.utf8 = true
  const ret = RET?.toUpperCase()
  if (ret === 'FULL' || ret === 'HDRS') asked.ret = ret
  if (isXtext(ENVID, ENVID_MAX)) asked.envid = ENVID
  for (const recipient of transaction.rcpt_to as OfRcpt[]) {
    const one = askedFor(recipient[RCPT] ?? {})
    if (one) (asked.to ??= {})[addressOf(recipient)] = one
  }
  return Object.keys(asked).length > 0 ? asked : undefined
}

function askedFor({ NOTIFY, ORCPT }: Parameters): AskedFor | null {
  const one: AskedFor = {}
  // RFC 3461 §4.1: NEVER alone, or any of the others.
  const notify = NOTIFY?.toUpperCase() ?? ''
  if (/^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/.test(notify))
    one.notify = notify
  const [type, address = ''] = ORCPT?.split(/;(.*)/s, 2) ?? []
  if (type !== undefined && /^[A-Za-z0-9-]{1,40}$/.test(type) && isXtext(address, ORCPT_MAX))
    one.orcpt = `${type};${address}`
  return Object.keys(one).length > 0 ? one : null
}

function isXtext(text: string | null | undefined, max: number): text is string {
  return typeof text === 'string' && text.length <= max && XTEXT.test(text)
}
