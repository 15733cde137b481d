// What one mailbox, or a stranger, can try: each a load that costs him little. None reads more than it must.
import { setTimeout as pause } from 'node:timers/promises'
import { asData, send } from '../phases/gateway/load.ts'
import { Wire } from '../soak/wire.ts'
import { ATTACKER, PASSWORD, type Victim } from './victim.ts'

export interface Attack {
  readonly name: string
  /** Mail that lies there before. */
  fill?(): Iterable<string>
  /** Resolves when all that it sent is answered or refused; ends early when `over`. */
  run(victim: Victim, over: AbortSignal): Promise<void>
}

const mail = (fields: readonly string[], body: string): string =>
  ['From: a@spam.example', ...fields, '', body].join('\r\n')

function* repeated(count: number, make: (n: number) => string): Iterable<string> {
  for (let n = 0; n < count; n++) yield make(n)
}

const LINE = `${'lorem ipsum dolor sit amet '.repeat(2)}\r\n`
const PARTS = 200_000
const partsMail = (n: number): string =>
  mail(
    [`Subject: parts ${n}`, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
    '--b\r\n\r\n'.repeat(PARTS),
  )

/** A session of the attacker: sends, and waits for the tagged answers without reading more of them than lines. */
async function session(
  victim: Victim,
  over: AbortSignal,
  commands: readonly string[],
  folder = 'Caught',
): Promise<void> {
  const wire = new Wire(victim.imap)
  over.addEventListener('abort', () => wire.destroy())
  const ended = async (tag: string): Promise<void> => {
    while (!(await wire.line()).startsWith(tag));
  }
  try {
    await wire.line()
    wire.send(`l LOGIN ${ATTACKER} "${PASSWORD}"\r\n`)
    await ended('l ')
    wire.send(`s SELECT "${folder}"\r\n`)
    await ended('s ')
    for (const [i, command] of commands.entries()) {
      wire.send(`c${i} ${command}\r\n`)
      await ended(`c${i} `)
    }
  } catch {
    // He was thrown out, or time is up.
  } finally {
    wire.destroy()
  }
}

const one =
  (...commands: string[]) =>
  (victim: Victim, over: AbortSignal) =>
    session(victim, over, commands)

/** The same on many connections. */
const many =
  (count: number, ...commands: string[]) =>
  async (victim: Victim, over: AbortSignal): Promise<void> => {
    await Promise.all(Array.from({ length: count }, () => session(victim, over, commands)))
  }

const COPIES = 34
const BIG = 19 * 2 ** 20
const CHAIN = 4000

export const ATTACKS: readonly Attack[] = [
  { name: 'nothing', run: async () => await pause(3000) },
  {
    name: `SEARCH TEXT over ${COPIES} messages of 19 MB`,
    fill: () => {
      const body = LINE.repeat(BIG / LINE.length)
      return repeated(COPIES, (n) => mail([`Subject: big ${n}`], body))
    },
    run: one('SEARCH TEXT zzz'),
  },
  {
    name: 'one SEARCH of 2,000 keys over 60 messages',
    fill: () => repeated(60, (n) => mail([`Subject: ${n}`], LINE.repeat(2000))),
    // NOT is a key as well.
    run: one(`SEARCH ${Array.from({ length: 1000 }, (_, n) => `NOT BODY z${n}`).join(' ')}`),
  },
  {
    name: 'FETCH of structures of 16 messages of 200,000 parts',
    fill: () => repeated(16, partsMail),
    run: many(2, 'FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)', 'FETCH 1:* FLAGS'),
  },
  {
    name: '100 times BODY.PEEK[]<n.19000000> in one FETCH',
    fill: () => repeated(1, () => mail(['Subject: big'], LINE.repeat(BIG / LINE.length))),
    run: many(
      4,
      `FETCH 1 (${Array.from({ length: 100 }, (_, n) => `BODY.PEEK[]<${n}.19000000>`).join(' ')})`,
    ),
  },
  {
    name: 'COPY to and fro, 16 rounds over 200 messages',
    fill: () => repeated(200, (n) => mail([`Subject: ${n}`], 'x')),
    run: async (victim, over) => {
      for (let round = 0; round < 16 && !over.aborted; round++)
        await session(
          victim,
          over,
          [`UID COPY 1:* "${round % 2 === 0 ? 'Spam' : 'Caught'}"`],
          round % 2 === 0 ? 'Caught' : 'Spam',
        )
    },
  },
  {
    name: 'MOVE of 2,000 messages into Spam and back',
    fill: () => repeated(2000, (n) => mail([`Subject: ${n}`], `text ${n}`)),
    run: async (victim, over) => {
      await session(victim, over, ['UID MOVE 1:* Spam'])
      await session(victim, over, ['UID MOVE 1:* Caught'], 'Spam')
    },
  },
  {
    name: `THREAD and SORT of a chain of ${CHAIN}`,
    fill: () =>
      repeated(CHAIN, (n) =>
        mail([`Message-ID: <${n}@x>`, `In-Reply-To: <${n - 1}@x>`, `Subject: ${n}`], 'x'),
      ),
    run: one('THREAD REFERENCES UTF-8 ALL', 'THREAD REFS UTF-8 ALL', 'SORT (SUBJECT) UTF-8 ALL'),
  },
  {
    name: 'STORE of 3,000 sets of keywords',
    fill: () => repeated(200, (n) => mail([`Subject: ${n}`], 'x')),
    run: one(...Array.from({ length: 3000 }, (_, n) => `STORE ${1 + (n % 200)} FLAGS (k${n})`)),
  },
  {
    name: '40 connections of announced literals',
    run: async (victim, over) => {
      const raw = 'x'.repeat(2 ** 20 - 10)
      await Promise.all(
        Array.from({ length: 40 }, async () => {
          const wire = new Wire(victim.imap)
          over.addEventListener('abort', () => wire.destroy())
          try {
            await wire.line()
            wire.send(`l LOGIN ${ATTACKER} "${PASSWORD}"\r\n`)
            while (!(await wire.line()).startsWith('l '));
            wire.send('a APPEND Spam')
            for (let n = 0; n < 60 && !over.aborted; n++) {
              wire.send(` {${raw.length}}\r\n`)
              if (!(await wire.line()).startsWith('+')) break
              wire.send(raw)
            }
            await pause(3000, null, { signal: over })
          } catch {
            // Thrown out, or time is up.
          } finally {
            wire.destroy()
          }
        }),
      )
    },
  },
  {
    name: '150 wrong passwords at once, of 150 names',
    run: async (victim, over) => {
      await Promise.all(
        Array.from({ length: 150 }, async (_, n) => {
          const wire = new Wire(victim.imap)
          over.addEventListener('abort', () => wire.destroy())
          try {
            await wire.line()
            wire.send(`l LOGIN user${n}@example.com wrong\r\n`)
            while (!(await wire.line()).startsWith('l '));
          } catch {
            // Sent away.
          } finally {
            wire.destroy()
          }
        }),
      )
    },
  },
  {
    name: '16 messages of 200,000 parts by a stranger',
    run: async (victim) => {
      const letters = Array.from({ length: 16 }, (_, n) => ({
        sender: 'stranger@elsewhere.example',
        recipient: ATTACKER,
        data: asData(Buffer.from(partsMail(n), 'latin1')),
      }))
      await send(victim.port, letters, 4)
    },
  },
]
