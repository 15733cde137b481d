// A released message that comes by again: it passes for the recipient it was released to, once it is through only.
import type { Item, ReleaseState } from '../../mail.ts'
import { find, type Header } from '../../mime/headers.ts'
import { getItem } from '../../store/items.ts'
import type { Context } from '../context.ts'
import { PASS_MARK_FIELD, passIn, passName } from './pass-mark.ts'

/** A use of a pass mark. */
export interface Passed {
  item: number
  /** This use took the mark: it is given back when the message is not taken after all. */
  spends: boolean
}

/**
 * The recipients for whom this message passes. While its release is under way it is our own queue that brings it, as
 * often as it has to; afterwards somebody else has the mark, and it is good for one use.
 */
export async function passing(
  ctx: Context,
  recipients: readonly string[],
  header: Header,
): Promise<Map<string, Passed>> {
  const passed = new Map<string, Passed>()
  if (find(header, PASS_MARK_FIELD) === null) return passed
  for (const recipient of recipients) {
    const pass = passIn(ctx, header, recipient)
    if (!pass) continue
    const name = passName(recipient)
    const spends = await ctx.store.beside.spendPass(pass.item, name, pass.until * 1000)
    const ours = isUnderWay(getItem(ctx.store.views, pass.item), name)
    if (spends || ours) passed.set(recipient, { item: pass.item, spends })
  }
  return passed
}

/** The message was not taken: its mark is as good as before. */
export async function givePassBack(ctx: Context, item: number, recipient: string): Promise<void> {
  await ctx.store.beside.givePassBack(item, passName(recipient))
}

const OPEN: ReadonlySet<ReleaseState> = new Set(['claimed', 'queued', 'deferred', 'sending'])

function isUnderWay(item: Item | null, name: string): boolean {
  if (!item?.release || !OPEN.has(item.release.state)) return false
  const final = (item.release.outcomes ?? []).filter(({ state }) => state !== 'sending')
  return (
    item.recipients.some((one) => passName(one) === name) &&
    !final.some(({ recipient }) => passName(recipient) === name)
  )
}
