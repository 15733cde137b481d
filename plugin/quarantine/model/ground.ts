// What the layers of a scope have for the slots of a message, inside a decision.
import { domainOf } from '../../address.ts'
import type { Ground, Hearing, Rows } from '../../filter/layers/lesson.ts'
import { encodeSparse } from '../../layers/encoded.ts'
import { dense, type Sparse } from '../../layers/sparse.ts'
import type { Label, Scope } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import type { Heard } from '../../store/events/lesson.ts'
import { getHead, layerAt, type Head } from '../../store/layers.ts'
import { getModel, NOBODY, type People } from '../../store/lessons.ts'

/** `slots`: ascending, each once. */
export function groundOf(
  views: Views,
  scope: Scope,
  slots: Uint32Array,
): Omit<Ground, 'everybody'> {
  const home = domainOf(scope)
  const { people = NOBODY } = getModel(views)
  const rows = (of: Scope): Rows => {
    const [weight, sum, voice, voiceSum] = layerAt(views, of, 'own', slots)
    return { weight, sum, voice, voiceSum }
  }
  return {
    slots,
    domain: rows(home),
    peers: layerAt(views, home, 'peers', slots)[0],
    address: home === scope ? null : rows(scope),
    ceiling: people.ceiling,
    others: heardBeside(people, getHead(views, scope)),
  }
}

/** Scopes of which others hear a lesson, by the kind of which there are more, without this one. */
function heardBeside({ scopes }: People, { heard }: Head): number {
  const beside = (label: Label): number => scopes[label] - (heard[label] > 0 ? 1 : 0)
  return Math.max(0, beside('ham'), beside('spam'))
}

/** As fields of an event, with what its followers hear. */
export function heardAs(
  slots: Uint32Array,
  { peers, crowd, sums }: Hearing,
): { event: Heard; crowd: Sparse } {
  const of = (...columns: Float64Array[]): Sparse => dense({ slots, columns })
  const [near, far] = [of(peers), of(crowd, sums)]
  return {
    event: {
      ...(near.slots.length > 0 && { peers: encodeSparse(near) }),
      ...(far.slots.length > 0 && { crowd: encodeSparse(far) }),
    },
    crowd: far,
  }
}
