// The rows of a list: what is kept, and what is being typed.
import { computed, signal, type Signal } from '@preact/signals'
import { get } from '../api.ts'
import { tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { look, several } from './mask.ts'
import { rowOf, type Row, type RowProblem } from './row.ts'
import { change, portions, send, type Change, type Changed, type Kept } from './sending.ts'

export type Kind = 'block' | 'allow'
export const otherOf = (kind: Kind): Kind => (kind === 'block' ? 'allow' : 'block')

/** Rows of a page of the server's list. Of more that are pasted only those that will not do become rows, and no more than these. */
const PAGE = 200
const MENDED_MAX = 50

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
  /** Rows that are on their way to the server, as they were sent. */
  readonly #sent = new Map<number, { text: string; done: Promise<boolean> }>()
  /** Keys of rows by what the server has. */
  readonly #kept = computed(
    () =>
      new Map(
        (this.rows.value ?? []).flatMap(({ saved, key }) =>
          saved === null ? [] : [[saved, key] as const],
        ),
      ),
  )
  #reads = 0

  constructor(scope: string, kind: Kind) {
    this.scope = scope
    this.kind = kind
  }

  async read(): Promise<void> {
    const mine = ++this.#reads
    try {
      const page = await this.#page(null)
      // Words were typed on meanwhile.
      if (mine !== this.#reads) return
      this.rows.value = this.#merged(page.entries.map(({ mask }) => mask))
      this.next.value = page.next
      if (this.search.value === '')
        this.isLong.value = page.entries.length > 50 || page.next !== null
    } catch (error) {
      if (mine !== this.#reads) return
      this.rows.value ??= []
      tellBad(error)
    }
  }

  /** Rows of these masks: those that are there stay themselves, and what is being typed stays, too. An answer may come at any time. */
  #merged(masks: readonly string[]): Row[] {
    const before = this.rows.value ?? []
    const byMask = new Map(before.map((row) => [row.saved, row]))
    const there = masks.map((mask) => byMask.get(mask) ?? rowOf(mask))
    const known = new Set(there)
    return [...there, ...before.filter((row) => !known.has(row) && row.text !== row.saved)]
  }

  async more(): Promise<void> {
    const { entries, next } = await this.#page(this.next.value)
    const kept = this.#kept.value
    const others = entries.filter(({ mask }) => !kept.has(mask))
    this.rows.value = [...(this.rows.value ?? []), ...others.map(({ mask }) => rowOf(mask))]
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
    else if (problem) this.#set({ ...row, problem })
    else this.add()
  }

  type(row: Row, text: string): void {
    this.#set({ ...row, text, problem: text.trim() === '' ? null : this.#check(row, text) })
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
      this.#set({ ...row, problem })
      return false
    }
    const { mask } = look(text)
    if (mask === null) {
      await this.paste(row, several(text) ?? [])
      return true
    }
    const sent = this.#sent.get(row.key)
    if (sent?.text === mask) return await sent.done
    if (mask === row.saved) {
      this.#set({ ...row, text: mask, problem: null })
      return true
    }
    const { added, why } = await this.#keep([{ ...row, text: mask }])
    if (added > 0) tell(t('entries.added', { n: added }))
    return why === null
  }

  /** Many masks: each a row. What is none stays to be mended. */
  async paste(row: Row, texts: readonly string[]): Promise<void> {
    const rows = this.#judged(row, texts)
    const bad = rows.filter(({ problem }) => problem !== null)
    const good = rows.filter(({ problem, saved, text }) => problem === null && saved !== text)
    const isMany = rows.length > PAGE
    const mended = isMany ? bad.filter(({ problem }) => problem?.kind !== 'here') : bad
    const shown = isMany ? mended.slice(0, MENDED_MAX) : rows
    const now = this.rows.value ?? []
    const at = now.findIndex(({ key }) => key === row.key)
    this.rows.value = [...now.slice(0, at), ...shown, ...now.slice(at + 1)]
    const kept = await this.#keep(good)
    if (isMany) await this.read()
    if (kept.added > 0 || isMany) this.#report(kept, bad.length - mended.length, mended)
    const wrong = (this.rows.value ?? []).find(({ problem }) => problem !== null)
    const last = isMany ? this.rows.value?.at(-1) : good.at(-1)
    this.focus.value = wrong?.key ?? last?.key ?? (isMany ? 0 : null)
  }

  /** Rows of these texts, the first in place of `row`: each in its normal form, or with what is wrong with it. */
  #judged(row: Row, texts: readonly string[]): Row[] {
    const seen = new Set<string>()
    return texts.map((text, i) => {
      const one = i === 0 ? { ...row, text } : rowOf(null, text)
      const { mask } = look(text)
      const isTwice = mask !== null && seen.has(mask)
      if (mask !== null) seen.add(mask)
      const problem = isTwice ? { kind: 'here' as const } : this.#check(one, text)
      return { ...one, text: problem ? text : (mask ?? text), problem }
    })
  }

  #report({ added, known, masks, why }: Kept, twice: number, wrong: readonly Row[]): void {
    const parts = [t('entries.added', { n: added })]
    if (known + twice > 0) parts.push(t('entries.known', { n: known + twice }))
    const [first] = wrong
    if (wrong.length > MENDED_MAX && first)
      parts.push(t('entries.wrong', { n: wrong.length, text: first.text.slice(0, 100) }))
    if (why !== null) parts.push(why)
    const undo = async (): Promise<void> => {
      for (const some of portions(masks, (mask) => mask)) await this.#change({ remove: some })
      await this.read()
    }
    // Of those that were there before nobody knows which they are.
    tell(parts.join(' '), known === 0 && why === null ? undo : null)
  }

  async #keep(rows: readonly Row[]): Promise<Kept> {
    const ended = this.#send(rows)
    const done = ended.then(({ why }) => why === null)
    for (const { key, text } of rows) this.#sent.set(key, { text, done })
    try {
      return await ended
    } finally {
      for (const { key } of rows) this.#sent.delete(key)
    }
  }

  async #send(rows: readonly Row[]): Promise<Kept> {
    this.#settle(new Map(rows.map((row) => [row.key, row])), null)
    const kept = await send(rows, (changes) => this.#change(changes))
    this.#settle(kept.after, new Map(rows.map(({ key, text }) => [key, text])))
    return kept
  }

  /** Rows as they are now. One that was changed since it was sent as `texts` say keeps what is typed. */
  #settle(ready: ReadonlyMap<number, Row>, texts: ReadonlyMap<number, string> | null): void {
    this.rows.value = (this.rows.value ?? []).map((now) => {
      const row = ready.get(now.key)
      if (!row) return now
      const isOther = texts !== null && texts.get(now.key) !== now.text
      return isOther ? { ...now, saved: row.saved } : row
    })
  }

  async remove(row: Row): Promise<void> {
    await this.#sent.get(row.key)?.done
    const kept = (this.rows.value ?? []).find(({ key }) => key === row.key)?.saved ?? row.saved
    try {
      if (kept !== null) await this.#change({ remove: [kept] })
    } catch (error) {
      tellBad(error)
      return
    }
    const rows = this.rows.value ?? []
    const at = rows.findIndex(({ key }) => key === row.key)
    const left = rows.filter(({ key }) => key !== row.key)
    this.rows.value = left
    this.focus.value = (left[at] ?? left.at(-1))?.key ?? 0
    if (kept !== null)
      tell(t('entry.removed', { mask: kept }), async () => {
        await this.#change({ add: [kept] })
        await this.read()
      })
  }

  /** From the other list to this one: first here, so that whatever fails it is on one of them. */
  async moveHere(row: Row, mask: string): Promise<void> {
    try {
      if (row.saved !== mask && (await this.#keep([{ ...row, text: mask }])).why !== null) return
      if (this.other) {
        await this.other.#change({ remove: [mask] })
        await this.other.read()
      }
      this.#set({ ...row, text: mask, saved: mask, problem: null })
      tell(t('entries.added', { n: 1 }))
    } catch (error) {
      tellBad(error)
    }
  }

  #change(changes: Change): Promise<Changed> {
    return change(this.scope, this.kind, changes)
  }

  #check(row: Row, text: string): RowProblem | null {
    const looked = look(text)
    if (looked.mask === null)
      return several(text) ? null : { kind: 'mask', sentence: looked.wrong, at: looked.at }
    const key = this.#kept.value.get(looked.mask)
    if (key !== undefined && key !== row.key) return { kind: 'here' }
    const isOther = this.other !== null && this.other.#kept.value.has(looked.mask)
    return isOther ? { kind: 'other', mask: looked.mask } : null
  }

  #set(row: Row): void {
    this.rows.value = (this.rows.value ?? []).map((one) => (one.key === row.key ? row : one))
  }
}
