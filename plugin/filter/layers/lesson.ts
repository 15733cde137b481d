// A lesson of a domain or an address: what it changes in the layer of its scope, and what others hear of it. Pure: bytes
// of layers and slots of messages in, changes out.
import { abroad, clip } from '../../layers/ceiling.ts'
import type { LayerChange } from '../../layers/change.ts'
import type { Features, Label } from '../kernel.ts'
import { SQUARE, stepOf, type Heard } from './step.ts'

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
  /** Of everybody's layer: weights with what is heard of all people in them, and sums of squared gradients (not in units). */
  everybody: { weight: Float64Array; sum: Float64Array }
  domain: Rows
  /** What is heard of the addresses of the domain. */
  peers: Float64Array
  /** Null: it is the domain that teaches. */
  address: Rows | null
  ceiling: number
}

/** Of what others hear: by slot of a ground, in weights. */
export interface Hearing {
  /** In their own domain; all zero where a domain teaches. */
  peers: Float64Array
  /** In other domains: everybody's layer. */
  crowd: Float64Array
}

/** The slots of a message, each once, ascending. */
export function slotsOf(features: Features): Uint32Array {
  return Uint32Array.from(new Set(features.flatMap((slots) => [...slots]))).sort()
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
  const { slots, everybody, domain, peers, address, ceiling } = ground
  const at = new Map(Array.from(slots, (slot, i) => [slot, i]))
  const mine = address ?? domain
  const [own, said] = [heard(slots.length), heard(slots.length)]
  for (let i = 0; i < slots.length; i++) {
    const voice = domain.voice[i]
    // What is heard at home takes the place of what is heard abroad, and nobody hears himself.
    const others = everybody.weight[i] - abroad(voice, peers[i], ceiling)
    const without = peers[i] - (address ? clip(address.voice[i], ceiling) : 0)
    own.weight[i] = others + without + domain.weight[i] + (address?.weight[i] ?? 0)
    own.sum[i] = everybody.sum[i] + (domain.sum[i] + (address?.sum[i] ?? 0)) * SQUARE
    said.weight[i] = others + abroad(address ? voice : 0, without, ceiling)
    said.sum[i] = everybody.sum[i] + mine.voiceSum[i] * SQUARE
  }
  const places = features.map((view) => Uint32Array.from(view, (slot) => at.get(slot) ?? 0))
  const by = ({ weight, sum }: Heard): Heard[] =>
    places.map((view) => {
      const of = (from: Float64Array): Float64Array => Float64Array.from(view, (i) => from[i])
      return { weight: of(weight), sum: of(sum) }
    })
  const step = stepOf(features, label, by(own))
  const voice = stepOf(features, label, by(said))
  const views = features.map((view, v) => ({
    slots: view,
    weights: step.moves[v],
    square: step.squares[v],
    voices: voice.moves[v],
    voiceSquare: voice.squares[v],
  }))
  return { change: { spam: label === 'spam', views }, z: voice.z }
}

/** What others hear more, when the voice of who teaches changes by `by` (a number a slot of the ground). */
export function hearing(ground: Omit<Ground, 'everybody'>, by: Float64Array): Hearing {
  const { slots, domain, peers, address, ceiling } = ground
  const heard: Hearing = {
    peers: new Float64Array(slots.length),
    crowd: new Float64Array(slots.length),
  }
  for (let i = 0; i < slots.length; i++) {
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
