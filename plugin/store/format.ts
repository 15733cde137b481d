// The format of a data directory: one number for journal, views and what lies beside them.
//
// 1  One journal value an event, under its seq: `{ v, at, actor, type, ... }`, with v = 1.
//    `meta` held also 'floor' and 'followed'; `followed` had no values; ordinary folders were events
//    `mailbox` and a table `mailboxes`.
// 2  One journal value a decision, under the seq of its first event: `{ v, at, actor, events }`, with v = 2
//    and events without these fields of their own; event i has seq `key + i`. A decision of more than
//    ENTRY_MAX octets (entries.ts) is several such values, all but the last with `more: true`.
//    `followed` has for each followed event the key of the value that holds it. The floor of a trimmed
//    journal stands in `trimmed`. `meta` has 'lists', the seq of the last change of a list.
//    Events `mailbox` are called `folder`, and their table `folders`. New: `draft` and `import`, table `drafts`.

/** What this version writes. To be raised with every change of what stands in the tables. */
export const FORMAT = 2
