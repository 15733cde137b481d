// What people may do, bound to who they are: whoever speaks to people (IMAP, CLI, HTTP) has this and nothing else
// of the quarantine. Each verb checks against the login's scope (eyes.ts).
import type { Config } from '../../config.ts'
import type { Login } from '../../mail.ts'
import { payBy, type Turn } from '../../turns.ts'
import { settle, stopped, type Context } from '../context.ts'
import { checkedLogin } from '../eyes.ts'
import { history, type HistoryPage, type HistoryQuery } from '../history.ts'
import { AliasVerbs } from './aliases.ts'
import { AccountVerbs } from './accounts.ts'
import { DigestVerbs } from './digest.ts'
import { DomainVerbs } from './domains.ts'
import { FolderVerbs } from './folders.ts'
import { LessonVerbs } from './lessons.ts'
import { ListVerbs } from './lists.ts'
import { MessageVerbs } from './messages.ts'
import { ItemVerbs } from './items.ts'
import { ModelVerbs } from './model.ts'
import { ReportVerbs } from './reports.ts'
import { RequestVerbs } from './requests.ts'
import { SettingVerbs } from './settings.ts'
import { StatVerbs } from './stats.ts'
import { TokenVerbs } from './tokens.ts'
import { WhatIfVerbs } from './what-if.ts'

export type { HistoryEntry, HistoryPage, HistoryQuery } from '../history.ts'

export class Verbs {
  readonly login: Login
  readonly folders: FolderVerbs
  readonly messages: MessageVerbs
  readonly items: ItemVerbs
  readonly settings: SettingVerbs
  readonly lists: ListVerbs
  readonly accounts: AccountVerbs
  readonly aliases: AliasVerbs
  readonly domains: DomainVerbs
  readonly model: ModelVerbs
  readonly lessons: LessonVerbs
  readonly reports: ReportVerbs
  readonly stats: StatVerbs
  readonly tokens: TokenVerbs
  readonly requests: RequestVerbs
  readonly digest: DigestVerbs
  readonly whatIf: WhatIfVerbs
  readonly #ctx: Context

  constructor(ctx: Context, login: Login, turn?: Turn) {
    this.#ctx = ctx
    this.login = checkedLogin(login)
    if (turn) payBy(this.login, turn)
    this.folders = new FolderVerbs(ctx, this.login)
    this.messages = new MessageVerbs(ctx, this.login)
    this.items = new ItemVerbs(ctx, this.login)
    this.settings = new SettingVerbs(ctx, this.login)
    this.lists = new ListVerbs(ctx, this.login)
    this.accounts = new AccountVerbs(ctx, this.login)
    this.aliases = new AliasVerbs(ctx, this.login)
    this.domains = new DomainVerbs(ctx, this.login)
    this.model = new ModelVerbs(ctx, this.login)
    this.lessons = new LessonVerbs(ctx, this.login)
    this.reports = new ReportVerbs(ctx, this.login)
    this.stats = new StatVerbs(ctx, this.login)
    this.tokens = new TokenVerbs(ctx, this.login)
    this.requests = new RequestVerbs(ctx, this.login)
    this.digest = new DigestVerbs(ctx, this.login)
    this.whatIf = new WhatIfVerbs(ctx, this.login)
  }

  get config(): Config {
    return this.#ctx.config
  }
  /** RFC 9051 §2.3.1.1; the same for every folder of the quarantine, and so the name of the data set. */
  get uidValidity(): number {
    return this.#ctx.store.uidValidity
  }
  /** Seq of the newest change anywhere. */
  get seq(): number {
    return this.#ctx.store.seq
  }
  /** Why nothing can be changed at the moment, in a sentence; null: all is well. */
  get stopped(): string | null {
    return stopped(this.#ctx)
  }
  /** Ahead of what somebody looks at (context.ts). */
  settle(): Promise<void> {
    return settle(this.#ctx)
  }
  /** What is read behind it is what was acknowledged before it, on any machine. False: not within `ms`. */
  barrier(ms: number): Promise<boolean> {
    return this.#ctx.store.barrier(ms)
  }
  /** Calls back after any change, in any process, and says nothing of it; answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }
  /** A page of the journal as far as it concerns this login, oldest first, in words. */
  history(query: HistoryQuery = {}): Promise<HistoryPage> {
    return history(this.#ctx, this.login, query)
  }
}
