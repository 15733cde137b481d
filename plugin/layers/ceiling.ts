// What others hear of a person: the voice, up to a ceiling. All of it is whole numbers and follows from the voices alone,
// so it is the same whatever happened in between.

/**
 * Ceilings of a voice in weights of 2^-10 logits: at first, and once many scopes have taught a good deal. With 100 or 70 in the
 * place of 50 three who agree would harm others by more than is allowed (docs/kernel.md "Neighbours").
 */
export const CEILING = { young: 34, grown: 50 }
/** A domain with all its people is to other domains what so many people are. */
export const DOMAIN_WORTH = 3
/** From so many lessons on voices count more, of which each scope has a part of at most so many. */
export const GROWN = { lessons: 500, ofScope: 50 }

export function clip(voice: number, ceiling: number): number {
  return Math.max(-ceiling, Math.min(voice, ceiling))
}

/** What other domains hear of one: its own voice and those of its people. */
export function abroad(voice: number, peers: number, ceiling: number): number {
  return clip(clip(voice, ceiling) + peers, DOMAIN_WORTH * ceiling)
}
