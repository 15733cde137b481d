// The format of a data directory: one number for journal, views and what lies beside them.
//
// 1  (up to commit 90a377f, and not written down) One journal value an event, under its seq:
//    `{ v, at, actor, type, ... }`, with v = 1. A place was named by its UID. Ordinary folders were events
//    `mailbox` and a table `mailboxes`, without a UIDVALIDITY of their own.
// 2  (up to 2556b6b, not written down either) Places under UID and folder. Ordinary folders with a UIDVALIDITY of
//    their own. `followed` had the seqs of followed events, `meta` the last of them, and 'floor'.
// 3  One journal value a decision, under the seq of its first event: `{ v, at, actor, events }`, with v = 2
//    and events without these fields of their own; event i has seq `key + i`. A decision of more than
//    ENTRY_MAX octets (entries.ts) is several such values, all but the last with `more: true`.
//    `followed` has, by topic and seq, the key of the value that holds each followed event. The floor of a
//    trimmed journal stands in `trimmed`. `meta` has 'lists', the seq of the last change of a list.
//    Places stand in the table of items, counters of folders in that of rows, whose chunks are counted down.
//    Who needs a blob stands behind it (blobs.ts: `refs` and `arrivals` before), and `identities` are grouped.
//    An empty blob stands for a file in blobs/ (files.ts): of large messages, in what this version writes.
//    Events `mailbox` are called `folder`, and their table `folders`. New: `draft` and `import`, table `drafts`.
// 4  Events have v = 3. Items have `since` instead of `due`, `expiring` and `deleted`; events that place or delete them
//    have no `due`; the table `due` has stage, scope, since and id (items.ts). Entries have `clock` where the time was
//    less than `at`, which never goes back; `meta` has 'at', that of the newest. Accounts and their events have
//    `secret`, the name of a blob, instead of `password` and `scram`. New: the event `redate`, the table `clock`. Masks have
//    the seqs of the drafts that brought them (lists.ts), and stand in the list before these count.
import { DataError } from '../errors.ts'
import { decode, encode } from './codec.ts'
import type { Env } from './env.ts'
import { migrate } from './migrate.ts'

/**
 * What this version writes. To be raised with every change of what stands in the tables; the tables that
 * change get another name on disk (NAMES in env.ts), migrate.ts learns to read the one that was, and
 * test/fixtures gets a set of the format that was (test/formats.test.ts says how).
 */
export const FORMAT = 4

/** The data directory is of a version that this one cannot read. */
export class WrongFormat extends DataError {
  override name = 'WrongFormat'
  override readonly code = 'FORMAT'
}

/**
 * Before all else that is done with the data: brings them to this format. Answers the one that they had,
 * where that was an older one.
 */
export function settleFormat(env: Env): number | null {
  if (isCurrent(env)) return null
  return env.writeSync(() => {
    // Another process may have been first.
    if (isCurrent(env)) return null
    const had = env.head.get('seq') ? migrate(env, formatOf(env)) : null
    env.head.put('format', encode(FORMAT))
    // A version that knows no formats takes nothing, instead of beginning anew beside our tables.
    env.head.put('seq', encode(NO_MORE))
    return had
  })
}

/** As the seq of the newest event: there is none after it. */
const NO_MORE = 2 ** 32 - 1

/** 0: none is written down. */
function formatOf({ head }: Pick<Env, 'head'>): number {
  const bytes = head.get('format')
  return bytes ? decode<number>(bytes) : 0
}

function isCurrent({ head, dir }: Env): boolean {
  const format = formatOf({ head })
  if (format > FORMAT)
    throw new WrongFormat(
      `the data in ${dir} are of format ${format}, and this version of haraka-plugin-lazaret knows none above ${FORMAT}: ` +
        'install the version that was used last, or a newer one, or name another main.data_dir',
    )
  return format === FORMAT
}
