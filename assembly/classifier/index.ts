// The classifier: bytes of a message in, numbers out. plugin/filter/kernel.ts is its only caller; the
// addresses it hands out stay the same for the life of the instance.
import * as arena from './arena'
import { prepareBase64 } from './decode'
import { prepareDropped } from './dropped'
import { forget } from './features'
import { findings } from './field'
import { setCrowded } from './heard'
import { message } from './mime'
import * as model from './model'
import { setTracing, traced } from './trace'

/** Takes the memory for a model of 2^bits slots and for layers (octets; 0: none); once, before all else. */
export function init(bits: i32, layers: i32): void {
  arena.reserve(bits, layers)
  prepareBase64()
  prepareDropped()
}

/** Where the first INPUT_MAX bytes of a message go; also where lesson() writes and apply() reads. */
export function inputAt(): usize {
  return arena.input
}

export function inputMax(): i32 {
  return arena.INPUT_MAX
}

/** Where findings of others go, at most SIGNALS_MAX bytes, one a line. */
export function signalsAt(): usize {
  return arena.signals
}

export function signalsMax(): i32 {
  return arena.SIGNALS_MAX
}

/** f64 z, p, m of three views, then i32 n of three views. */
export function resultAt(): usize {
  return arena.result
}

/** VIEW_MAX u32 slots for each view, in order of appearance. */
export function featuresAt(): usize {
  return arena.features
}

export function viewMax(): i32 {
  return arena.VIEW_MAX
}

/** The slots: i16 weight, u16 bfloat16 sum. */
export function modelAt(): usize {
  return arena.model
}

/** An i32 a slot: what people add to the weights, once crowded() says so. */
export function crowdAt(): usize {
  return arena.crowd
}

/** An i16 a slot: weights with what people add; whoever changes one of both from outside does so here too. */
export function heardAt(): usize {
  return arena.heard
}

/** Whether there is anybody to hear; adds up anew what all slots have. */
export function crowded(is: bool): void {
  setCrowded(is)
}

/** Room for layers. */
export function layersAt(): usize {
  return arena.layers
}

export function traceAt(): usize {
  return arena.trace
}

/** Features and score of the message in the input, for a recipient with these layers (0: none). */
export function scoreFor(size: i32, signals: i32, domain: usize, address: usize): void {
  forget()
  message(arena.input, arena.input + size)
  findings(arena.signals, arena.signals + signals)
  model.judge(domain, address)
}

/** The same by everybody's layer alone. */
export function score(size: i32, signals: i32): void {
  scoreFor(size, signals, 0, 0)
}

/** Scores the features at hand again, for a recipient with these layers (0: none). */
export function judge(domain: usize, address: usize): void {
  model.judge(domain, address)
}

/** score(), then trains the model with it; the result is the one before. */
export function learn(size: i32, signals: i32, spam: i32): void {
  score(size, signals)
  model.train(spam)
}

/** score(), then writes the change that learning would make to the input's place; returns its bytes. */
export function lesson(size: i32, signals: i32, spam: i32): i32 {
  score(size, signals)
  return model.encode(spam, arena.input)
}

/** lesson() of a message that was read before: its features stand at featuresAt(), so many of each view. */
export function lessonOf(a: i32, b: i32, c: i32, spam: i32): i32 {
  store<i32>(arena.counts, a)
  store<i32>(arena.counts, b, 4)
  store<i32>(arena.counts, c, 8)
  model.judge()
  return model.encode(spam, arena.input)
}

/** Number of entries of the newest lesson. */
export function entries(): i32 {
  return model.written
}

/**
 * Checks the `count` entries of a lesson in the first `size` bytes of the input, then folds them into the
 * model, forward (1) or back (-1). False, with nothing done, when they are malformed.
 */
export function apply(size: i32, count: i32, direction: i32): bool {
  const end = arena.input + size
  if (!model.fold(arena.input, end, count, 0)) return false
  return model.fold(arena.input, end, count, direction)
}

/** score(), recording the text behind every feature; returns the bytes recorded. */
export function explain(size: i32, signals: i32): i32 {
  setTracing(true)
  score(size, signals)
  const bytes = traced()
  setTracing(false)
  return bytes
}

export function discount(weight: f64, sum: f64): void {
  model.discount(weight, sum)
}

/** Sets slots to the columns in the input. */
export function weave(first: i32, count: i32): void {
  model.weave(first, count)
}
