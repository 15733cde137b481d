// What a stranger can try over SMTP.
import { asData, send } from '../phases/gateway/load.ts'
import { atOnce, LINE, mail, partsMail, smtp, type Attack, type Attacker } from './attack.ts'

const data = (text: string): Buffer => asData(Buffer.from(text, 'latin1'))

/** One message to each of these, and that again on so many connections. */
const toAll =
  (connections: number, recipients: readonly string[], body: Buffer, sender = 'a@spam.example') =>
  (attacker: Attacker): Promise<void> =>
    atOnce(connections, () =>
      smtp(attacker, [
        'EHLO stranger.example\r\n',
        `MAIL FROM:<${sender}>\r\n`,
        ...recipients.map((address) => `RCPT TO:<${address}>\r\n`),
        'DATA\r\n',
        body,
      ]),
    )

const letters = async (
  { victim, account, cost }: Attacker,
  count: number,
  connections: number,
  make: (n: number) => string,
): Promise<void> => {
  const all = Array.from({ length: count }, (_, n) => ({
    sender: 'stranger@elsewhere.example',
    recipient: account,
    data: data(make(n)),
  }))
  for (const one of all) {
    cost.asked++
    cost.octets += one.data.length
  }
  await send(victim.port, all, connections).catch(() => undefined) // refused, or time is up
}

const numbered = (count: number, make: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, n) => make(n))

export const BY_SMTP: readonly Attack[] = [
  {
    name: '16 messages of 200,000 parts by a stranger',
    by: 'smtp',
    run: (attacker) => letters(attacker, 16, 4, partsMail),
  },
  {
    name: '8 messages of 24 MB by a stranger, 4 at once',
    by: 'smtp',
    run: (attacker) => {
      const body = LINE.repeat((24 * 2 ** 20) / LINE.length)
      return letters(attacker, 8, 4, (n) => mail([`Subject: ${n}`], body))
    },
  },
  {
    name: '16 messages of 900 fields of 8 KB each',
    by: 'smtp',
    run: (attacker) =>
      letters(attacker, 16, 4, (n) =>
        mail(
          numbered(
            900,
            (i) =>
              `X-${n}-${i}: ${numbered(8, () => '=?utf-8?q?=C3=A4?= '.repeat(50)).join('\r\n ')}`,
          ),
          'x',
        ),
      ),
  },
  {
    name: 'one message to 400 people, on 4 connections',
    by: 'smtp',
    run: toAll(
      4,
      numbered(400, (n) => `person${n}@example.com`),
      data(mail(['Subject: many'], LINE.repeat(100))),
    ),
  },
  {
    name: 'a message of 2,000 authors and 9,000 fields of filters to 400 people, on 4 connections',
    by: 'smtp',
    run: toAll(
      4,
      numbered(400, (n) => `person${n}@example.com`),
      data(
        [
          `From: ${numbered(2000, (n) => `<a${n}@m.example>`).join(',\r\n ')}`,
          ...numbered(9000, (n) => `X-Spamd-${n}: x`),
          '',
          'x',
        ].join('\r\n'),
      ),
      'stranger@elsewhere.example',
    ),
  },
  {
    name: 'one message to 400 tagged addresses of one person, on 4 connections',
    by: 'smtp',
    run: toAll(
      4,
      numbered(400, (n) => `attacker+tag${n}@example.com`),
      data(mail(['Subject: tags'], LINE.repeat(100))),
    ),
  },
]
