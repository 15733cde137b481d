// What a next hop answers on one connection, put so that Haraka's outbound takes it for what it is. Of its own it loses a
// message whose recipient is taken with 251, calls `250` without a text no reply, tries again after any 3xx to the final dot, and
// answers a reply in the middle of a message with a command in the middle of that message.

/** Lines of one reply. */
const LINES_MAX = 1000

/** `line`: as Haraka is to hear it; `fault`: the connection is of no more use, and why. */
export type Heard = { line: string } | { fault: string }

export class Dialogue {
  /** The attempt has ended in the middle of the message: what is left of it is not sent. */
  broken = false
  #asked: 'command' | 'rcpt' | 'body' | 'dot' = 'command'
  #lines = 0

  /** A command that is about to be sent, with its line end. */
  said(command: string): void {
    this.#lines = 0
    this.#asked = command === '.\r\n' ? 'dot' : /^RCPT TO:/i.test(command) ? 'rcpt' : 'command'
  }

  /** The message is being sent from now on. */
  body(): void {
    this.#asked = 'body'
  }

  /** A line as it came. */
  hear(raw: string): Heard {
    const line = raw.trimEnd()
    const shown = JSON.stringify(line.slice(0, 200))
    if (++this.#lines > LINES_MAX) return this.#fault(`its reply has more than ${LINES_MAX} lines`)
    // RFC 5321 §4.2: the text of a reply, and the space before it, may be missing.
    const whole = /^[2-5]\d\d$/.test(line) ? `${line} ` : raw
    const [, first, goesOn] = /^([2-5])\d\d([ -])/.exec(whole) ?? []
    if (first === undefined) return { line: raw }
    // RFC 5321 §4.2.1: the first digit says whether; 251 is a recipient that was taken (§3.4).
    if (this.#asked === 'rcpt' && first === '2') return { line: `250${whole.slice(3)}` }
    // To a message there is no such answer: nobody knows what became of it.
    if (this.#asked === 'dot' && first === '3') return { line: ` ${whole}` }
    if (this.#asked === 'body') {
      if (first === '2' || first === '3')
        return this.#fault(`it answered ${shown} before it had all of the message`)
      this.broken = goesOn === ' '
    }
    return { line: whole }
  }

  #fault(fault: string): Heard {
    this.broken = true
    return { fault }
  }
}
