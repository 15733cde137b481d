// Settings that each address, domain and the whole server can have of their own: schema, defaults, docs.
import {
  autoBool,
  bool,
  num,
  oneOf,
  someOf,
  text,
  timeZone,
  type Field,
  type Parsed,
} from './fields.ts'
import { THRESHOLDS } from './mail.ts'

/** From the rarest to the most frequent. */
export const DIGEST_EVERY = [
  'off',
  'weekly',
  'weekdays',
  'daily',
  '12 hours',
  '8 hours',
  '6 hours',
  '4 hours',
  '2 hours',
  'hourly',
] as const
/** As Date.getDay counts them. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const

export const SETTINGS = {
  enabled: bool(true, 'Judge mail for this scope; no: deliver everything untouched'),
  action: oneOf(
    'hold',
    ['hold', 'tag', 'reject'],
    'What happens to spam: hold it, tag and deliver it, or reject it with 550 and keep a copy',
  ),
  subject_prefix: text(
    '***SPAM***',
    'Put before the Subject of spam that action = tag delivers; off: leave the Subject alone',
    { max: 60, pattern: /^[\x20-\x7e]*$/, hint: 'printable ASCII' },
  ),
  mark_as_read: bool(true, 'Caught messages are shown as read, so that no client counts them'),
  unsure: num(
    THRESHOLDS.unsure,
    'Score (0 ham, 1 spam) from which a message is unsure: delivered, but doubtful',
    {
      min: 0,
      max: 1,
      whole: false,
    },
  ),
  spam: num(
    THRESHOLDS.spam,
    'Score from which a message is spam; higher: less is held, more spam gets through',
    {
      min: 0,
      max: 1,
      whole: false,
    },
  ),
  copy_unsure: bool(
    false,
    'Keep a copy of delivered unsure mail in Training Requested, to be sorted by hand',
  ),
  download_attachments: bool(
    false,
    'Attachments of caught mail can be downloaded by lazaret/http; no: whoever wants one releases the message',
  ),
  hold_outgoing: bool(
    false,
    'Hold outgoing mail (of relaying clients) judged spam in Caught (Outgoing)',
  ),
  allow_needs_auth: autoBool(
    'An allow entry counts only where its address is proven: From by aligned SPF or DKIM, the envelope sender by SPF; auto: yes where the plugin spf or dkim runs',
  ),
  organization_is_own: bool(
    true,
    "All domains of the recipient's organization (mail.example.com for example.com; by the public suffix list) are own: block entries and allow entries with * are not applied to them; no: the very domain alone",
  ),
  recipient_delimiter: someOf(
    '+',
    '+-=_.#',
    'Of a domain, or of all: characters that begin a tag in the local part of a recipient, so that mail for user+tag@ belongs to user@, whose lists and settings count; an alias or an account of the whole address comes first',
  ),
  language: text(
    'en',
    'Language of the messages in INBOX that the quarantine itself writes: en or de; for any other they are in English',
    {
      max: 35,
      pattern: /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i,
      hint: 'a language tag such as en, de or de-AT',
    },
  ),
  digest: oneOf(
    'off',
    DIGEST_EVERY,
    'How often each address is told what was newly caught for it; nothing new: it hears nothing',
  ),
  digest_hour: num(
    8,
    'Hour of the day at which the digest goes; of several a day one of them, and the others from there on',
    { min: 0, max: 23 },
  ),
  digest_day: oneOf('monday', WEEKDAYS, 'Day of the week on which digest = weekly goes'),
  time_zone: timeZone(
    'Time zone of the hours and dates in digests, such as Europe/Vienna; auto: that of the server',
  ),
  digest_to: oneOf(
    'both',
    ['both', 'mail', 'inbox'],
    'Where the digest goes: by mail to the address itself, into its INBOX here (of those that have an account), or both',
  ),
  digest_links: oneOf(
    'release',
    ['none', 'release', 'train', 'all'],
    'What links in a digest do without a login, each for one message and behind a button: nothing; release; also release & train; all: also allow or block the sender',
  ),
  release_delay: num(
    10,
    'Seconds for which a release waits before it is sent, so that it can be taken back',
    { min: 0, max: 3600 },
  ),
  retention_days: num(28, 'Days after which held mail expires', { min: 1, max: 3650 }),
  lessons_per_day: num(
    500,
    'Lessons in 24 hours of this address or domain that others hear; further ones count for its own mail alone; 0: others hear none',
    { min: 0, max: 100_000 },
  ),
  lessons_effect: num(
    5,
    'Percent of the latest mail delivered to others that one lesson may judge otherwise; one that would more counts for its own mail alone until an administrator has looked at it (lazaret lessons approve); 100: no bound',
    { min: 0, max: 100 },
  ),
  lessons_approval: bool(
    false,
    'Lessons of addresses count for their own mail at once, and are heard by others when an administrator says so (lazaret lessons approve)',
  ),
  quota_mb: num(
    1024,
    'MB of mail of an address from which on it can put no more of it into Spam and Not Spam from elsewhere; what is held comes in all the same; 0: no bound',
    { min: 0, max: 1_000_000 },
  ),
} satisfies Record<string, Field<unknown>>

export type SettingKey = keyof typeof SETTINGS
export type Settings = Parsed<typeof SETTINGS>

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key)
}
