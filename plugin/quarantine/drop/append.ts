// The verb of APPEND. Clients that move by downloading and uploading again (docs/clients.md: mbsync,
// offlineimap) bring back altered bytes: the item is recognised, and the original is what counts.
import { Refused } from '../../errors.ts'
import { emptyLineSteps } from '../../mime/headers.ts'
import { parseStructure } from '../../mime/structure.ts'
import type { FlagSet, Login } from '../../mail.ts'
import type { Published, Tx } from '../../store/store.ts'
import { inTurns, turnOf } from '../../turns.ts'
import { write, type Context } from '../context.ts'
import { by } from '../eyes.ts'
import { appendEntry, enter, want } from './drop.ts'
import type { Folder } from '../folders/folders.ts'
import { checkKeywords } from '../folders/flags.ts'
import { needSpace } from '../folders/quota.ts'
import { KeywordRoom } from '../folders/keyword-room.ts'
import { makeKeywordRoom } from '../folders/unused-keywords.ts'
import { meaning, meaningFor } from './meaning.ts'
import { summarizer } from '../folders/summary.ts'
import { lookUp, recognise, type Known } from './recognise.ts'

/** Messages of one request: they are one decision, and others wait for it. */
export const MESSAGES_MAX = 200
/** The same where each of them is a lesson, which takes many times as long. */
const LESSONS_MAX = 8

/** How many messages one request may bring to a folder. */
export const messagesMax = ({ ordinary }: Pick<Folder, 'ordinary'>): number =>
  ordinary ? MESSAGES_MAX : LESSONS_MAX

/** Refused when a request brings more than one decision may have. */
export function checkCount(to: Pick<Folder, 'ordinary'>, count: number): void {
  const most = messagesMax(to)
  if (count > most)
    throw new Refused(
      'limit',
      `One APPEND brings at most ${most} messages here; nothing of this one was kept. Send them with several.`,
    )
}

export interface Appended {
  raw: Buffer
  flags: FlagSet
  /** INTERNALDATE in Unix ms; now when the client gave none. */
  date: number | null
  /** Minutes east of UTC in which `date` was told. */
  zone?: number
}

/** A message as it was read ahead of the decision. */
interface Read extends Known {
  summarize: ReturnType<typeof summarizer>
}

interface Kept extends Appended {
  /** As the store takes it. */
  bytes: Uint8Array | Published
}

/** Appends all or none (RFC 3502 §2). Answers the UIDs in order. */
export async function append(
  ctx: Context,
  login: Login,
  to: Folder,
  messages: readonly Appended[],
  turn = turnOf(login),
): Promise<number[]> {
  // Checked before the costly part: refused whatever the message is.
  const means = meaning(null, to.id, ctx.config.folders)
  if (means.does === 'refuse') throw new Refused('impossible', means.why)
  checkCount(to, messages.length)
  for (const { flags } of messages) checkKeywords(flags.keywords)
  const known: Read[] = []
  for (const { raw } of messages) {
    const ahead = await inTurns(emptyLineSteps(raw), turn)
    const root = parseStructure(raw, ahead)
    await turn.give()
    const found = await lookUp(ctx, login, to, root, turn)
    await turn.give()
    known.push({ ...found, summarize: summarizer(root, ahead) })
    await turn.give()
  }
  await makeKeywordRoom(ctx)
  ctx.store.space.need(messages.reduce((sum, { raw }) => sum + raw.length, 0))
  const kept: Kept[] = []
  for (const message of messages)
    kept.push({ ...message, bytes: await ctx.store.publish(message.raw) })
  return await write(ctx, by(login), (tx) => {
    const room = new KeywordRoom(tx)
    const uids = kept.map((message, i) => {
      if (to.ordinary) return deposit(tx, login, to, message, known[i])
      const item = recognise(tx, login, to, known[i])
      room.used(item?.scope ?? login.scope)
      if (item) {
        const means = meaningFor(item, null, to.id)
        return enter(ctx, tx, item, to.id, message.flags, means, login.scope)
      }
      return report(ctx, tx, login, to, message, known[i])
    })
    room.check()
    return uids
  })
}

/** A message from elsewhere, shown to us as spam or as ham. */
function report(
  ctx: Context,
  tx: Tx,
  login: Login,
  to: Folder,
  message: Kept,
  known: Read,
): number {
  if (to.id !== 'spam' && to.id !== 'not-spam') {
    const release = to.id === 'release' || to.id === 'release-train'
    throw new Refused(
      'impossible',
      `Only messages that were caught here can be ${release ? 'released' : 'put back'}, and none of them reads like this one to the last word: ` +
        'move it from the folder of this account in which it was caught.',
    )
  }
  // Of several in one command each finds what those before it have left.
  needSpace(ctx, login, message.raw.length, tx.views)
  const uid = deposit(tx, login, to, message, known)
  want(ctx, tx, uid, to.id === 'spam' ? 'spam' : 'ham', false, login.scope)
  return uid
}

function deposit(
  tx: Tx,
  login: Login,
  to: Folder,
  { raw, bytes, flags, date, zone }: Kept,
  { key, summarize }: Read,
): number {
  return appendEntry(tx, {
    type: 'deposit',
    folder: to.id,
    flags,
    item: {
      kind: to.ordinary ? 'plain' : 'report',
      blob: tx.blob(bytes, summarize),
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
    },
  })
}
