// Passwords that an IMAP server knows (RFC 9051 §6.2).
import { tlsOptions, withServer, type Dialogue, type Server } from './server.ts'

/** RFC 5530 §3: codes by which a server says that it was not the password. */
const NOT_THE_PASSWORD =
  /^\S+ NO \[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|PRIVACYREQUIRED)\]/i

/** Whether the password is right; without a user, whether all is well until one would be named. */
export async function checkByImap(
  server: Server,
  user: string | null,
  password: string,
): Promise<boolean> {
  return await withServer(server, async (dialogue) => {
    await greeting(dialogue)
    if (server.tls === 'starttls') {
      dialogue.say('a STARTTLS')
      needOk(await tagged(dialogue, 'a'))
      await dialogue.secure(tlsOptions(server))
    }
    dialogue.say('b CAPABILITY')
    const capabilities: string[] = []
    needOk(
      await tagged(dialogue, 'b', (line) => {
        const [, names] = /^\* CAPABILITY (.*)$/i.exec(line) ?? []
        if (names) capabilities.push(...names.toUpperCase().split(' '))
      }),
    )
    if (!capabilities.includes('AUTH=PLAIN')) throw new Error('it offers no AUTH=PLAIN')
    if (user === null) return false
    dialogue.say('c AUTHENTICATE PLAIN')
    const ready = await tagged(dialogue, 'c')
    if (!ready.startsWith('+')) throw new Error(`it says: ${ready}`)
    // RFC 4616 §2
    dialogue.say(Buffer.from(`\0${user}\0${password}`).toString('base64'))
    const answer = await tagged(dialogue, 'c')
    if (/^c OK/i.test(answer)) {
      dialogue.say('d LOGOUT')
      return true
    }
    if (!/^c NO/i.test(answer) || NOT_THE_PASSWORD.test(answer))
      throw new Error(`it says: ${answer}`)
    return false
  })
}

async function greeting(dialogue: Dialogue): Promise<void> {
  const line = await dialogue.line()
  if (!/^\* OK/i.test(line)) throw new Error(`it says: ${line}`)
}

/** The line with this tag, or a continuation. `other`: what comes before. */
async function tagged(
  dialogue: Dialogue,
  tag: string,
  other: (line: string) => void = () => {},
): Promise<string> {
  for (;;) {
    const line = await dialogue.line()
    if (line.startsWith(`${tag} `) || line.startsWith('+')) return line
    if (/^\* BYE/i.test(line)) throw new Error(`it says: ${line}`)
    other(line)
  }
}

function needOk(line: string): void {
  if (!/^\S+ OK/i.test(line)) throw new Error(`it says: ${line}`)
}
