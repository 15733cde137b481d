// Distinct sets of keywords: as many as people use, for each scope and for all, whichever command brings them.
import { Refused } from '../../errors.ts'
import type { Scope } from '../../mail.ts'
import { keywordSets, keywordSetsOf } from '../../store/keywords.ts'
import type { Tx } from '../../store/store.ts'

/** In use on the messages of one scope: ten labels in any combination. */
export const SETS_OF_SCOPE_MAX = 1024
/** On a server, those included that are no more in use and not yet dropped (expire.ts). */
export const SETS_MAX = 262_144

export class KeywordRoom {
  readonly #tx: Tx
  readonly #before: number
  readonly #scopes = new Set<Scope>()

  /** Before the first event that brings keywords. */
  constructor(tx: Tx) {
    this.#tx = tx
    this.#before = keywordSets(tx.views)
  }

  /** Messages of this scope get keywords. */
  used(scope: Scope): void {
    this.#scopes.add(scope)
  }

  /** Behind the last event. Refused where a set is new, and one too many: nothing of the decision is kept then. */
  check(): void {
    const { views } = this.#tx
    const sets = keywordSets(views)
    if (sets === this.#before) return
    if (sets > SETS_MAX)
      throw new Refused(
        'limit',
        'There are too many different keywords on this server; try again later.',
      )
    for (const scope of this.#scopes)
      if (keywordSetsOf(views, scope) > SETS_OF_SCOPE_MAX)
        throw new Refused(
          'limit',
          `The messages of one account carry at most ${SETS_OF_SCOPE_MAX} different combinations of keywords; take some off first.`,
        )
  }
}
