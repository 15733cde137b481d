// Passwords: scrypt (RFC 7914) for what a login sends, SCRAM keys (RFC 5802) for those that prove it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import { Deriver, THREADS_MAX } from './deriver.ts'
import { HashQueue, type Asker } from './hash-queue.ts'

/** Characters. */
const PASSWORD_MIN = 8
export const PASSWORD_MAX = 1024

/** Octets that all threads take at one time: scrypt's, and some for the thread itself. */
export const PASSWORD_MEMORY = THREADS_MAX * (32 + 10) * 2 ** 20

/** Of the process: what it may spend on passwords does not grow with what asks for it. */
const deriver = new Deriver()
export const queue = new HashQueue()

/** RFC 7914 §2; 2^15 * 8 * 128 octets = 32 MiB for each verification. */
const N = 2 ** 15
const R = 8
const P = 1
const KEY_LENGTH = 32
/**
 * RFC 7677 §4 asks for at least 4096. So many cost a guess more processor time than our scrypt does, which is what
 * OWASP's Password Storage Cheat Sheet holds equal (600,000 of PBKDF2-HMAC-SHA256): whoever reads the database gains
 * nothing by the other one of the two. A client computes them at each login.
 */
export const SCRAM_ITERATIONS = 600_000

/** Refuses a password that is none. */
export function checkPassword(password: string): void {
  if (password.length < PASSWORD_MIN)
    throw new Refused('invalid', `A password has at least ${PASSWORD_MIN} characters.`)
  if (password.length > PASSWORD_MAX || /[\0\r\n]/.test(password))
    throw new Refused(
      'invalid',
      `A password has at most ${PASSWORD_MAX} characters and no line ends.`,
    )
}

/** What proves a password, as an account keeps it. `salt`: of its SCRAM keys; null: it has none. */
export async function newSecrets(
  password: string,
  asker: Asker,
  salt: Buffer | null,
): Promise<{ password: string; scram: string }> {
  return await queue.run(asker, async () => ({
    password: await hashPassword(password),
    scram: salt ? await scramSecret(password, salt) : '',
  }))
}

/** SCRAM keys alone; `''` without a salt. */
export async function newScram(
  password: string,
  asker: Asker,
  salt: Buffer | null,
): Promise<string> {
  return salt ? await queue.run(asker, () => scramSecret(password, salt)) : ''
}

/** `scrypt$N$r$p$salt$hash`, the last two base64. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return written(salt, await derive(password, salt, N, R, P))
}

/** Looks like a stored password and costs as much to verify, but none is right; made without scrypt's 32 MiB. */
export function noPassword(): string {
  return written(randomBytes(16), randomBytes(KEY_LENGTH))
}

function written(salt: Buffer, hash: Buffer): string {
  return ['scrypt', N, R, P, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** The same work for every password of today's cost, right or wrong. Refused where too many wait. */
export async function verifyPassword(
  password: string,
  stored: string,
  asker: Asker,
): Promise<boolean> {
  const [scheme, n, r, p, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || !hash) throw new Error(`unknown password scheme '${scheme}'`)
  const wanted = Buffer.from(hash, 'base64')
  const given = await queue.run(asker, () =>
    derive(password, Buffer.from(salt, 'base64'), Number(n), Number(r), Number(p)),
  )
  return timingSafeEqual(given, wanted)
}

export interface ScramKeys {
  iterations: number
  salt: Buffer
  storedKey: Buffer
  serverKey: Buffer
}

/** `SCRAM-SHA-256$iterations$salt$storedKey$serverKey`, base64 parts (RFC 5802 §3, RFC 7677). */
async function scramSecret(password: string, salt: Buffer): Promise<string> {
  const how = { scheme: 'pbkdf2', iterations: SCRAM_ITERATIONS } as const
  const salted = await deriver.derive(how, normal(password), salt, 32)
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  return ['SCRAM-SHA-256', SCRAM_ITERATIONS, salt.toString('base64'), storedKey, serverKey].join(
    '$',
  )
}

export function parseScram(stored: string): ScramKeys {
  const [scheme, iterations, salt, storedKey, serverKey] = stored.split('$')
  if (scheme !== 'SCRAM-SHA-256' || !serverKey) throw new Error(`unknown SCRAM secret '${scheme}'`)
  return {
    iterations: Number(iterations),
    salt: Buffer.from(salt, 'base64'),
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  }
}

/** Keys for an account that does not exist: always the same for one name, so that nobody can tell. */
export function fakeScram(secret: Buffer, name: string): ScramKeys {
  const part = (what: string): Buffer =>
    createHmac('sha256', secret).update(`${what}\n${name}`).digest()
  return {
    iterations: SCRAM_ITERATIONS,
    salt: part('salt').subarray(0, 16),
    storedKey: part('stored'),
    serverKey: part('server'),
  }
}

/** Unicode passwords compare equal however they were typed (RFC 8265 §4.2: NFC). */
const normal = (password: string): string => password.normalize('NFC')

async function derive(
  password: string,
  salt: Buffer,
  n: number,
  r: number,
  p: number,
): Promise<Buffer> {
  return await deriver.derive({ scheme: 'scrypt', n, r, p }, normal(password), salt, KEY_LENGTH)
}
