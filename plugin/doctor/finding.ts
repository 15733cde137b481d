// What a look at an installation finds.

/** `hint`: it works, and could be better; `wrong`: it does not, or soon will not. */
export type Level = 'ok' | 'hint' | 'wrong'

export const ABOUT = [
  'haraka',
  'configuration',
  'data',
  'accounts',
  'disk',
  'clock',
  'ports',
  'certificate',
  'next hop',
  'names',
  'digests',
] as const
export type About = (typeof ABOUT)[number]

export interface Finding {
  about: About
  level: Level
  /** What was found. */
  text: string
  /** What to do; empty where all is well. */
  todo: string
}

export const good = (about: About, text: string): Finding => ({
  about,
  level: 'ok',
  text,
  todo: '',
})
export const hint = (about: About, text: string, todo: string): Finding => ({
  about,
  level: 'hint',
  text,
  todo,
})
export const wrong = (about: About, text: string, todo: string): Finding => ({
  about,
  level: 'wrong',
  text,
  todo,
})
