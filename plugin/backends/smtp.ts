// Passwords that a submission server knows (RFC 6409, RFC 4954).
import { tlsOptions, withServer, type Dialogue, type Server } from './server.ts'

interface Reply {
  readonly code: number
  readonly lines: readonly string[]
}

/** Whether the password is right; without a user, whether all is well until one would be named. */
export async function checkBySmtp(
  server: Server,
  user: string | null,
  password: string,
): Promise<boolean> {
  return await withServer(server, async (dialogue) => {
    need(await reply(dialogue), 220)
    let offers = await hello(dialogue)
    if (server.tls === 'starttls') {
      dialogue.say('STARTTLS')
      need(await reply(dialogue), 220)
      await dialogue.secure(tlsOptions(server))
      // RFC 3207 §4.2: what was offered before counts no more
      offers = await hello(dialogue)
    }
    const auth = offers.find((line) => /^AUTH[ =]/i.test(line)) ?? ''
    if (!/\bPLAIN\b/i.test(auth)) throw new Error('it offers no AUTH PLAIN')
    if (user === null) return false
    dialogue.say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`)
    const { code, lines } = await reply(dialogue)
    if (code === 235) {
      dialogue.say('QUIT')
      return true
    }
    // RFC 4954 §6: 535 is the password, 454 and all else is the server
    if (code !== 535) throw new Error(`it says: ${code} ${lines.at(-1)}`)
    return false
  })
}

async function hello(dialogue: Dialogue): Promise<readonly string[]> {
  dialogue.say('EHLO [127.0.0.1]') // RFC 5321 §4.1.3: whoever has no name
  return need(await reply(dialogue), 250).lines
}

function need(reply: Reply, code: number): Reply {
  if (reply.code !== code) throw new Error(`it says: ${reply.code} ${reply.lines.at(-1)}`)
  return reply
}

/** RFC 5321 §4.2.1: `250-` goes on, `250 ` ends. */
async function reply(dialogue: Dialogue): Promise<Reply> {
  const lines: string[] = []
  for (;;) {
    const line = await dialogue.line()
    const [, code, more, text] = /^(\d{3})([- ]?)(.*)$/.exec(line) ?? []
    if (code === undefined) throw new Error(`it says: ${line}`)
    lines.push(text)
    if (more !== '-') return { code: Number(code), lines }
  }
}
