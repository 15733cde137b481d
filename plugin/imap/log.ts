// Lines for the log. What a client sent stands quoted and escaped in them: one event is one line, and no
// user name can look like another event (fail2ban acts on these).

/** Where lines go: Haraka's logger, or a test's array. */
export interface Log {
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

const VALUE_MAX = 100

/** A client's text as one printable, quoted word. */
export function logValue(text: string): string {
  const short = text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}...` : text
  return `"${short.replace(/[^\x20-\x7e]|["\\]/g, escape)}"`
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** What fail2ban looks for: `imap login failed: rip=<HOST>,`. The address stands before the name. */
export function loginFailedLine(address: string, user: string, reason: string): string {
  return `imap login failed: rip=${address}, user=${logValue(user)}, reason=${logValue(reason)}`
}
