// What the command prints: for people on a terminal, or one JSON value for scripts.
import { once } from 'node:events'
import { isatty } from 'node:tty'
import { SingleBar } from 'cli-progress'
import { Help } from 'commander'
import { createColors } from 'picocolors'
import { escaped } from '../text.ts'

/** The outcome of a command: `value` for --json, `text` for people, `ok` false for the answer no. */
export interface Answer {
  value: unknown
  text: string
  ok?: boolean
  /** Everything was printed already. */
  silent?: boolean
}

export interface Progress {
  /** Total work when known; a bar that counts only, when not. */
  total(n: number): void
  add(n?: number): void
  stop(): void
}

const plain = process.env.NO_COLOR !== undefined || process.env.TERM === 'dumb'
// Asked of the system: where no terminal is, process.stdout.isTTY is undefined, and then createColors would
// ask the environment.
export const colors = createColors(isatty(1) && !plain)
export const errorColors = createColors(isatty(2) && !plain)

/** Nothing that a message or a list holds reaches the terminal as a control sequence. */
export const clean = escaped

/** Rows in columns; the first is the head. Columns named in `right` are numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) => row.map(clean))
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)))
  return cells
    .map((row, index) => {
      const line = row
        .map((cell, at) =>
          right.includes(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at]),
        )
        .join('  ')
        .trimEnd()
      return index === 0 ? colors.dim(line) : line
    })
    .join('\n')
}

/** One thing in lines of two cells: what is told of, and what is told. */
export function sheet(lines: readonly (readonly string[])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length)) + 2
  return lines.map(([name, text]) => `${name.padEnd(width)}${clean(text)}`.trimEnd()).join('\n')
}

/** Columns of a help text, wherever it is read. */
const HELP_WIDTH = 80

/** Terms and what they mean, as a help text has them. */
export function terms(lines: readonly (readonly [term: string, text: string])[]): string {
  const help = new Help()
  help.prepareContext({ helpWidth: HELP_WIDTH })
  const width = Math.max(...lines.map(([term]) => term.length))
  return lines.map(([term, text]) => help.formatItem(term, width, text, help)).join('\n')
}

/** `1 mask`, `2 masks`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${String(n).replace(/\B(?=(\d{3})+$)/g, ',')} ${n === 1 ? one : many}`
}

export const when = (ms: number): string =>
  new Date(ms).toISOString().replace('T', ' ').slice(0, 19)

/** Writes to stdout and waits where the reader is slow. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** A bar on stderr, and nothing where that is no terminal. */
export function progress(what: string, unit: string): Progress {
  if (!process.stderr.isTTY) return { total: () => {}, add: () => {}, stop: () => {} }
  const bar = new SingleBar({
    format: `${what} {bar} {value}/{total} ${unit} ({eta_formatted})`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 200,
  })
  bar.start(0, 0)
  return {
    total: (n) => bar.setTotal(n),
    add: (n = 1) => bar.increment(n),
    stop: () => bar.stop(),
  }
}
