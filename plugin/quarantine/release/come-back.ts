// A release that failed: its message comes back to where it was caught, and a notice says what happened.
import { unlessDamaged } from '../../errors.ts'
import { FLAG, type Item } from '../../mail.ts'
import { find, parseHeaderAlone } from '../../mime/headers.ts'
import { decodeWords } from '../../mime/words.ts'
import { getItem, stageOf } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { rawIn, summaryOf } from '../folders/contents.ts'
import { flagsOf } from '../folders/flags.ts'
import { ACTION_FOLDERS, homeOf, type FolderId } from '../folders/folders.ts'
import { withoutEnd, withOutcome } from '../folders/outcome-keywords.ts'
import { deliverNotice } from '../notices/deliver.ts'
import type { Failure } from '../notices/letters.ts'
import { textsIn } from '../notices/texts.ts'
import { settingsFor } from '../settings.ts'

/** A release that failed for good returns to where it was caught, wherever it lies now, and INBOX says why. */
export function comeBack(ctx: Context, tx: Tx, id: number, bounced: boolean): void {
  const item = getItem(tx.views, id)
  if (!item) return
  const raw = unlessDamaged(() => rawIn(tx.views, item))
  // Its sender is told by the bounce, as of any mail that our people send.
  if (bounced && stageOf(item) === 'sent' && item.direction === 'out') return
  const home = homeOf('held', item.direction)
  const places = item.places.flatMap((key) => getPlace(tx.views, key) ?? [])
  const acted = places.find(({ folder }) => ACTION_FOLDERS.includes(folder as FolderId))
  const old = acted ? flagsOf(tx, acted) : { system: 0, keywords: withOutcome([], 'failed') }
  // Unread and flagged: somebody has to look at it.
  const flags = {
    system: (old.system & ~FLAG.seen & ~FLAG.deleted) | FLAG.flagged,
    keywords: withoutEnd(old.keywords),
  }
  const { scope } = item
  if (acted)
    tx.append({ type: 'move', uid: acted.uid, scope, from: acted.folder, folder: home, flags })
  // Tidied away meanwhile, or a copy that lay in no folder.
  else if (!places.some(({ folder }) => folder === home))
    tx.append({ type: 'copy', item: id, scope, folder: home, flags })
  const { language } = settingsFor(ctx, tx.views, scope)
  deliverNotice(tx, scope, textsIn(language).failure(failureOf(ctx, item, raw)))
}

/** `raw`: null where the message is damaged. */
function failureOf(ctx: Context, item: Item, raw: Buffer | null): Failure {
  const header = raw && parseHeaderAlone(raw)
  const field = (name: string): string =>
    plainLine(decodeWords((header && find(header, name)) ?? ''))
  const { outcomes = [], reply = '' } = item.release ?? {}
  return {
    subject: raw ? field('subject') : subjectOf(ctx, item.id),
    date: field('date') || new Date(item.at).toUTCString(),
    sender: item.sender,
    recipients: item.recipients,
    released: stageOf(item) !== 'sent',
    reply,
    got: outcomes.filter(({ state }) => state === 'delivered').map(({ recipient }) => recipient),
    folder: homeName(ctx, item),
    damaged: raw === null,
  }
}

/** Of a message that is damaged: what was noted when it came. */
function subjectOf(ctx: Context, item: number): string {
  return plainLine(summaryOf(ctx, item)?.subject ?? '')
}

/** What others wrote, as one line of text. */
function plainLine(value: string): string {
  return value
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200)
}

function homeName(ctx: Context, item: Item): string {
  return item.direction === 'out' ? ctx.config.folders.outgoing : ctx.config.folders.caught
}
