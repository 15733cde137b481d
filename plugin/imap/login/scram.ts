// The server's side of SCRAM-SHA-256 without channel binding (RFC 5802 §3, §5, §7; RFC 7677).
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Bad } from '../../errors.ts'
import type { ScramKeys } from '../../quarantine/accounts/password.ts'

const FIRST = /^([ny]),(a=[^,]*)?,(n=([^,]*),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/su
const FINAL = /^((c=([^,]*)),r=([^,]*)(?:,[^p][^,]*)*),p=([A-Za-z0-9+/=]+)$/s

export class ScramServer {
  /** name that wants to log in */
  readonly user: string
  readonly #gs2: string
  readonly #bare: string
  readonly #nonce: string
  #first = ''

  /** Reads client-first-message; Bad where it is none. */
  constructor(clientFirst: string, serverNonce = randomBytes(18).toString('base64')) {
    const match = FIRST.exec(clientFirst)
    if (!match)
      throw new Bad(
        clientFirst.startsWith('p=')
          ? 'SCRAM with channel binding is not offered here'
          : 'Expected the first message of SCRAM: n,,n=user,r=nonce',
      )
    const [, flag, identity = '', bare, name, nonce] = match
    this.user = saslName(name)
    // RFC 5802 §5.1: nobody acts for somebody else here
    if (identity !== '' && saslName(identity.slice(2)) !== this.user)
      throw new Bad('Another identity than the user name is not possible here')
    this.#gs2 = `${flag},${identity},`
    this.#bare = bare
    this.#nonce = nonce + serverNonce
  }

  /** server-first-message */
  first({ salt, iterations }: ScramKeys): string {
    this.#first = `r=${this.#nonce},s=${salt.toString('base64')},i=${iterations}`
    return this.#first
  }

  /** server-final-message for a right proof, null for a wrong one; Bad where it is no message. */
  final(clientFinal: string, { storedKey, serverKey }: ScramKeys): string | null {
    const match = FINAL.exec(clientFinal)
    if (!match) throw new Bad('Expected the final message of SCRAM: c=...,r=...,p=...')
    const [, withoutProof, , binding, nonce, proof] = match
    if (Buffer.from(binding, 'base64').toString('utf8') !== this.#gs2 || nonce !== this.#nonce)
      return null
    const authMessage = `${this.#bare},${this.#first},${withoutProof}`
    const signature = createHmac('sha256', storedKey).update(authMessage).digest()
    const given = Buffer.from(proof, 'base64')
    if (given.length !== signature.length) return null
    const clientKey = given.map((byte, i) => byte ^ signature[i])
    const hashed = createHash('sha256').update(clientKey).digest()
    if (!timingSafeEqual(hashed, storedKey)) return null
    return `v=${createHmac('sha256', serverKey).update(authMessage).digest('base64')}`
  }
}

/** RFC 5802 §5.1 saslname: `=2C` is a comma, `=3D` an equals sign; no other `=` may stand there. */
function saslName(name: string): string {
  if (/=(?!2C|3D)/.test(name)) throw new Bad("Expected '=2C' or '=3D' for ',' and '=' in the name")
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=')
}
