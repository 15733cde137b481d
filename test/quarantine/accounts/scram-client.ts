// The client's side of SCRAM-SHA-256, by RFC 5802 §3 alone.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** client-final-message. `bare`: client-first-message-bare; `first`: what the server answered. */
export function scramProof(password: string, bare: string, first: string): string {
  const [, nonce, salt, iterations] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(first) ?? []
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
  const key = createHmac('sha256', salted).update('Client Key').digest()
  const stored = createHash('sha256').update(key).digest()
  const final = `c=${Buffer.from('n,,').toString('base64')},r=${nonce}`
  const signature = createHmac('sha256', stored).update(`${bare},${first},${final}`).digest()
  return `${final},p=${Buffer.from(key.map((byte, i) => byte ^ signature[i])).toString('base64')}`
}
