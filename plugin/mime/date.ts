// RFC 5322 §3.3 date-time with the obsolete forms of §4.3: two-digit years, named zones, comments.

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'

// Minutes east of UTC: RFC 5322 §4.3. Other letters mean -0000, an unknown zone.
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
}

const DATE =
  /^(?:[a-z]+\.?,?)? ?(\d{1,2})[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{2,4}),?(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)? ?(?:(?:ut|utc|gmt)?([+-]\d{4})|([a-z]+))?/i
// C's asctime(), which some programs write: "Mon Jan  1 00:00:00 2000".
const ASCTIME =
  /^(?:[a-z]+,? )?([a-z]{3})[a-z]* (\d{1,2}),? (\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?: (?:([+-]\d{4})|([a-z]{2,5})))? (\d{4})/i

/**
 * The instant of a Date field's value in milliseconds since 1970-01-01 UTC, or null when it is not
 * a date. Values out of range (month 13, 25 o'clock) are not a date; second 60 is.
 */
export function parseDate(value: string): number | null {
  return parseZoned(value)?.time ?? null
}

/** The same with the zone it was written in, in minutes east of UTC. */
export function parseZoned(value: string): { time: number; zone: number } | null {
  const text = plain(value)
  const rfc = DATE.exec(text)
  if (rfc !== null) {
    const [, day, month, year, hour, minute, second, offset, zone] = rfc
    return instant({ day, month, year: fullYear(year), hour, minute, second, offset, zone })
  }
  const asc = ASCTIME.exec(text)
  if (asc === null) return null
  const [, month, day, hour, minute, second, offset, zone, year] = asc
  return instant({ day, month, year: Number(year), hour, minute, second, offset, zone })
}

interface Parts {
  day: string
  month: string
  year: number
  hour: string | undefined
  minute: string | undefined
  second: string | undefined
  offset: string | undefined
  zone: string | undefined
}

function instant(parts: Parts): { time: number; zone: number } | null {
  const at = MONTHS.indexOf(parts.month.toLowerCase())
  const [day, hour, minute, second] = [
    parts.day,
    parts.hour ?? '0',
    parts.minute ?? '0',
    parts.second ?? '0',
  ].map(Number)
  if (at < 0 || at % 3 !== 0 || hour > 23 || minute > 59 || second > 60) return null
  if (parts.year < 1900) return null // RFC 5322 §3.3
  const date = new Date(0)
  date.setUTCFullYear(parts.year, at / 3, day)
  if (date.getUTCDate() !== day) return null
  const zone = east(parts)
  return { time: date.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000, zone }
}

function east({ offset, zone }: Parts): number {
  if (offset === undefined) return ZONES[zone?.toLowerCase() ?? ''] ?? 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))
  return offset.startsWith('-') ? -minutes : minutes
}

/** RFC 5322 §4.3: 00-49 are 2000-2049, 50-99 and three digits count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

/** Comments out, runs of white space one space; a date needs no more than 200 characters. */
function plain(value: string): string {
  let out = ''
  let depth = 0
  for (let i = 0; i < value.length && out.length < 200; i++) {
    const c = value[i]
    if (c === '(') depth++
    else if (c === ')' && depth > 0) depth--
    else if (depth > 0) continue
    else if (c > ' ') out += c
    else if (out !== '' && !out.endsWith(' ')) out += ' '
  }
  return out.replace(/ ?: ?/g, ':') // RFC 5322 §4.3 allows space around the colons
}
