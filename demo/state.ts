// What a gateway remembers from start to start.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface State {
  /** Passwords by account name. */
  passwords: Record<string, string>
  trained: boolean
  sampled: boolean
  /** Several gateways have one quarantine: it is begun. */
  begun?: boolean
}

export function readState(file: string): State {
  if (!existsSync(file)) return { passwords: {}, trained: false, sampled: false }
  return JSON.parse(readFileSync(file, 'utf8')) as State
}

export function writeState(file: string, state: State): void {
  writeJson(file, state)
}

/** Whole or not at all, and for the owner's eyes: passwords stand in it. */
export function writeJson(file: string, value: unknown): void {
  const part = `${file}.part`
  writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(part, file)
}

/** Twelve characters that can be read out and typed. */
export function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const pick = (byte: number): string => letters[byte % letters.length]
  const word = [...randomBytes(12)].map(pick).join('')
  return `${word.slice(0, 4)}-${word.slice(4, 8)}-${word.slice(8)}`
}
