// STORE and UID STORE (RFC 9051 §6.4.6) with UNCHANGEDSINCE (RFC 7162 §3.1.3)
import type { FlagSet } from '../../mail.ts'
import type { SessionCommand } from '../command.ts'
import type { Session } from '../session.ts'
import { keepModseqs, reach } from '../selected/condstore.ts'
import { flagNames, flagSet, STORED } from '../selected/flags.ts'
import { READ_ONLY } from '../selected/open.ts'
import { parseStore, rangesOf, type Store } from '../wire/index.ts'

const MODE = { replace: 'set', add: 'add', remove: 'remove' } as const

/** Flags as one comparable word. */
function wordOf(bits: number, keywords: readonly string[]): string {
  return flagNames(
    bits & STORED,
    [...new Set(keywords.map((word) => word.toLowerCase()))].toSorted(),
  ).join(' ')
}

/** What a message carries after `mode flags`, if nobody else changes it. */
function expected(session: Session, index: number, mode: Store['mode'], flags: FlagSet): string {
  const { view, verbs } = session
  const bits = view.flagsAt(index)
  const words = verbs.messages.keywords(view.keywordsAt(index))
  const given = flags.keywords.map((word) => word.toLowerCase())
  if (mode === 'replace') return wordOf(flags.system, given)
  if (mode === 'add') return wordOf(bits | flags.system, [...words, ...given])
  return wordOf(
    bits & ~flags.system,
    words.filter((word) => !given.includes(word.toLowerCase())),
  )
}

export const STORE: SessionCommand<Store> = {
  state: 'selected',
  keepsNumbers: true,
  parse: parseStore,
  async run(session, { set, mode, silent, flags: names, unchangedSince }, call) {
    const { verbs, view, turn } = session
    if (unchangedSince !== undefined) {
      await reach(session, unchangedSince)
      keepModseqs(session) // RFC 7162 §3.1
    }
    const uids = view.uidsOf(set, call.uid)
    if (view.readOnly) return READ_ONLY
    if (uids.length === 0) return {}
    const flags = flagSet(names)
    const known = new Map<number, string>()
    if (silent)
      for (const uid of uids) {
        known.set(uid, expected(session, view.indexOf(uid), mode, flags))
        if (turn.over) await turn.give()
      }
    session.notifications.caused(view.folder, uids)
    const { modified, gone } = await verbs.messages.changeFlags(view.folder, uids, {
      mode: MODE[mode],
      flags,
      unchangedSince,
    })
    const failed = new Set(modified)
    await session.sync(call, {
      skip: (uid) => {
        const index = view.indexOf(uid)
        const words = verbs.messages.keywords(view.keywordsAt(index))
        return !failed.has(uid) && known.get(uid) === wordOf(view.flagsAt(index), words)
      },
      // RFC 7162 §3.1.3: a client whose condition failed is told the present state
      tell: silent ? modified : uids,
    })
    if (modified.length > 0) {
      const numbers = call.uid ? modified : modified.map((uid) => view.seqOf(uid))
      const ranges = rangesOf(numbers.toSorted((a, b) => a - b))
      return {
        text: 'Some messages were changed meanwhile',
        code: (w) => w.atom('MODIFIED').set(ranges),
      }
    }
    // RFC 5530 §3: the client should look at its folder again; its numbers are still the old ones
    if (gone.length > 0 && !call.uid)
      return { status: 'NO', code: 'EXPUNGEISSUED', text: 'Some messages are gone already' }
    return {}
  },
}
