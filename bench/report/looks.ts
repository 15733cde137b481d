// How series are told apart: by colour, by dashes and by marks. Each repeats after another number of series, so
// that neither two of twenty look the same without colours, nor two of twenty-eight without marks.
import { escape } from './escape.ts'

/** Colours in the style sheet. */
export const COLOURS = 7
/** Drawn in a width of 2. */
const DASHES = ['', '8 4', '2 4', '10 4 2 4']

export interface Look {
  /** Class of the colour. */
  colour: string
  /** Attribute of the line. */
  dash: string
  /** A mark at a place, with a title that a pointer finds. */
  mark: (x: number, y: number, title: string) => string
}

export function look(i: number): Look {
  const dash = DASHES[i % DASHES.length]
  const shape = SHAPES[i % SHAPES.length]
  return {
    colour: `c${i % COLOURS}`,
    dash: dash && ` stroke-dasharray="${dash}"`,
    mark: (x, y, title) => {
      const [name, attributes] = shape(fixed(x), fixed(y))
      return `<${name} ${attributes}><title>${escape(title)}</title></${name}>`
    },
  }
}

type Shape = (x: string, y: string) => [element: string, attributes: string]

const path =
  (outline: string): Shape =>
  (x, y) => ['path', `d="M${x} ${y}${outline}"`]

/** Circle, square, triangle, diamond, ring. */
const SHAPES: readonly Shape[] = [
  (x, y) => ['circle', `cx="${x}" cy="${y}" r="3.5"`],
  path('m-3.5 -3.5h7v7h-7z'),
  path('m0 -5l4.8 8.4h-9.6z'),
  path('m0 -5.2l4.6 5.2l-4.6 5.2l-4.6 -5.2z'),
  (x, y) => ['circle', `class="ring" cx="${x}" cy="${y}" r="3.8"`],
]

const fixed = (value: number): string => String(Number(value.toFixed(1)))
