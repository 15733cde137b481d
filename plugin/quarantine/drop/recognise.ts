// Which item is it that a client brings back? A message that is dropped by downloading and uploading it again stands for
// the one item of its login's scope that reads as it does: the same content (mime/identity.ts), the same authors,
// addressees, subject and types (mime/reading.ts), the same recipient. Whoever sends mail can make one message of the
// content of another; nobody shall release the one by putting the other into a folder.
import { Refused, unlessDamaged } from '../../errors.ts'
import { FLAG, type Item, type Login } from '../../mail.ts'
import { findAll, parseHeader } from '../../mime/headers.ts'
import { identitySteps } from '../../mime/identity.ts'
import { headReading, partsReading } from '../../mime/reading.ts'
import { shownHeader } from '../../mime/separator.ts'
import { parseStructure, type Part } from '../../mime/structure.ts'
import { blobInPlace, blobName } from '../../store/blobs.ts'
import type { Views } from '../../store/env.ts'
import { findIdentity, getItem, identityIds, stageOf } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import { inTurns, type Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { seenBy } from '../eyes.ts'
import type { Folder } from '../folders/folders.ts'
import { envelopeTo } from '../folders/front.ts'
import { readSummary } from '../folders/summary.ts'

/** Ids read at once. */
const PIECE = 500

/** A message as it was read and looked for before the transaction. */
export interface Known {
  root: Part
  /** What it is looked for by. */
  key: string
  head: string
  parts: string
  /** Values of its X-Envelope-To fields. */
  to: string[]
  /** Up to this seq it was looked for among the items, and these are what was found. */
  upto: number
  found: Found[]
  /** What was compared: null, or how many X-Envelope-To fields a message of the same reading came with. */
  compared: Map<string, number | null>
}

interface Found {
  id: number
  /** The recipient that our own field names, where the message still carries it. */
  to: string | null
}

/** Message-ID and decoded body in one word: what survives a client's copy. A large message gives way to others. */
export async function identityKey(root: Part, turn: Turn): Promise<string> {
  const { messageId, body } = await inTurns(identitySteps(root), turn)
  return blobName(Buffer.concat([Buffer.from(`${messageId ?? ''}\n`), body])).slice(0, 40)
}

/** Reads a message and looks for its likes, giving way to others: of one mail there may be thousands. */
export async function lookUp(
  ctx: Context,
  login: Login,
  folder: Folder,
  root: Part,
  turn: Turn,
): Promise<Known> {
  const { store } = ctx
  const known: Known = {
    root,
    key: await identityKey(root, turn),
    head: headReading(root.header),
    parts: partsReading(root),
    to: findAll(root.header, ENVELOPE_TO),
    upto: store.seq,
    found: [],
    compared: new Map(),
  }
  // Of the test switch: there is nothing to be recognised.
  if (folder.ordinary) return known
  for (let below = known.upto + 1; ;) {
    const ids = identityIds(store.views, known.key, { below, limit: PIECE })
    for (const id of ids) {
      const bytes = store.beside.summaryInPlace(id)
      const summary = bytes && readSummary(id, bytes)
      // Much cheaper than the item, and most are of others.
      if (summary && !seenBy(login, summary)) continue
      const item = seenBy(login, getItem(store.views, id))
      const found = item && compare(store.views, known, item)
      if (found) known.found.push(found)
      if (turn.over) await turn.rest()
    }
    if (ids.length < PIECE) return known
    below = ids[ids.length - 1]
  }
}

const ENVELOPE_TO = 'x-envelope-to'

/** Null: the message does not read like that of the item, or the item is nothing that could be meant. */
function compare(views: Views, known: Known, item: Item): Found | null {
  const { id, kind, blob } = item
  if (kind === 'notice' || kind === 'plain' || stageOf(item) === 'sent') return null
  let fields = known.compared.get(blob)
  if (fields === undefined) {
    // What is damaged is no longer what anybody was shown.
    const raw = unlessDamaged(() => blobInPlace(views, blob))
    fields = raw && compareRaw(known, raw)
    known.compared.set(blob, fields)
  }
  if (fields === null) return null
  // Ours stands in front of those of the original, if the client brings it back.
  return { id, to: known.to.length === fields + 1 ? squeezed(known.to[0]) : null }
}

/** However it was folded. */
const squeezed = (value: string): string => value.replace(/\s+/g, ' ')

function compareRaw({ head, parts }: Known, raw: Buffer): number | null {
  const header = shownHeader(parseHeader(raw))
  if (headReading(header) !== head || partsReading(parseStructure(raw)) !== parts) return null
  return findAll(header, ENVELOPE_TO).length
}

/**
 * The item that was downloaded and is uploaded now; null: there is none. Of one that came several times, that which has
 * just lost its place.
 * @throws Refused where a message could be that of several recipients and the folder would act on one of them.
 */
export function recognise(tx: Tx, login: Login, folder: Folder, known: Known): Item | null {
  const late = findIdentity(tx.views, known.key, login.scope, known.upto)
  const found = [...late.flatMap((item) => compare(tx.views, known, item) ?? []), ...known.found]
  const fitting = found.flatMap(({ id, to }) => {
    const item = seenBy(login, getItem(tx.views, id))
    return item && (to === null || to === envelopeTo(item).join(', ')) ? [item] : []
  })
  if (fitting.length === 0) return null
  if (new Set(fitting.map(target)).size > 1) {
    // What it says of its sort is true of each of them.
    if (folder.id === 'spam' || folder.id === 'not-spam') return null
    throw new Refused(
      'conflict',
      'Several messages here read like this one, so it cannot be told which is meant: move it from the folder of this account in which it was caught.',
    )
  }
  return fitting.reduce((best, item) =>
    rank(tx, item, folder) > rank(tx, best, folder) ? item : best,
  )
}

/** What is the same of items that only differ in when they came. */
const target = ({ kind, direction, scope, recipients, blob }: Item): string =>
  [kind, direction, scope, blob, ...recipients].join('\n')

function rank(tx: Tx, item: Item, folder: Folder): number {
  const places = item.places.map((key) => getPlace(tx.views, key))
  if (places.length === 0) return 3
  if (places.some((place) => place && place.flags & FLAG.deleted)) return 2
  return places.some((place) => place?.folder === folder.id) ? 0 : 1
}
