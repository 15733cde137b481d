// What the links of a digest do. Whoever has one is nobody's login: it shows one message, and does one thing with it, once.
import { createHash } from 'node:crypto'
import { canonicalAddress } from '../../address.ts'
import { Refused } from '../../errors.ts'
import type { Item, Login, Scope } from '../../mail.ts'
import { getAccount } from '../../store/events/index.ts'
import { getItem } from '../../store/items.ts'
import { MINUTE, SECOND } from '../../time.ts'
import type { Context } from '../context.ts'
import { press } from '../drop/by-id.ts'
import { mayBegin } from '../drop/drop.ts'
import { summaryOf } from '../folders/contents.ts'
import { changeList } from '../lists/lists.ts'
import { knownSettings } from '../known.ts'
import { setSetting } from '../settings.ts'
import { rowOf, type DigestRow } from './content.ts'
import { actsOf } from './make.ts'
import { digestTexts, writtenIn } from './texts.ts'
import { ACTS, readToken, type Act, type LinkToken } from './token.ts'
import { zoneOf } from './when.ts'
import type { DigestTexts } from './words.ts'

/** How a message stands: a key of PageTexts.state. */
export type Standing = keyof DigestTexts['pages']['state']

/** In what words the page speaks. */
export interface Spoken {
  texts: DigestTexts
  language: string
  zone: string
}

/** A use of a link. */
export interface Use {
  act: Act
  /** Unix time in ms. */
  at: number
}

export interface ItemLink extends Spoken {
  kind: 'item'
  /** Null: it is gone. */
  row: DigestRow | null
  standing: Standing
  /** What can be done now, in the order of its buttons. */
  acts: Act[]
  /** What it was used for. */
  uses: Use[]
}

export interface StopLink extends Spoken {
  kind: 'stop'
  scope: Scope
  /** Digests go there. */
  on: boolean
}

/** `wrong`: nobody here has signed it; `over`: it is too old; `disabled`: whose it is is shut out. */
export type Link = ItemLink | StopLink | ({ kind: 'wrong' | 'over' | 'disabled' } & Spoken)

/** `used`: it was used for that before; `underway`: it is being used at this moment. */
export type Acted =
  | { kind: 'done'; act: Act }
  | { kind: 'used' }
  | { kind: 'underway' }
  | { kind: 'not-allowed' }
  | { kind: 'refused'; reason: string }
  /** As `look` says. */
  | { kind: 'none' }

interface Spent extends Use {
  done: boolean
}

/** A use whose process died is forgotten after so long. */
const UNDERWAY = MINUTE
/** A link does one thing with its message, and one with its sender. */
const GROUPS: Record<Act, 'mail' | 'list'> = {
  release: 'mail',
  releaseAndTrain: 'mail',
  allow: 'list',
  block: 'list',
}
const ACT_NAMES = Object.keys(ACTS) as Act[]

export class DigestLinks {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** What a link is of: changes nothing. `language`: for who cannot be known. */
  look(text: string, language = 'en'): Link {
    const token = readToken(this.#ctx, text)
    if (!token) return { kind: 'wrong', ...spoken(language, 'auto') }
    const { language: own, time_zone, digest } = knownSettings(this.#ctx, token.scope)
    const words = spoken(own, time_zone)
    if (token.until * SECOND <= Date.now()) return { kind: 'over', ...words }
    if (getAccount(this.#ctx.store.views, token.scope)?.disabled)
      return { kind: 'disabled', ...words }
    if (token.kind === 'stop')
      return { kind: 'stop', scope: token.scope, on: digest !== 'off', ...words }
    return { kind: 'item', ...words, ...this.#item(text, token, words.texts) }
  }

  /** Uses a link. `network`: where its bearer is. */
  async act(text: string, act: Act, network: string): Promise<Acted> {
    const token = this.#good(text, 'item')
    if (!token) return { kind: 'none' }
    if ((this.#mayDo(token) & ACTS[act]) === 0) return { kind: 'not-allowed' }
    const item = this.#itemOf(token)
    if (!item) return { kind: 'none' }
    const key = keyOf(text, act)
    const spent = await this.#spend(key, token, act)
    if (spent) return { kind: spent.done ? 'used' : 'underway' }
    try {
      await this.#do(item, act, loginOf(token.scope, network))
    } catch (error) {
      await this.#ctx.store.beside.kept.remove([key])
      if (error instanceof Refused) return { kind: 'refused', reason: error.message }
      throw error
    }
    await this.#ctx.store.beside.kept.change<Spent>(
      key,
      (old) => old && { value: { ...old.value, done: true }, until: token.until * SECOND },
    )
    return { kind: 'done', act }
  }

  /** No more digests for whom the link is of; false: `look` says why not. */
  async stop(text: string, network: string): Promise<boolean> {
    const token = this.#good(text, 'stop')
    if (!token) return false
    const { scope } = token
    if (knownSettings(this.#ctx, scope).digest !== 'off')
      await setSetting(this.#ctx, loginOf(scope, network), scope, 'digest', 'off')
    return true
  }

  #good(text: string, kind: LinkToken['kind']): LinkToken | null {
    const found = this.look(text).kind
    return found === kind ? readToken(this.#ctx, text) : null
  }

  #itemOf({ item, scope }: LinkToken): Item | null {
    const found = getItem(this.#ctx.store.views, item)
    return found?.scope === scope ? found : null
  }

  #mayDo(token: LinkToken): number {
    return token.acts & actsOf(knownSettings(this.#ctx, token.scope))
  }

  #item(
    text: string,
    token: LinkToken,
    texts: DigestTexts,
  ): Pick<ItemLink, 'row' | 'standing' | 'acts' | 'uses'> {
    const item = this.#itemOf(token)
    const { kept } = this.#ctx.store.beside
    const uses = (['release', 'allow'] as const).flatMap((one) => {
      const spent = kept.get<Spent>(keyOf(text, one))?.value
      return spent ? [{ act: spent.act, at: spent.at }] : []
    })
    const standing = standingOf(item)
    const may = this.#mayDo(token)
    const used = new Set(uses.map(({ act }) => GROUPS[act]))
    const acts = ACT_NAMES.filter(
      (act) =>
        item !== null &&
        (may & ACTS[act]) !== 0 &&
        !used.has(GROUPS[act]) &&
        (GROUPS[act] === 'list'
          ? item.direction === 'in' && maskOf(this.#ctx, item) !== null
          : standing === 'caught'),
    )
    return { row: item && rowOf(this.#ctx, item.id, texts), standing, acts, uses }
  }

  /** Null: it is this one's now. Of several that ask at once, in any process, one gets it. */
  async #spend(key: string[], { until }: LinkToken, act: Act): Promise<Spent | null> {
    const now = Date.now()
    let found = null as Spent | null
    await this.#ctx.store.beside.kept.change<Spent>(key, (old) => {
      found = old?.value ?? null
      const span = Math.min(now + UNDERWAY, until * SECOND)
      return old ?? { value: { act, at: now, done: false }, until: span }
    })
    return found
  }

  async #do(item: Item, act: Act, login: Login): Promise<void> {
    if (act === 'release' || act === 'releaseAndTrain') {
      // A link is of what lies where it was caught; what somebody did with it meanwhile stands.
      if (standingOf(item) !== 'caught')
        throw new Refused('conflict', 'Somebody has done something with it meanwhile.')
      await press(this.#ctx, login, item.id, act)
      return
    }
    const mask = maskOf(this.#ctx, item)
    if (mask === null) throw new Refused('invalid', 'This address cannot be put on a list.')
    await changeList(this.#ctx, login, login.scope, act, { add: [mask] })
  }
}

function spoken(tag: string, zone: string): Spoken {
  return { texts: digestTexts(tag), language: writtenIn(tag), zone: zoneOf(zone) }
}

/** Good for this one act: a link is no session. */
const loginOf = (scope: Scope, network: string): Login => ({
  account: scope,
  tier: 'address',
  scope,
  via: `digest ${network}`,
})

/** The author's address; null: as a mask it would be another, or none. */
function maskOf(ctx: Context, { id, sender }: Item): string | null {
  const address = summaryOf(ctx, id)?.address || sender
  const form = canonicalAddress(address)
  return form === null || form.includes('*') || /\s/.test(form) || form.split('@').length !== 2
    ? null
    : form
}

function standingOf(item: Item | null): Standing {
  if (!item) return 'gone'
  const state = item.release?.state
  if (state === 'delivered') return 'delivered'
  if (item.deleted) return 'deleted'
  if (state === 'failed') return 'failed'
  if (state && !mayBegin(state)) return 'wanted'
  return item.places.some(([, folder]) => folder === item.home) ? 'caught' : 'moved'
}

/** Not the link itself: whoever reads the database cannot use it. */
const keyOf = (text: string, act: Act): string[] => [
  'link',
  createHash('sha256').update(text).digest('hex'),
  GROUPS[act],
]
