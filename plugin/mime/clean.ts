// Values of fields as responses tell them, latin1. NUL, which no IMAP string may hold (RFC 9051 §4.3), becomes U+FFFD.

const UNKNOWN = '\xef\xbf\xbd' // U+FFFD in UTF-8

/** NUL to U+FFFD; line ends, which unfolding left in no other place, away. */
export function clean(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', UNKNOWN) : value
}

/** For what people read: every run of white space one space, none at the ends. */
export function tidy(value: string): string {
  return clean(
    /[\t\r\n]| {2}|^ | $/.test(value)
      ? value
          .split(/[ \t\r\n]+/)
          .filter(Boolean)
          .join(' ')
      : value,
  )
}
