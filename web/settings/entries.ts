// The rows of a list: what is kept, and what is being typed.
import { signal, type Signal } from '@preact/signals'
import { ask, get } from '../api.ts'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { look } from './mask.ts'

export type Kind = 'block' | 'allow'
export const otherOf = (kind: Kind): Kind => (kind === 'block' ? 'allow' : 'block')

export interface Row {
  readonly key: number
  /** As the server has it; null: only typed so far. */
  readonly saved: string | null
  readonly text: string
  readonly problem: RowProblem | null
}

export type RowProblem =
  | { kind: 'mask'; sentence: string; at: number | null }
  | { kind: 'here' }
  | { kind: 'other'; mask: string }
  | { kind: 'server'; sentence: string }

/** Rows of a page of the server's list. */
const PAGE = 200
let lastKey = 0
const rowOf = (
  saved: string | null,
  text = saved ?? '',
  problem: RowProblem | null = null,
): Row => ({
  key: ++lastKey,
  saved,
  text,
  problem,
})

interface Page {
  entries: { mask: string }[]
  next: string | null
}

/** One list of a scope. */
export class Entries {
  readonly rows: Signal<Row[] | null> = signal(null)
  readonly next: Signal<string | null> = signal(null)
  readonly search = signal('')
  /** Whether there are more than one looks through. */
  readonly isLong = signal(false)
  readonly focus: Signal<number | null> = signal(null)
  readonly kind: Kind
  readonly scope: string
  other: Entries | null = null

  constructor(scope: string, kind: Kind) {
    this.scope = scope
    this.kind = kind
  }

  async read(): Promise<void> {
    try {
      const page = await this.#page(null)
      // What is being typed stays: an answer may come at any time.
      const typed = (this.rows.value ?? []).filter(({ saved }) => saved === null)
      this.rows.value = [...page.entries.map(({ mask }) => rowOf(mask)), ...typed]
      this.next.value = page.next
      if (this.search.value === '')
        this.isLong.value = page.entries.length > 50 || page.next !== null
    } catch (error) {
      this.rows.value ??= []
      tellBad(error)
    }
  }

  async more(): Promise<void> {
    const { entries, next } = await this.#page(this.next.value)
    this.rows.value = [...(this.rows.value ?? []), ...entries.map(({ mask }) => rowOf(mask))]
    this.next.value = next
  }

  #page(cursor: string | null): Promise<Page> {
    const query = new URLSearchParams({ scope: this.scope, list: this.kind, limit: String(PAGE) })
    if (this.search.value !== '') query.set('q', this.search.value)
    if (cursor !== null) query.set('cursor', cursor)
    return get<Page>(`lists?${query.toString()}`)
  }

  /** A new row at the end, or that which is empty there already. */
  add(): void {
    const rows = this.rows.value ?? []
    const last = rows.at(-1)
    if (last && last.saved === null && last.text.trim() === '') {
      this.focus.value = last.key
      return
    }
    const row = rowOf(null)
    this.rows.value = [...rows, row]
    this.focus.value = row.key
  }

  /** Opens the next row, at once: who types on does not wait for the server. What was left is kept as it loses the focus. */
  enter(row: Row): void {
    const isEmpty = row.text.trim() === ''
    const problem = isEmpty ? null : this.#check(row, row.text)
    if (isEmpty && row.saved !== null) void this.remove(row)
    else if (problem) this.#set(row.key, { ...row, problem })
    else this.add()
  }

  type(row: Row, text: string): void {
    this.#set(row.key, {
      ...row,
      text,
      problem: text.trim() === '' ? null : this.#check(row, text),
    })
  }

  /** Keeps what a row says. True: there is nothing to mend. */
  async commit(row: Row): Promise<boolean> {
    const text = row.text.trim()
    if (text === (row.saved ?? '')) return true
    if (text === '') {
      await this.remove(row)
      return true
    }
    const problem = this.#check(row, text)
    if (problem) {
      this.#set(row.key, { ...row, problem })
      return false
    }
    const { mask } = look(text)
    if (mask === null) return false
    if (mask === row.saved) {
      this.#set(row.key, { ...row, text: mask, problem: null })
      return true
    }
    return await this.#keep([{ ...row, text: mask }])
  }

  /** Many lines: each a row. What is no mask stays to be mended. */
  async paste(row: Row, lines: readonly string[]): Promise<void> {
    const rows = lines.map((line, i) => (i === 0 ? { ...row, text: line } : rowOf(null, line)))
    const now = this.rows.value ?? []
    const at = now.findIndex(({ key }) => key === row.key)
    this.rows.value = [...now.slice(0, at), ...rows, ...now.slice(at + 1)]
    const good: Row[] = []
    const seen = new Set<string>()
    for (const one of rows) {
      const { mask } = look(one.text)
      const problem =
        mask !== null && seen.has(mask) ? { kind: 'here' as const } : this.#check(one, one.text)
      if (problem || mask === null) this.#set(one.key, { ...one, problem })
      else good.push({ ...one, text: mask })
      if (mask !== null) seen.add(mask)
    }
    if (good.length > 0) await this.#keep(good)
    const bad = (this.rows.value ?? []).find(({ problem }) => problem !== null)
    this.focus.value = bad?.key ?? good.at(-1)?.key ?? null
  }

  async #keep(rows: readonly Row[]): Promise<boolean> {
    const remove = rows.flatMap(({ saved }) => saved ?? [])
    try {
      await this.#change({ add: rows.map(({ text }) => text), remove })
    } catch (error) {
      const why = sentence(error)
      for (const row of rows)
        this.#set(row.key, { ...row, problem: { kind: 'server', sentence: why } })
      return false
    }
    for (const row of rows) this.#set(row.key, { ...row, saved: row.text, problem: null })
    tell(t('entries.added', { n: rows.length }))
    return true
  }

  async remove(row: Row): Promise<void> {
    try {
      if (row.saved !== null) await this.#change({ remove: [row.saved] })
    } catch (error) {
      tellBad(error)
      return
    }
    const rows = this.rows.value ?? []
    const at = rows.findIndex(({ key }) => key === row.key)
    const left = rows.filter(({ key }) => key !== row.key)
    this.rows.value = left
    this.focus.value = (left[at] ?? left.at(-1))?.key ?? 0
    const { saved } = row
    if (saved !== null)
      tell(t('entry.removed', { mask: saved }), async () => {
        await this.#change({ add: [saved] })
        await this.read()
      })
  }

  /** From the other list to this one. */
  async moveHere(row: Row, mask: string): Promise<void> {
    try {
      if (this.other) {
        await this.other.#change({ remove: [mask] })
        await this.other.read()
      }
      await this.#keep([{ ...row, text: mask }])
    } catch (error) {
      tellBad(error)
    }
  }

  #change(change: { add?: string[]; remove?: string[] }): Promise<unknown> {
    return ask('lists', {
      method: 'PATCH',
      body: { scope: this.scope, list: this.kind, ...change },
    })
  }

  #check(row: Row, text: string): RowProblem | null {
    const looked = look(text)
    if (looked.mask === null) return { kind: 'mask', sentence: looked.wrong, at: looked.at }
    const has = (rows: readonly Row[] | null): boolean =>
      (rows ?? []).some(({ key, saved }) => key !== row.key && saved === looked.mask)
    if (has(this.rows.value)) return { kind: 'here' }
    return has(this.other?.rows.value ?? null) ? { kind: 'other', mask: looked.mask } : null
  }

  #set(key: number, row: Row): void {
    this.rows.value = (this.rows.value ?? []).map((one) => (one.key === key ? row : one))
  }
}
