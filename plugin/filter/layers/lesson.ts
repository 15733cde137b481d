// A lesson of a domain or an address: what it changes in the layer of its scope, and what others hear of it. Pure: bytes
// of layers and slots of messages in, changes out.
import { abroad, clip, HEARD_SQUARE, heardSum, ownShare, said } from '../../layers/ceiling.ts'
import type { LayerChange, ViewChange } from '../../layers/change.ts'
import type { Features, Label } from '../kernel.ts'
import { SQUARE, stepOf, type Heard, type Step } from './step.ts'

/** What a layer has for the slots of a message; as COLUMNS of layers/change.ts. */
export interface Rows {
  weight: Float64Array
  sum: Float64Array
  voice: Float64Array
  voiceSum: Float64Array
}

/** What is known of the slots of a message (`slots`, ascending, each once). */
export interface Ground {
  slots: Uint32Array
  /**
   * Of everybody's layer: weights with what is heard of all people in them, its own sums of squared gradients (not in units), and
   * what is heard of people's (in units of HEARD_SQUARE).
   */
  everybody: { weight: Float64Array; sum: Float64Array; heard: Float64Array }
  domain: Rows
  /** What is heard of the addresses of the domain. */
  peers: Float64Array
  /** Null: it is the domain that teaches. */
  address: Rows | null
  ceiling: number
  /** Scopes of which others hear a lesson, without the one that teaches. */
  others: number
}

/** Of what others hear: by slot of a ground, in weights. */
export interface Hearing {
  /** In their own domain; all zero where a domain teaches. */
  peers: Float64Array
  /** In other domains: everybody's layer. */
  crowd: Float64Array
  /** Sums of squared gradients, everywhere, in units of HEARD_SQUARE. */
  sums: Float64Array
}

/** The slots of a message, each once, ascending. */
export function slotsOf(features: Features): Uint32Array {
  const all = new Uint32Array(features.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const view of features) {
    all.set(view, end)
    end += view.length
  }
  all.sort()
  let n = 0
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[n++] = all[i]
  return all.slice(0, n)
}

/** Where the slots of each view stand among `slots` (slotsOf() of the same features). */
export function placesOf(slots: Uint32Array, features: Features): Uint32Array[] {
  return features.map((view) => {
    const places = new Uint32Array(view.length)
    for (let k = 0; k < view.length; k++) {
      const wanted = view[k]
      let low = 0
      for (let high = slots.length; low < high;) {
        const middle = (low + high) >>> 1
        if (slots[middle] < wanted) low = middle + 1
        else high = middle
      }
      places[k] = low
    }
    return places
  })
}

export function noRows(n: number): Rows {
  const row = (): Float64Array => new Float64Array(n)
  return { weight: row(), sum: row(), voice: row(), voiceSum: row() }
}

/** What everybody else's lessons say of the message, as a logit, and what learning it changes. */
export interface LayerLesson {
  change: Omit<LayerChange, 'version' | 'bits'>
  /** Before the lesson, of what is heard without the voice of who teaches. */
  z: number
}

export function layerLesson(features: Features, label: Label, ground: Ground): LayerLesson {
  const { slots, address, domain } = ground
  const places = placesOf(slots, features)
  const step = stepAt(
    features,
    label,
    places,
    ownHeard(ground),
    ownShare(ground.others, ground.ceiling),
  )
  const voice = stepAt(features, label, places, loudHeard(ground))
  const voices = strongest(places, voice.moves, (address ?? domain).voice)
  const views = features.map((view, v) => ({
    slots: view,
    weights: step.moves[v],
    square: step.squares[v],
    voices: voices[v],
    voiceSquare: voice.squares[v],
  }))
  return { change: { spam: label === 'spam', views }, z: voice.z }
}

/** A lesson that counts in the layer of its scope alone, and the logit of its message there before it. */
export function ownLesson(
  features: Features,
  label: Label,
  ground: Ground,
): { views: ViewChange[]; z: number } {
  const places = placesOf(ground.slots, features)
  const share = ownShare(ground.others, ground.ceiling)
  const { moves, squares, z } = stepAt(features, label, places, ownHeard(ground), share)
  const views = features.map((view, v) => ({
    slots: view,
    weights: moves[v],
    square: squares[v],
    voices: new Int32Array(view.length),
    voiceSquare: 0,
  }))
  return { views, z }
}

/** Of what is heard at home, with one's own layer in the place of one's own voice. */
function ownHeard({ slots, everybody, domain, peers, address, ceiling }: Ground): Heard {
  const mine = address ?? domain
  const own = heard(slots.length)
  for (let i = 0; i < slots.length; i++) {
    // What is heard at home takes the place of what is heard abroad, and nobody hears himself.
    const others = everybody.weight[i] - abroad(domain.voice[i], peers[i], ceiling)
    const without = peers[i] - (address ? clip(address.voice[i], ceiling) : 0)
    own.weight[i] = others + without + domain.weight[i] + (address?.weight[i] ?? 0)
    // The step of a lesson goes by all that was learned of a slot, whoever taught it: that of one's own by what it is at home.
    const learned = everybody.heard[i] - heardSum(mine.voiceSum[i])
    const near = learned - (address ? heardSum(domain.voiceSum[i]) : 0)
    own.sum[i] =
      everybody.sum[i] + near * HEARD_SQUARE + (domain.sum[i] + (address?.sum[i] ?? 0)) * SQUARE
  }
  return own
}

/** Of what strangers hear, without one's own voice. */
function loudHeard({ slots, everybody, domain, peers, address, ceiling }: Ground): Heard {
  const mine = address ?? domain
  const loud = heard(slots.length)
  for (let i = 0; i < slots.length; i++) {
    const voice = domain.voice[i]
    const others = everybody.weight[i] - abroad(voice, peers[i], ceiling)
    const without = peers[i] - (address ? clip(address.voice[i], ceiling) : 0)
    loud.weight[i] = others + abroad(address ? voice : 0, without, ceiling)
    const learned = everybody.heard[i] - heardSum(mine.voiceSum[i])
    loud.sum[i] = everybody.sum[i] + learned * HEARD_SQUARE + mine.voiceSum[i] * SQUARE
  }
  return loud
}

function stepAt(
  features: Features,
  label: Label,
  places: readonly Uint32Array[],
  { weight, sum }: Heard,
  share = 1,
): Step {
  const by = places.map((view) => ({ weight: picked(weight, view), sum: picked(sum, view) }))
  return stepOf(features, label, by, share)
}

/** The values at these places. */
export function picked(values: Float64Array, places: Uint32Array): Float64Array {
  const of = new Float64Array(places.length)
  for (let i = 0; i < places.length; i++) of[i] = values[places[i]]
  return of
}

/** Moves of a voice by slots of each view, so that it says the strongest of what was said: a slot of several views counts once. */
function strongest(
  places: readonly Uint32Array[],
  moves: readonly Int32Array[],
  voice: Float64Array,
): Int32Array[] {
  const all = new Float64Array(voice.length)
  for (const [v, view] of places.entries())
    for (let k = 0; k < view.length; k++) all[view[k]] += moves[v][k]
  for (let i = 0; i < all.length; i++) all[i] = said(voice[i], all[i]) - voice[i]
  return places.map((view) => {
    const of = new Int32Array(view.length)
    for (let k = 0; k < view.length; k++) {
      of[k] = all[view[k]]
      all[view[k]] = 0
    }
    return of
  })
}

/** What others hear more, when the voice of who teaches changes by `by`, and its sum by `square` (a number a slot of the ground). */
export function hearing(
  ground: Omit<Ground, 'everybody'>,
  by: Float64Array,
  square: Float64Array,
): Hearing {
  const { slots, domain, peers, address, ceiling } = ground
  const { voiceSum } = address ?? domain
  const heard: Hearing = {
    peers: new Float64Array(slots.length),
    crowd: new Float64Array(slots.length),
    sums: new Float64Array(slots.length),
  }
  for (let i = 0; i < slots.length; i++) {
    heard.sums[i] = heardSum(voiceSum[i] + square[i]) - heardSum(voiceSum[i])
    const voice = domain.voice[i]
    const before = abroad(voice, peers[i], ceiling)
    if (address) {
      heard.peers[i] = clip(address.voice[i] + by[i], ceiling) - clip(address.voice[i], ceiling)
      heard.crowd[i] = abroad(voice, peers[i] + heard.peers[i], ceiling) - before
    } else heard.crowd[i] = abroad(voice + by[i], peers[i], ceiling) - before
  }
  return heard
}

function heard(n: number): Heard {
  return { weight: new Float64Array(n), sum: new Float64Array(n) }
}
