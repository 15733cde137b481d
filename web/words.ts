// What the page says: one file of messages a language, dates and numbers by the browser's own rules.
import { signal } from '@preact/signals'
import { BASE } from './api.ts'
import { learn } from './sentences.ts'
import type english from './messages/en.json'

export type Word = keyof typeof english
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>
type Values = Record<string, string | number>

/** Those that are shipped, by what they call themselves. */
export const LANGUAGES: Readonly<Record<string, string>> = { en: 'English', de: 'Deutsch' }
const STORED = 'lazaret.language'
const RIGHT_TO_LEFT = /^(?:ar|dv|fa|he|ku|ps|sd|ug|ur|yi)\b/

export const language = signal('en')
let messages: Partial<Record<Word, Message>> = {}

/** What this browser was told, or else what it prefers. */
export function preferred(): string {
  const stored = read(STORED)
  if (stored !== null && /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/.test(stored)) return stored
  const known = navigator.languages.map((tag) => tag.split('-')[0].toLowerCase())
  return known.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? 'en'
}

/** Whether somebody chose a language in this browser. */
export const isChosen = (): boolean => read(STORED) !== null

/** Whose habits dates and numbers follow: the reader's own, where they speak this language (en-GB has 24 hours, en-US 12). */
const habit = (): string => {
  const spoken = language.value.split('-')[0]
  return navigator.languages.find((tag) => tag.split('-')[0] === spoken) ?? language.value
}

export async function speak(tag: string): Promise<void> {
  const answer = await fetch(`${BASE}${tag}.json`)
  if (!answer.ok) {
    if (tag !== 'en') await speak('en')
    return
  }
  messages = (await answer.json()) as typeof messages
  // The page does not wait for them: most of what it says is its own.
  void learn(tag.split('-')[0])
  document.documentElement.lang = tag
  document.documentElement.dir = RIGHT_TO_LEFT.test(tag) ? 'rtl' : 'ltr'
  language.value = tag
}

export async function choose(tag: string): Promise<void> {
  write(STORED, tag)
  await speak(tag)
}

/** The message; `n` decides about its plural. */
export function t(word: Word, values: Values = {}): string {
  const tag = language.value
  const found = messages[word] ?? word
  const n = Number(values.n ?? 0)
  const text =
    typeof found === 'string' ? found : (found[new Intl.PluralRules(tag).select(n)] ?? found.other)
  return (text ?? word).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole
    return typeof value === 'number' ? count(value) : value
  })
}

export const count = (n: number): string => new Intl.NumberFormat(habit()).format(n)

/** A part of 1, as people read it. */
export const share = (n: number): string =>
  new Intl.NumberFormat(habit(), { style: 'percent', maximumFractionDigits: 0 }).format(n)

export function size(octets: number): string {
  const [value, unit]: [number, string] =
    octets < 1000
      ? [octets, 'byte']
      : octets < 999_500
        ? [octets / 1000, 'kilobyte']
        : [octets / 1e6, 'megabyte']
  return new Intl.NumberFormat(habit(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit !== 'byte' ? 1 : 0,
  }).format(value)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** When something was: by the hour today and yesterday, then by the day. */
export function when(iso: string): string {
  const at = new Date(iso)
  const now = new Date()
  const tag = habit()
  const hour = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }).format(at)
  const days = Math.round((midnight(now) - midnight(at)) / DAY)
  if (days === 0) return hour
  if (days === 1)
    return `${new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-1, 'day')}, ${hour}`
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const }
  return new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', ...year }).format(at)
}

/** A day of the calendar, as `2026-11-30`. */
export const day = (date: string): string =>
  new Intl.DateTimeFormat(habit(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(date),
  )

const midnight = (at: Date): number => new Date(at).setHours(0, 0, 0, 0)

/** How long until something. */
export function until(iso: string): string {
  const ms = Date.parse(iso) - Date.now()
  const format = new Intl.RelativeTimeFormat(habit(), { numeric: 'auto' })
  if (Math.abs(ms) >= DAY) return format.format(Math.round(ms / DAY), 'day')
  if (Math.abs(ms) >= HOUR) return format.format(Math.round(ms / HOUR), 'hour')
  return format.format(Math.round(ms / MINUTE), 'minute')
}

export const exactly = (iso: string): string =>
  new Intl.DateTimeFormat(habit(), { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(iso))

/** What a browser keeps; nothing where it may not keep anything. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // It holds until the page is closed.
  }
}
