// The Haraka plugin `lazaret`: which hook does what, and nothing else. Haraka copies every export of this
// file onto its plugin object.
import { open, settleData, type Lazaret } from './open.ts'
import { startUpkeep } from './haraka/upkeep.ts'
import { Digester } from './haraka/digest/digester.ts'
import { linkless } from './haraka/digest/start.ts'
import { Reporter } from './haraka/report/reporter.ts'
import { adoptQueueFiles } from './haraka/release/adopt.ts'
import { whenQueueIsRead } from './haraka/release/loaded.ts'
import { Releaser } from './haraka/release/releaser.ts'
import { Screener } from './haraka/receive/screener.ts'
import { asOwner, idsOf, makeDataDir } from './haraka/owner.ts'
import {
  carriesMail,
  endWithWorkers,
  outliveWorkers,
  isMainProcess,
  isSecond,
  orEnd,
  setup,
} from './haraka/setup.ts'
import { watchSpace } from './haraka/space.ts'
import { tellStart } from './haraka/start.ts'
import { beforeStop } from './haraka/stop.ts'
import { keepMail, keepRcpt, type Parameters } from './haraka/receive/asked.ts'
import { lookBetween } from './haraka/receive/late.ts'
import { Elsewhere } from './haraka/receive/elsewhere.ts'
import { measures } from './haraka/receive/meter.ts'
import { onData, onDataPost, onQueue, onReset } from './haraka/receive/hooks.ts'
import type { Address, Connection, HMail, Next, Plugin } from './haraka/types.ts'

interface LazaretPlugin extends Plugin {
  lazaret: Lazaret
  screener: Screener
  elsewhere: Elsewhere
  releaser: Releaser
  reporter: Reporter
  digester: Digester
  stopUpkeep: () => void
  stopSpace: () => void
}

const FIRST = -100
const LATE = 90

export function register(this: LazaretPlugin): void {
  if (isSecond(this)) return
  const { config, dir } = setup(this)
  if (!carriesMail(this)) {
    // Its workers finish what they have before it ends.
    if (isMainProcess(this)) {
      orEnd(() => asOwner(idsOf(this), () => settleData(dir)))
      endWithWorkers(this)
      outliveWorkers(this)
      adoptQueueFiles(this)
      beforeStop(this, config.release, () => Promise.resolve())
    }
    return
  }
  orEnd(() => {
    const ids = idsOf(this)
    makeDataDir(dir, ids)
    // Haraka may still be root: what is made now must belong to whom it will be.
    asOwner(ids, () => {
      this.lazaret = open(config, dir)
      for (const note of this.lazaret.notes) this.lognotice(note)
      this.lazaret.onDamage((line) => this.logerror(line))
      this.lazaret.onHalt((line) => this.logerror(line))
      this.screener = new Screener(config, dir)
      this.screener.start()
    })
  })
  this.elsewhere = new Elsewhere(config)
  this.releaser = new Releaser(this, this.lazaret)
  orEnd(() => (this.reporter = new Reporter(this, this.lazaret)))
  this.digester = new Digester(this, this.lazaret)
  orEnd(() => {
    const without = linkless(this, this.lazaret)
    if (without !== null) this.logerror(without)
  })
  beforeStop(this, config.release, async (ms) => {
    const { releaser, reporter, digester, screener } = this
    await Promise.all([
      releaser.finish(ms),
      reporter.finish(ms),
      digester.finish(ms),
      screener.idle(ms),
    ])
    // What comes now is answered 451: a thread that is ended in the middle of a transaction keeps LMDB's lock, and this process.
    await screener.close(ms)
  })
  this.register_hook('mail', 'keep_mail_parameters', FIRST)
  this.register_hook('rcpt', 'keep_rcpt_parameters', FIRST)
  this.register_hook('data', 'copy_bytes', FIRST)
  this.register_hook('data_post', 'judge_message', LATE)
  this.register_hook('queue', 'finish_held', FIRST)
  this.register_hook('queue_outbound', 'finish_held', FIRST)
  this.register_hook('reset_transaction', 'forget_message')
  this.register_hook('get_mx', 'route_release', FIRST)
  this.register_hook('delivered', 'release_delivered', FIRST)
  this.register_hook('deferred', 'release_deferred', FIRST)
  this.register_hook('bounce', 'release_failed', FIRST)
  this.register_hook('init_master', 'begin')
  this.register_hook('init_child', 'begin')
}

/** Haraka listens: what others left undone is taken up. */
export function begin(this: LazaretPlugin, next: Next): void {
  lookBetween(this, 'finish_held')
  tellStart(this, this.lazaret, measures)
  whenQueueIsRead(this, () => {
    this.releaser.start()
    this.reporter.start()
    this.digester.start()
  })
  this.stopUpkeep = startUpkeep(this, this.lazaret)
  this.stopSpace = watchSpace(this, this.lazaret)
  next()
}

export function keep_mail_parameters(
  this: LazaretPlugin,
  next: Next,
  connection: Connection,
  [, parameters]: [Address, Parameters],
): void {
  keepMail(connection.transaction, parameters)
  next()
}

export function keep_rcpt_parameters(
  this: LazaretPlugin,
  next: Next,
  connection: Connection,
  [recipient, parameters]: [Address, Parameters],
): void {
  keepRcpt(recipient, parameters)
  next(...(this.elsewhere.parts(connection, recipient) ?? []))
}

export function copy_bytes(this: LazaretPlugin, next: Next, connection: Connection): void {
  onData(this, this.lazaret.store.incoming, next, connection)
}

export function judge_message(this: LazaretPlugin, next: Next, connection: Connection): void {
  if (this.elsewhere.passes(connection)) return next()
  onDataPost(this, this.screener, next, connection)
}

export function finish_held(this: LazaretPlugin, next: Next, connection: Connection): void {
  if (this.elsewhere.passes(connection)) return next()
  onQueue(this, this.screener, this.lazaret.quarantine.system, next, connection)
}

export function forget_message(this: LazaretPlugin, next: Next, connection: Connection): void {
  onReset(this, this.lazaret.quarantine.system, next, connection)
}

export function route_release(this: LazaretPlugin, next: Next, hmail: HMail): void {
  if (this.reporter.onGetMx(next, hmail) || this.digester.onGetMx(next, hmail)) return
  this.releaser.onGetMx(next, hmail)
}

export function release_delivered(
  this: LazaretPlugin,
  next: Next,
  hmail: HMail,
  params: unknown,
): void {
  const { reporter, digester } = this
  if (reporter.onDelivered(next, hmail, params) || digester.onDelivered(next, hmail, params)) return
  this.releaser.onDelivered(next, hmail, params)
}

export function release_deferred(
  this: LazaretPlugin,
  next: Next,
  hmail: HMail,
  params: unknown,
): void {
  if (this.reporter.onDeferred(next, hmail) || this.digester.onDeferred(next, hmail)) return
  this.releaser.onDeferred(next, hmail, params)
}

export function release_failed(
  this: LazaretPlugin,
  next: Next,
  hmail: HMail,
  error: unknown,
): void {
  const { reporter, digester } = this
  if (reporter.onBounce(next, hmail, error) || digester.onBounce(next, hmail, error)) return
  this.releaser.onBounce(next, hmail, error)
}

/** Haraka goes down gracefully: mail that is coming in is still judged. */
export function shutdown(this: LazaretPlugin): void {
  if (!this.lazaret) return
  this.stopUpkeep?.()
  this.stopSpace?.()
  this.releaser.stop()
  this.reporter.stop()
  this.digester.stop()
  process.once('beforeExit', () => {
    this.screener
      .close()
      .then(() => this.lazaret.close())
      .catch((error: unknown) => this.logerror(`closing: ${String(error)}`))
  })
}
