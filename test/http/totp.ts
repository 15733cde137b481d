// What a person's device shows (RFC 6238).
import { generateSync } from 'otplib'

/** @param later periods of 30 s from now */
export function authenticator(secret: string, later = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * later })
}
