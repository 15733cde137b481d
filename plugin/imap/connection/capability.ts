// What is announced, and when: exactly what works in that state (RFC 9051 §6.1.1).
import type { Peer } from '../session.ts'

/** Before and after login. */
const ALWAYS = ['IMAP4rev1', 'IMAP4rev2', 'ID', 'ENABLE']

const BEFORE_LOGIN = [
  ...ALWAYS,
  'SASL-IR',
  'LITERAL-', // a stranger's literals are small anyway (RFC 7888 §5)
]

const MECHANISMS = ['PLAIN', 'LOGIN']
const SCRAM = 'SCRAM-SHA-256'

const AFTER_LOGIN = [
  ...ALWAYS,
  'LITERAL+',
  'IDLE',
  'NAMESPACE',
  'UIDPLUS',
  'MOVE',
  'NOTIFY',
  'UNSELECT',
  'CHILDREN',
  'SPECIAL-USE',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'LIST-MYRIGHTS',
  'STATUS=SIZE',
  'CONDSTORE',
  'QRESYNC',
  'ESEARCH',
  'SEARCHRES',
  'SORT',
  'SORT=DISPLAY',
  'ESORT',
  'THREAD=ORDEREDSUBJECT',
  'THREAD=REFERENCES',
  'WITHIN',
  'PARTIAL',
  'BINARY',
  'MULTIAPPEND',
  'OBJECTID',
  'SAVEDATE',
  'PREVIEW',
  'UTF8=ACCEPT',
  'ACL',
  'RIGHTS=ekntx',
  'QUOTA',
  'QUOTA=RES-STORAGE',
  'XLIST',
]

export interface Announced {
  readonly peer: Peer
  readonly loggedIn: boolean
  /** octets */
  readonly appendLimit: number
  /** SCRAM is offered */
  readonly scram: boolean
}

export function capabilities({ peer, loggedIn, appendLimit, scram }: Announced): string[] {
  if (loggedIn) {
    const compress = peer.compressed ? [] : ['COMPRESS=DEFLATE'] // RFC 4978 §3
    return [...AFTER_LOGIN, `APPENDLIMIT=${appendLimit}`, ...compress]
  }
  // RFC 9051 §6.2.1, §11.1: no password travels in the clear
  if (!peer.secure) return [...BEFORE_LOGIN, 'STARTTLS', 'LOGINDISABLED']
  const mechanisms = scram ? [...MECHANISMS, SCRAM] : MECHANISMS
  return [...BEFORE_LOGIN, ...mechanisms.map((name) => `AUTH=${name}`)]
}
