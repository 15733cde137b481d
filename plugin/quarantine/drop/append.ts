// The verb of APPEND. Clients that move by downloading and uploading again (docs/clients.md: mbsync,
// offlineimap) bring back altered bytes: the item is recognised, and the original is what counts.
import { Refused } from '../../errors.ts'
import { identity } from '../../mime/identity.ts'
import { parseStructure, type Part } from '../../mime/structure.ts'
import type { FlagSet, Item, Login } from '../../mail.ts'
import { blobName } from '../../store/blobs.ts'
import { findIdentity } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import { DAY } from '../../time.ts'
import { write, type Context } from '../context.ts'
import { appendEntry, enter, want } from './drop.ts'
import { seenBy } from '../eyes.ts'
import type { Folder } from '../folders/folders.ts'
import { checkKeywords } from '../folders/flags.ts'
import { meaning, meaningFor } from './meaning.ts'
import { settingsFor } from '../settings.ts'
import { keptSummary } from '../folders/summary.ts'
import { FLAG } from '../../mail.ts'

export interface Appended {
  raw: Buffer
  flags: FlagSet
  /** INTERNALDATE in Unix ms; now when the client gave none. */
  date: number | null
  /** Minutes east of UTC in which `date` was told. */
  zone?: number
}

/** A message as it was read before the transaction: its parts, and what it is recognised by. */
interface Known {
  root: Part
  key: string
}

/** Appends all or none (RFC 3502 §2). Answers the UIDs in order. */
export async function append(
  ctx: Context,
  login: Login,
  to: Folder,
  messages: readonly Appended[],
): Promise<number[]> {
  // Checked before the costly part: refused whatever the message is.
  const means = meaning(null, to.id)
  if (means.does === 'refuse') throw new Refused('impossible', means.why)
  for (const { flags } of messages) checkKeywords(flags.keywords)
  const known = messages.map(({ raw }) => {
    const root = parseStructure(raw)
    return { root, key: identityKey(root) }
  })
  return await write(ctx, { actor: login.account }, (tx) =>
    messages.map((message, i) => {
      if (to.ordinary) return deposit(tx, login, to, message, known[i], 0)
      const item = recognise(tx, login, to, known[i].key)
      if (item) return enter(ctx, tx, item, to.id, message.flags, meaningFor(item, null, to.id))
      return report(ctx, tx, login, to, message, known[i])
    }),
  )
}

/** Message-ID and decoded body in one word: what survives a client's copy. */
export function identityKey(root: Part): string {
  const { messageId, body } = identity(root)
  return blobName(Buffer.concat([Buffer.from(`${messageId ?? ''}\n`), body])).slice(0, 40)
}

/** The item that was downloaded and is uploaded now: rather one that has just lost its place. */
function recognise(tx: Tx, login: Login, to: Folder, key: string): Item | null {
  const rank = (item: Item): number => {
    const places = item.places.map((key) => getPlace(tx.views, key))
    if (places.length === 0) return 3
    if (places.some((place) => place && place.flags & FLAG.deleted)) return 2
    return places.some((place) => place?.folder === to.id) ? 0 : 1
  }
  const found = findIdentity(tx.views, key).filter(
    (item) => item.kind !== 'notice' && item.kind !== 'plain' && seenBy(login, item) !== null,
  )
  let best: { item: Item; rank: number } | null = null
  for (const item of found) {
    const candidate = { item, rank: rank(item) }
    if (!best || candidate.rank > best.rank) best = candidate
  }
  return best?.item ?? null
}

/** A message from elsewhere, shown to us as spam or as ham. */
function report(
  ctx: Context,
  tx: Tx,
  login: Login,
  to: Folder,
  message: Appended,
  known: Known,
): number {
  if (to.id !== 'spam' && to.id !== 'not-spam') {
    const sentence =
      to.id === 'release' || to.id === 'release-train'
        ? 'Only messages that were caught here can be released, and this one is not known here.'
        : 'Only messages that were caught here can be put back, and this one is not known here.'
    throw new Refused('impossible', sentence)
  }
  const { retention_days } = settingsFor(ctx, tx.views, login.scope)
  const due = tx.at + retention_days * DAY
  const uid = deposit(tx, login, to, message, known, due)
  want(ctx, tx, uid, to.id === 'spam' ? 'spam' : 'ham', false)
  return uid
}

function deposit(
  tx: Tx,
  login: Login,
  to: Folder,
  { raw, flags, date, zone }: Appended,
  { root, key }: Known,
  due: number,
): number {
  return appendEntry(tx, {
    type: 'deposit',
    folder: to.id,
    flags,
    item: {
      kind: to.ordinary ? 'plain' : 'report',
      blob: tx.blob(raw, (item) => keptSummary(root, item)),
      size: raw.length,
      at: date ?? tx.at,
      ...(zone !== undefined && { zone }),
      direction: 'in',
      sender: '',
      recipients: [],
      scope: login.scope,
      home: to.id,
      route: null,
      verdict: null,
      signals: [],
      edit: null,
      identity: key,
      due,
    },
  })
}
