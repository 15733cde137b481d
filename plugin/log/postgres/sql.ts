// The statements: plain, so that databases which speak PostgreSQL's protocol take them as well.
import {
  TURN_ENTRIES,
  READ_ENTRIES,
  SILENT_S,
  chainOf,
  lastOf,
  type Counted,
  type Entry,
  type Head,
  type Telling,
} from '../log.ts'
import type { Statement } from './connection.ts'

export const TABLES = [
  `CREATE TABLE IF NOT EXISTS lazaret_head (data_set text PRIMARY KEY, epoch text NOT NULL, seq bigint NOT NULL,
     chain bytea NOT NULL, halt text NOT NULL DEFAULT '', level int NOT NULL DEFAULT 1)`,
  `CREATE TABLE IF NOT EXISTS lazaret_entry (data_set text NOT NULL, base bigint NOT NULL, id text NOT NULL,
     node text NOT NULL, events int NOT NULL, level int NOT NULL, prev bytea NOT NULL, blobs text NOT NULL,
     body bytea NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (data_set, base), UNIQUE (data_set, id))`,
  `CREATE TABLE IF NOT EXISTS lazaret_blob (data_set text NOT NULL, name text NOT NULL, part int NOT NULL,
     parts int NOT NULL, bytes bytea NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (data_set, name, part))`,
  `CREATE TABLE IF NOT EXISTS lazaret_node (data_set text NOT NULL, node text NOT NULL, life text NOT NULL,
     version text NOT NULL, level int NOT NULL, seq bigint NOT NULL, chain bytea NOT NULL, news text NOT NULL, clock timestamptz NOT NULL, seen timestamptz NOT NULL,
     PRIMARY KEY (data_set, node))`,
  `CREATE TABLE IF NOT EXISTS lazaret_check (data_set text NOT NULL, node text NOT NULL, ask text NOT NULL, seq bigint NOT NULL,
     digest text NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (data_set, node))`,
] as const

/** Octets of one part of a blob: a row stays small wherever it lies. */
export const PART = 512 * 1024

export const BEGIN: Statement = { text: 'BEGIN' }
export const ROLLBACK: Statement = { text: 'ROLLBACK' }

/**
 * What a session is set to. READ COMMITTED, since each statement of a turn needs a snapshot of its own; the lock's patience
 * is longer than the holder's idleness, so that who waits keeps its place while a stalled holder is thrown out.
 */
export const SETTINGS = [
  "SET default_transaction_isolation = 'read committed'",
  'SET synchronous_commit = on',
  'SET statement_timeout = 0',
  "SET lock_timeout = '5s'",
  "SET idle_in_transaction_session_timeout = '2s'",
  "SET tcp_user_timeout = '6s'",
  'SET tcp_keepalives_idle = 5',
  'SET tcp_keepalives_interval = 2',
  'SET tcp_keepalives_count = 3',
] as const

export const CHANNEL = 'lazaret'

export const NOTIFY: Statement = { text: `NOTIFY ${CHANNEL}` }

/** One flight: lock, head, at most TURN_ENTRIES entries. */
export const turn = (set: string, after: number): Statement[] => [
  BEGIN,
  { ...head(set), name: 'lazaret_turn', text: `${HEAD} FOR UPDATE` },
  entries(set, after, TURN_ENTRIES),
]

const HEAD = 'SELECT seq, chain, epoch, halt, level FROM lazaret_head WHERE data_set = $1'

export const head = (set: string): Statement => ({
  name: 'lazaret_head',
  text: HEAD,
  values: [set],
})

export const entries = (set: string, after: number, max = READ_ENTRIES): Statement => ({
  name: 'lazaret_entries',
  text: `SELECT base, id, node, events, level, prev, blobs, body FROM lazaret_entry
    WHERE data_set = $1 AND base >= $2 ORDER BY base LIMIT $3`,
  values: [set, after, max],
})

/** Base of the oldest entry that is there. */
export const oldest = (set: string): Statement => ({
  text: 'SELECT min(base) AS base FROM lazaret_entry WHERE data_set = $1',
  values: [set],
})

/** The newest entry that begins there or before it. */
export const around = (set: string, at: number): Statement => ({
  text: `SELECT base, events FROM lazaret_entry WHERE data_set = $1 AND base <= $2 ORDER BY base DESC LIMIT 1`,
  values: [set, at],
})

/** The WHERE is the guard where row locks are weaker than PostgreSQL's. */
export const append = (set: string, entry: Entry): Statement => ({
  name: 'lazaret_append',
  text: `WITH h AS (UPDATE lazaret_head SET seq = $3, chain = $4
      WHERE data_set = $1 AND seq = $2 AND chain = $5 AND halt = '' RETURNING 1)
    INSERT INTO lazaret_entry (data_set, base, id, node, events, level, prev, blobs, body)
    SELECT $1::text, $2::bigint, $6::text, $7::text, $8::int, $9::int, $5::bytea, $10::text, $11::bytea FROM h`,
  values: [
    set,
    entry.base,
    lastOf(entry),
    chainOf(entry),
    Buffer.from(entry.prev),
    entry.id,
    entry.node,
    entry.count,
    entry.level,
    JSON.stringify(entry.blobs),
    Buffer.from(entry.bytes),
  ],
})

/** No row: another one of this name is there, or was until some seconds ago. */
export const beat = (set: string, me: Telling): Statement => ({
  name: 'lazaret_beat',
  text: `INSERT INTO lazaret_node AS there (data_set, node, life, version, level, seq, chain, news, clock, seen)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now()) ON CONFLICT (data_set, node) DO UPDATE SET life = excluded.life,
    version = excluded.version, level = excluded.level, seq = excluded.seq, chain = excluded.chain, news = excluded.news,
    clock = excluded.clock, seen = excluded.seen
    WHERE there.life = excluded.life OR there.seen < now() - interval '${SILENT_S} s'`,
  values: [
    set,
    me.node,
    me.life,
    me.version,
    me.level,
    me.seq,
    Buffer.from(me.chain),
    me.news,
    new Date().toISOString(),
  ],
})

export const members = (set: string): Statement => ({
  text: `SELECT node, life, version, level, seq, chain, news, extract(epoch FROM clock - seen) * 1000 AS ahead,
    extract(epoch FROM now() - seen) * 1000 AS silent FROM lazaret_node WHERE data_set = $1 ORDER BY node`,
  values: [set],
})

/** Only where it is this one: these data are no more. */
export const forgetLife = (set: string, life: string): Statement => ({
  text: 'DELETE FROM lazaret_node WHERE data_set = $1 AND life = $2',
  values: [set, life],
})

export const forgetMember = (set: string, node: string): Statement => ({
  text: 'DELETE FROM lazaret_node WHERE data_set = $1 AND node = $2',
  values: [set, node],
})

/** One that is there already is as new again: it is about to be named. */
export const putPart = (
  set: string,
  name: string,
  part: number,
  parts: number,
  bytes: Uint8Array,
): Statement => ({
  name: 'lazaret_put',
  text: `INSERT INTO lazaret_blob (data_set, name, part, parts, bytes) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (data_set, name, part) DO UPDATE SET at = now()`,
  values: [set, name, part, parts, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)],
})

export const blobs = (set: string, names: readonly string[]): Statement => ({
  name: 'lazaret_blobs',
  text: 'SELECT name, bytes FROM lazaret_blob WHERE data_set = $1 AND name = ANY($2) AND parts = 1',
  values: [set, names],
})

export const part = (set: string, name: string, at: number): Statement => ({
  name: 'lazaret_part',
  text: 'SELECT parts, bytes FROM lazaret_blob WHERE data_set = $1 AND name = $2 AND part = $3',
  values: [set, name, at],
})

/** The question of all machines is the row of none of them; a minute later nobody waits for its answers. */
export const ask = (set: string, name: string): Statement => ({
  text: `INSERT INTO lazaret_check (data_set, node, ask, seq, digest) VALUES ($1, '', $2, 0, '')
    ON CONFLICT (data_set, node) DO UPDATE SET ask = excluded.ask, at = now()`,
  values: [set, name],
})

export const asked = (set: string): Statement => ({
  name: 'lazaret_asked',
  text: "SELECT ask FROM lazaret_check WHERE data_set = $1 AND node = '' AND at > now() - interval '1 minute'",
  values: [set],
})

export const answer = (set: string, name: string, { node, seq, views }: Counted): Statement => ({
  text: `INSERT INTO lazaret_check (data_set, node, ask, seq, digest) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (data_set, node) DO UPDATE SET ask = excluded.ask, seq = excluded.seq, digest = excluded.digest, at = now()`,
  values: [set, node, name, seq, JSON.stringify(views)],
})

export const answers = (set: string, name: string): Statement => ({
  text: "SELECT node, seq, digest FROM lazaret_check WHERE data_set = $1 AND ask = $2 AND node <> '' ORDER BY node",
  values: [set, name],
})

/** Unless a machine that told of itself knows less. */
export const upgrade = (set: string, level: number): Statement => ({
  text: `UPDATE lazaret_head SET level = $2 WHERE data_set = $1 AND level < $2
    AND NOT EXISTS (SELECT 1 FROM lazaret_node WHERE data_set = $1 AND level < $2)`,
  values: [set, level],
})

export const halt = (set: string, reason: string): Statement => ({
  text: "UPDATE lazaret_head SET halt = $2 WHERE data_set = $1 AND halt = ''",
  values: [set, reason],
})

/** The last entry stays: what it says is the chain's end. */
export const trim = (set: string, days: number): Statement[] => [
  {
    text: `DELETE FROM lazaret_entry WHERE data_set = $1 AND at < now() - make_interval(days => $2)
      AND base < (SELECT max(base) FROM lazaret_entry WHERE data_set = $1)`,
    values: [set, days],
  },
  {
    // Put shortly before the entry that names it.
    text: `DELETE FROM lazaret_blob WHERE data_set = $1 AND at < now() - make_interval(days => $2 + 1)`,
    values: [set, days],
  },
]

export const begin = (set: string, { epoch, seq, chain }: Omit<Head, 'level'>): Statement => ({
  text: 'INSERT INTO lazaret_head (data_set, epoch, seq, chain) VALUES ($1, $2, $3, $4)',
  values: [set, epoch, seq, Buffer.from(chain)],
})

/** The log goes on from there; what it has behind it, and what does not lead there, is taken out. */
export const repair = (set: string, { epoch, seq, chain }: Omit<Head, 'level'>): Statement[] => [
  {
    text: "UPDATE lazaret_head SET epoch = $2, seq = $3, chain = $4, halt = '' WHERE data_set = $1",
    values: [set, epoch, seq, Buffer.from(chain)],
  },
  { text: 'DELETE FROM lazaret_entry WHERE data_set = $1', values: [set] },
]

/** Half a message of a client holds the lock, and no time-out of the server ends it: the same role may. */
export const END_STALLED = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user
  AND wait_event IN ('ClientRead', 'ClientWrite') AND xact_start < clock_timestamp() - interval '8 s'`
