// Of a long list only the rows near the eye are made: the others are so much empty height. Rows are as high as they were when
// they were last seen, others as high as rows are on average.
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'

/** Shorter lists are made whole: then a browser's own search finds everything in them. */
const WHOLE = 150
/** Rows made beyond either edge of the window, in heights of the window. */
const BEYOND = 1
/** Until any row was seen, in px. */
const USUAL = 56

export interface Shown {
  first: number
  /** The one behind the last. */
  end: number
  /** Empty height in front and behind, in px. */
  before: number
  after: number
}

/** Heights by id, and what they add up to. */
class Heights {
  readonly #of = new Map<number, number>()
  #sum = 0

  set(id: number, height: number): boolean {
    const old = this.#of.get(id)
    if (old !== undefined && Math.abs(old - height) < 0.5) return false
    this.#of.set(id, height)
    this.#sum += height - (old ?? 0)
    return true
  }
  get(id: number): number {
    return this.#of.get(id) ?? (this.#of.size === 0 ? USUAL : this.#sum / this.#of.size)
  }
}

/** The list that is on the page, by which others ask where a row is. */
let reveal: ((id: number) => void) | null = null

/** Brings a row into being, where it is not, and the focus to it. */
export function focusRow(id: number): void {
  const row = (): HTMLElement | null =>
    document.querySelector<HTMLElement>(`[data-item="${id}"] .subject`)
  const there = row()
  if (there) {
    there.focus()
    return
  }
  reveal?.(id)
  requestAnimationFrame(() => row()?.focus())
}

/** The focus to this row, or to the one that came in its place. */
export function focusNear(ids: readonly number[], id: number, at: number): void {
  const near = ids.includes(id) ? id : ids[Math.min(at, ids.length - 1)]
  if (near !== undefined) focusRow(near)
}

/** Where the row that has the focus is taken out of the list, the next one has it. */
export function useFocusKept(ids: readonly number[]): void {
  const before = useRef(ids)
  const row = document.activeElement?.closest<HTMLElement>('[data-item]')
  const id = Number(row?.dataset.item ?? 0)
  useLayoutEffect(() => {
    const at = before.current.indexOf(id)
    before.current = ids
    if (at >= 0 && !ids.includes(id)) focusNear(ids, id, at)
  }, [ids])
}

/** Which of these rows are made. `body` holds them, each with `data-item`. */
export function useWindow(ids: readonly number[]) {
  const body = useRef<HTMLTableSectionElement>(null)
  const heights = useRef(new Heights())
  const [, again] = useReducer((n: number) => n + 1, 0)
  const shown = windowOf(ids, body.current, heights.current)
  const now = useRef(shown)
  now.current = shown

  useLayoutEffect(() => {
    let isOther = false
    for (const row of body.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])
      isOther =
        heights.current.set(Number(row.dataset.item), row.getBoundingClientRect().height) || isOther
    const next = windowOf(ids, body.current, heights.current)
    if (isOther && !isSame(next, now.current)) again(0)
  })
  useEffect(() => {
    const look = (): void => {
      const { first, end } = windowOf(ids, body.current, heights.current)
      if (first !== now.current.first || end !== now.current.end) again(0)
    }
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', look)
    reveal = (id) => {
      const at = ids.indexOf(id)
      if (at < 0 || !body.current) return
      const top = body.current.getBoundingClientRect().top + scrollY
      const above = ids.slice(0, at).reduce((sum, one) => sum + heights.current.get(one), 0)
      scrollTo({ top: top + above - innerHeight / 2, behavior: 'instant' })
      again(0)
    }
    return () => {
      removeEventListener('scroll', look)
      removeEventListener('resize', look)
      reveal = null
    }
  }, [ids])
  return { body, shown }
}

const isSame = (a: Shown, b: Shown): boolean =>
  a.first === b.first && a.end === b.end && Math.abs(a.before - b.before) < 1

function windowOf(ids: readonly number[], body: HTMLElement | null, heights: Heights): Shown {
  if (ids.length <= WHOLE) return { first: 0, end: ids.length, before: 0, after: 0 }
  const top = body?.getBoundingClientRect().top ?? 0
  const from = -top - BEYOND * innerHeight
  const until = -top + (1 + BEYOND) * innerHeight
  let at = 0
  let first = 0
  while (first < ids.length - 1 && at + heights.get(ids[first]) < from)
    at += heights.get(ids[first++])
  const before = at
  let end = first
  while (end < ids.length && (at < until || end === first)) at += heights.get(ids[end++])
  let after = 0
  for (let i = end; i < ids.length; i++) after += heights.get(ids[i])
  return { first, end, before, after }
}
