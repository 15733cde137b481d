// Verbs of the model as a whole: what it is, a copy of it, another one in its place.
import { Refused } from '../../errors.ts'
import { BITS, FEATURE_VERSION, Kernel } from '../../filter/kernel.ts'
import { standing, type Standing } from '../../filter/standing.ts'
import type { Login, Scope } from '../../mail.ts'
import { getModel, lessonsFor, NOBODY, type Lost } from '../../store/lessons.ts'
import { by, needAll, ownScope } from '../eyes.ts'
import { settingsFor } from '../settings.ts'
import { write, type Context } from '../context.ts'

/** First bytes of an export: one line of JSON, then the snapshot as filter/kernel.ts makes it. */
const HEAD = '{"lazaret":"model"'
const HEAD_MAX = 1000
/** What a model of another site is worth here (docs/classifier.md "Model"). */
const PRIOR = { weight: 0.5, sum: 0.1 }

export interface ModelInfo {
  featureVersion: number
  /** The model has 2^bits slots. */
  bits: number
  /** Messages that count as ham and as spam. */
  ham: number
  spam: number
  /** It began with a model of elsewhere. */
  prior: boolean
  /** Lessons by which mail of somebody is judged who has none of his own: of people, one a scope. */
  counted: { ham: number; spam: number }
  /** Scopes of people that others hear, by kind, and up to how much a voice counts. */
  people: { ham: number; spam: number; ceiling: number }
  /** What it holds by itself, with the threshold of this installation. */
  standing: Standing
  /** Lessons and other entries in the journal since the last snapshot. */
  since: number
  /** Octets of the last snapshot; 0 for none. */
  snapshot: number
  /** Messages that do not count any more since a version with other features came; null: none. */
  lost: Lost | null
}

export function modelInfo(ctx: Context): ModelInfo {
  const { views } = ctx.store
  const model = getModel(views)
  const { ham, spam, prior, upto, snapshot, lost = null, people = NOBODY } = model
  const counted = lessonsFor(model, null, null)
  let since = 0
  for (const { event } of ctx.store.followed(upto, 'model')) if (event.type === 'lesson') since++
  const bytes = snapshot ? views.blobs.inPlace(snapshot) : null
  return {
    featureVersion: FEATURE_VERSION,
    bits: BITS,
    ham,
    spam,
    prior,
    standing: standing(ctx.config.settings.spam, { ...counted, prior }),
    counted,
    people: { ...people.scopes, ceiling: people.ceiling },
    since,
    snapshot: bytes?.length ?? 0,
    lost,
  }
}

/** How far the model has come for the mail of a scope: by its lessons, its layers and its threshold. */
export interface ScopeStanding extends Standing {
  scope: Scope
}

export function standingFor(ctx: Context, login: Login, text: string): ScopeStanding {
  const scope = ownScope(ctx, login, text, 'lessons')
  ctx.follower.catchUp()
  const { lessons } = ctx.follower.model.layersOf(scope)
  return { scope, ...standing(settingsFor(ctx, ctx.store.views, scope).spam, lessons) }
}

export function exportModel(ctx: Context): Buffer {
  const { kernel } = ctx.follower.model
  const { ham, spam, prior } = getModel(ctx.store.views)
  const head = JSON.stringify({ lazaret: 'model', ham, spam, prior })
  // What everybody hears is a part of it: elsewhere nobody knows who said it.
  const whole = new Kernel({ layers: 1 })
  whole.load(kernel.snapshot())
  whole.hear(kernel.crowd, 1)
  whole.settle()
  return Buffer.concat([Buffer.from(`${head}\n`), whole.snapshot()])
}

/** Messages that count in a model, and whether it began with one of elsewhere. */
export interface ModelCounts {
  ham: number
  spam: number
  prior: boolean
}

/**
 * Puts another model in the place of this one; what was taught before is forgotten. `prior`: as an
 * opinion from elsewhere, that own lessons outweigh soon. Answers what counts then.
 */
export async function importModel(
  ctx: Context,
  login: Login,
  bytes: Uint8Array,
  { prior }: { prior: boolean },
): Promise<ModelCounts> {
  const model = parseModel(bytes)
  const kernel = new Kernel()
  try {
    kernel.load(model.snapshot)
  } catch (error) {
    throw new Refused('invalid', `This model cannot be used: ${(error as Error).message}.`)
  }
  const discounted = prior && !model.bare
  if (discounted) kernel.discount(PRIOR.weight, PRIOR.sum)
  const snapshot = discounted ? kernel.snapshot() : model.snapshot
  const { ham, spam } = model
  const counts = prior ? { ham: 0, spam: 0, prior } : { ham, spam, prior: model.prior }
  await replace(ctx, login, snapshot, counts)
  return counts
}

/**
 * A new data directory begins with the shipped model as a prior. Synchronous, because Haraka's register()
 * cannot wait.
 */
export function beginWithPrior(ctx: Context, snapshot: Uint8Array): void {
  ctx.store.writeSync({ actor: 'system' }, (tx) => {
    // Another process may have been first, or somebody has begun to use it.
    if (tx.seq > 1) return
    const blob = tx.blob(snapshot)
    tx.append({ type: 'snapshot', blob, ham: 0, spam: 0, prior: true, fresh: true })
  })
}

/** Forgets everything that was learned. */
export async function resetModel(ctx: Context, login: Login): Promise<void> {
  await replace(ctx, login, null, { ham: 0, spam: 0, prior: false })
}

async function replace(
  ctx: Context,
  login: Login,
  snapshot: Uint8Array | null,
  { ham, spam, prior }: ModelCounts,
): Promise<void> {
  needAll(login, 'replace the model')
  await write(ctx, by(login), (tx) => {
    const blob = snapshot ? tx.blob(snapshot) : ''
    tx.append({ type: 'snapshot', blob, ham, spam, prior, fresh: true })
  })
}

/** An export, or a bare snapshot, which is always a prior: it says nothing of lessons. */
export function parseModel(bytes: Uint8Array): {
  snapshot: Uint8Array
  ham: number
  spam: number
  prior: boolean
  bare: boolean
} {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_MAX))
  const end = head.indexOf('\n')
  if (!head.toString('latin1').startsWith(HEAD) || end < 0)
    return { snapshot: bytes, ham: 0, spam: 0, prior: true, bare: true }
  try {
    const { ham, spam, prior } = JSON.parse(head.toString('utf8', 0, end)) as Record<
      string,
      unknown
    >
    const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && Number(n) >= 0
    if (isCount(ham) && isCount(spam) && typeof prior === 'boolean')
      return { snapshot: bytes.subarray(end + 1), ham, spam, prior, bare: false }
  } catch {
    // Told below.
  }
  throw new Refused('invalid', 'This model cannot be used: its first line is damaged.')
}
