// Lines for the log. What a client sent stands quoted and escaped in them: one event is one line, and no
// user name can look like another event (fail2ban acts on these).
import { logValue } from '../text.ts'

/** Where lines go: Haraka's logger, or a test's array. */
export interface Log {
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** What fail2ban looks for: `imap login failed: rip=<HOST>,`. The address stands before the name. */
export function loginFailedLine(address: string, user: string, reason: string): string {
  return `imap login failed: rip=${address}, user=${logValue(user)}, reason=${logValue(reason)}`
}
