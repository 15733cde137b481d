// The three views in which the classifier looks at a message, each with a score of its own.

export const VIEWS = [0, 1, 2] as const
export type View = (typeof VIEWS)[number]

/** As evidence of a verdict names them. */
export const VIEW_NAMES = ['correspondents', 'transport', 'text'] as const
/** For people. */
export const VIEW_TEXTS = ['subject and correspondents', 'other headers', 'text'] as const
