// The filter's part of an SMTP transaction: bytes in, one decision per recipient, one answer.
import { proofsAreChecked } from '../../quarantine/lists/query.ts'
import type { Decision, Envelope } from '../../quarantine/screen.ts'
import type { System } from '../../quarantine/system.ts'
import { answer, type Answer } from '../answer.ts'
import { answerAlike } from './alike.ts'
import { abandon, capture, captured, forget } from './bytes.ts'
import { apply } from './deliver.ts'
import { haraka } from '../modules.ts'
import { routeOf } from '../route.ts'
import { askedOf } from './asked.ts'
import { wantsHold } from './wants-hold.ts'
import { clientOf, keepReceived, receivedOf, userOf } from './client.ts'
import { spoolHarakas } from './harakas-copy.ts'
import { othersFollow } from './late.ts'
import { count, metered } from './meter.ts'
import { noted } from './prometheus-notes.ts'
import { NoRoom } from './room.ts'
import { proofs, signals } from './signals.ts'
import type { Spooled } from './spool.ts'
import { verdictLine } from './verdict-line.ts'
import {
  addressOf,
  CODE,
  type Address,
  DSN,
  type Connection,
  type Connections,
  type Logger,
  type Next,
  type Plugin,
  type Plugins,
  type Transaction,
} from '../types.ts'

/** That a transaction was judged, or is not to be delivered on; why no WeakMap: see bytes.ts. */
const JUDGED = Symbol('lazaret judged')
const DECIDED = Symbol('lazaret decisions')
/** That it was reset: whoever is at it is the last. */
const OVER = Symbol('lazaret over')
interface Decided {
  decisions: Decision[]
  /** As they were before the decisions. */
  recipients: Address[]
}
type Judged = Transaction & {
  [JUDGED]?: 'done' | 'again' | 'failed'
  [DECIDED]?: Decided
  [OVER]?: true
}

/** Quarantine.screen, wherever it is done. */
export interface Screening {
  screen(envelope: Envelope, message: Buffer | Spooled): Promise<Decision[]>
}

/** connection.ini max.bytes of Haraka as it comes. */
const BYTES_MAX = 26_214_400

/** `data`, before all others: everything that comes in is copied, large messages to files in `dir`. */
export function onData(plugin: Plugin, dir: string, next: Next, connection: Connection): void {
  const { cfg } = haraka<Connections>(plugin, 'connection')
  capture(connection, cfg?.max?.bytes ?? BYTES_MAX, dir)
  if (connection.transaction) {
    keepReceived(connection.transaction)
    if (cfg?.main?.spool_after === undefined) spoolHarakas(connection.transaction, dir)
  }
  answerAlike(plugin, connection)
  next()
}

/** `data_post`, after all others: they have found what they find. */
export function onDataPost(
  plugin: Plugin,
  screener: Screening,
  next: Next,
  connection: Connection,
): void {
  const { transaction } = connection
  if (!transaction) return next()
  void answer(next, judge(plugin, screener, connection, transaction), (error) =>
    failure(plugin, connection, transaction, error),
  )
}

/**
 * `queue` and `queue_outbound`, before all others: the place to say that nothing is left to deliver. Also
 * where a message is judged that never came to data_post, because another plugin had ended that hook.
 */
export function onQueue(
  plugin: Plugin,
  screener: Screening,
  system: System,
  next: Next,
  connection: Connection,
): void {
  const { transaction } = connection
  if (!transaction) return next()
  // Most messages: judged, and to be delivered to somebody.
  const judged = (transaction as Judged)[JUDGED] === 'done' && transaction.rcpt_to.length > 0
  if (judged && wantsHold(connection, transaction) === null) return next()
  void answer(next, finish(plugin, screener, system, connection, transaction), (error) =>
    failure(plugin, connection, transaction, error),
  )
}

/** `reset_transaction`: nobody asks for the message any more, unless it is being judged. */
export function onReset(plugin: Plugin, system: System, next: Next, connection: Connection): void {
  const transaction: Judged | null = connection.transaction
  if (transaction) {
    transaction[OVER] = true
    if (transaction[JUDGED] === 'done') forget(transaction)
    else abandon(transaction)
    // Behind all who may ask for the quarantine.
    count(noted(plugin, connection, transaction[DECIDED]?.decisions ?? []))
  }
  const spent =
    transaction?.msg_status === 'accepted'
      ? []
      : (transaction?.[DECIDED]?.decisions ?? []).filter(({ passed }) => passed?.spends)
  if (spent.length === 0) return next()
  const work = spent.map(({ passed, recipient }) =>
    system.givePassBack(passed?.item ?? 0, recipient),
  )
  void answer(
    next,
    Promise.all(work).then(() => []),
    (error) => {
      connection.logerror(plugin, `a pass mark stays used: ${String(error)}`)
      return []
    },
  )
}

async function finish(
  plugin: Plugin,
  screener: Screening,
  system: System,
  connection: Connection,
  transaction: Transaction,
): Promise<Answer> {
  const state = (transaction as Judged)[JUDGED]
  // Another plugin turned our refusal into a pass (the `deny` hook): the message still may not go on.
  if (state === 'failed') return UNAVAILABLE
  if (state === undefined) {
    const refusal = await judge(plugin, screener, connection, transaction)
    if (refusal.length > 0) return refusal
  }
  const late = wantsHold(connection, transaction)
  if (late !== null && transaction.rcpt_to.length > 0)
    await holdLate(plugin, screener, system, connection, transaction)
  return transaction.rcpt_to.length === 0 ? [CODE.ok] : []
}

/**
 * Another plugin asked for the quarantine behind our verdict: whoever was to get the message does not. What is on its way
 * to a split recipient is taken back, as long as it can be.
 */
async function holdLate(
  plugin: Plugin,
  screener: Screening,
  system: System,
  connection: Connection,
  transaction: Judged,
): Promise<void> {
  const { decisions, recipients } = transaction[DECIDED] ?? { decisions: [], recipients: [] }
  const message = await captured(transaction)
  if (!message) throw new Error('another plugin wants it held, and the message was not kept')
  // A person has released it from here, whatever a plugin finds in it.
  const passed = new Set(decisions.flatMap((one) => (one.passed ? [one.recipient] : [])))
  const splits = decisions.filter(({ outcome }) => outcome === 'split')
  const back = new Set(await system.takeBackSplits(splits.flatMap(({ item }) => item ?? [])))
  const again = new Set(
    splits.flatMap(({ item, recipient }) => (back.has(item ?? -1) ? recipient : [])),
  )
  const held = [
    ...transaction.rcpt_to.filter((one) => !passed.has(addressOf(one))),
    ...recipients.filter((one) => again.has(addressOf(one))),
  ]
  if (held.length === 0) return
  transaction[JUDGED] = 'again'
  const those = new Set(held.map(addressOf))
  const [instead, rest] = [true, false].map((is) =>
    decisions.filter(({ recipient }) => those.has(recipient) === is),
  )
  const envelope = { ...envelopeOf(plugin, connection, transaction, held), instead }
  const late = await metered(() => screener.screen(envelope, message))
  transaction[JUDGED] = 'done'
  transaction[DECIDED] = { decisions: [...rest, ...late], recipients }
  if (transaction[OVER]) forget(transaction)
  apply(transaction, late, headOf(message))
  transaction.rcpt_to = transaction.rcpt_to.filter((one) => passed.has(addressOf(one)))
  tell(plugin, connection, late)
}

function mark(plugin: Plugin, transaction: Judged, state: 'done' | 'failed'): void {
  transaction[JUDGED] = state
  if (state === 'failed' || transaction[OVER] || !othersFollow(plugin)) forget(transaction)
}

/** The message as far as its header is sure to be in it. */
const headOf = (message: Buffer | Spooled): Buffer => ('path' in message ? message.head : message)

async function judge(
  plugin: Plugin,
  screener: Screening,
  connection: Connection,
  transaction: Transaction,
): Promise<Answer> {
  const message = await captured(transaction)
  if (!message) throw new Error('the message was not kept: the data hook of lazaret did not run')
  const recipients = transaction.rcpt_to
  const envelope = envelopeOf(plugin, connection, transaction, recipients)
  const decisions = await metered(() => screener.screen(envelope, message))
  apply(transaction, decisions, headOf(message))
  const judged: Judged = transaction
  judged[DECIDED] = { decisions, recipients }
  mark(plugin, transaction, 'done')
  tell(plugin, connection, decisions)
  // Then nobody gets it (quarantine/screen.ts).
  const refused = decisions.find(({ outcome }) => outcome === 'reject')
  return refused ? [CODE.deny, `5.7.1 Message refused as spam; id ${refused.item}`] : []
}

/** One line a verdict, where anybody reads it. */
function tell(plugin: Plugin, connection: Connection, decisions: readonly Decision[]): void {
  const logger = haraka<Logger>(plugin, 'logger')
  if (!logger.would_log(logger.LOGNOTICE)) return
  const sender = connection.transaction ? addressOf(connection.transaction.mail_from) : ''
  for (const decision of decisions) connection.lognotice(plugin, verdictLine(sender, decision))
}

function envelopeOf(
  plugin: Plugin,
  connection: Connection,
  transaction: Transaction,
  recipients: readonly Address[],
): Envelope {
  const asked = askedOf(transaction)
  return {
    client: clientOf(connection, asked?.utf8 ?? false),
    ...(asked && { asked }),
    received: receivedOf(connection, transaction),
    sender: addressOf(transaction.mail_from),
    recipients: recipients.map((recipient) => ({
      address: addressOf(recipient),
      route: routeOf(plugin, connection, transaction, recipient),
    })),
    direction: connection.relaying ? 'out' : 'in',
    ...userOf(connection),
    proofs: proofs(connection, transaction, checksProofs(plugin)),
    signals: signals(connection, transaction),
    hold: wantsHold(connection, transaction),
  }
}

/** Not what the results of a message say: a sender can make a look-up of SPF run out of time. */
function checksProofs(plugin: Plugin): boolean {
  let known = checks.get(plugin)
  if (known === undefined) {
    const { registered_hooks } = haraka<Plugins>(plugin, 'plugins')
    // Of a plugin that only signs no hook is among them.
    const hooks = ['mail', 'data_post'].flatMap((name) => registered_hooks[name] ?? [])
    known = proofsAreChecked(hooks.map((hook) => hook.plugin))
    checks.set(plugin, known)
  }
  return known
}

/** Plugins are all there before the first message. */
const checks = new WeakMap<Plugin, boolean>()

// Haraka answers 450 unless told; RFC 5321 §4.2.2: 451 is a local error in processing.
const UNAVAILABLE: Answer = [
  CODE.denysoft,
  new DSN(451, '4.3.0 The filter is not available, try again later'),
]

// RFC 3463 §3.5: X.4.5 is congestion.
const BUSY: Answer = [
  CODE.denysoft,
  new DSN(451, '4.4.5 Too many large messages are coming in, try again later'),
]

/** Mail never slips by: the sender keeps it and tries again. */
function failure(
  plugin: Plugin,
  connection: Connection,
  transaction: Transaction,
  error: unknown,
): Answer {
  mark(plugin, transaction, 'failed')
  if (error instanceof NoRoom) {
    connection.loginfo(plugin, `a large message has to come again: ${error.message}`)
    return BUSY
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  connection.logerror(plugin, `cannot judge a message: ${text}`)
  return UNAVAILABLE
}
