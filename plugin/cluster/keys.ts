// The keys of [cluster]: several machines, one quarantine.
import { num, text } from '../fields.ts'

const name = {
  max: 60,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  hint: 'letters, digits, . _ -',
  values: 'a name',
}

export const CLUSTER = {
  database: text(
    '',
    'Database that several machines share, such as postgres://lazaret@db1,db2/lazaret?sslmode=verify-full; empty: this machine alone (docs/cluster.md)',
    {
      max: 2000,
      pattern: /^postgres(?:ql)?:\/\/[^/?@]*@?[^/?@]+\/[^/]+$/,
      hint: 'an address like postgres://USER@HOST,HOST/DATABASE',
      values: 'an address',
    },
  ),
  password_file: text('', 'File whose content is the password of that database', {
    max: 1000,
    hint: 'a file',
  }),
  set: text('lazaret', 'Name of the data set: several may lie in one database', name),
  node: text('', 'Name of this machine among the others; empty: its host name', name),
  elsewhere: text(
    '',
    'Domains whose mail another data set judges, with commas: it passes here as it is, on the way that the queue plugin has for its domain; empty: none',
    {
      max: 100_000,
      pattern: /^[^\s,@]+(?:\s*,\s*[^\s,@]+)*$/,
      hint: 'domains, such as example.org, example.net',
      values: 'domains',
    },
  ),
  log_days: num(
    7,
    'Days for which the database keeps what all machines have: none may be away for longer',
    {
      min: 1,
      max: 365,
    },
  ),
  write_timeout_s: num(
    20,
    'Seconds for which a change waits for the database; then mail is answered 451, and people are told',
    { min: 1, max: 600 },
  ),
  takeover_after_s: num(
    60,
    'Seconds of silence after which the releases of a machine are taken over by another one',
    { min: 10, max: 86_400 },
  ),
} as const
