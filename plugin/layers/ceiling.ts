// What others hear of a person: the voice, up to a ceiling. All of it is whole numbers and follows from the voices alone,
// so it is the same whatever happened in between.

/**
 * Ceilings of a voice in weights of 2^-10 logits. Where the super-admin has taught little, people's voices are all that there is; what he
 * has taught they correct only. With 45 in the place of 34 three who agree would harm others by more than is allowed
 * (docs/kernel.md "Neighbours").
 */
export const CEILING = { alone: 200, beside: 34 }
/** Lessons of the super-admin, of the rarer kind, from which on voices are heard beside his. */
export const TAUGHT = 100
/** A domain with all its people is to other domains what so many people are. */
export const DOMAIN_WORTH = 3
export function clip(voice: number, ceiling: number): number {
  return Math.max(-ceiling, Math.min(voice, ceiling))
}

/** What other domains hear of one: its own voice and those of its people. */
export function abroad(voice: number, peers: number, ceiling: number): number {
  return clip(clip(voice, ceiling) + peers, DOMAIN_WORTH * ceiling)
}

/** Units of a person's sum of squared gradients in one of what is heard of it: 2^-20 in the place of 2^-28. */
const COARSE = 2 ** 8
/** What is heard of it at most, in such units: by a word that somebody repeats without end others still learn. */
const SUM_MAX = 2 ** 16

/** Columns of what everybody hears of people: weights, and sums of squared gradients in units of HEARD_SQUARE. */
export const HEARD_COLUMNS = 2
export const HEARD_SQUARE = 2 ** -20

/** What everybody hears of a voice's sum of squared gradients: what many have taught, one more lesson moves less. */
export function heardSum(voiceSum: number): number {
  return Math.min(Math.floor(voiceSum / COARSE), SUM_MAX)
}

/**
 * A voice after a lesson that would move it by `move`: it is the strongest of what was said, not its sum, so that saying it again
 * adds nothing; what says the opposite is taken from it.
 */
export function said(voice: number, move: number): number {
  if (voice > 0 && move > 0) return Math.max(voice, move)
  if (voice < 0 && move < 0) return Math.min(voice, move)
  return voice + move
}

/** The share of a step that a lesson moves its own layer by where others teach, too, and nobody above. */
const BESIDE_OTHERS = 0.4

/**
 * By how much of a full step a lesson moves the layer of its own scope. Where people alone teach, their own layer takes part in what all
 * of them learn by many voices with a ceiling: in full it would say some words much louder than the others. 1 for who teaches alone,
 * and beside a super-admin who has taught.
 * @param others scopes of which others hear a lesson, without its own
 */
export function ownShare(others: number, ceiling: number): number {
  return ceiling === CEILING.alone && others > 0 ? BESIDE_OTHERS : 1
}
