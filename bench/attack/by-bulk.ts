// What one person may do to thousands of things at once. Nobody's mail is to wait for it: LMDB has one writer, and whoever
// holds mail needs it.
import {
  http,
  itemsOf,
  JSON_TYPE,
  mail,
  repeated,
  says,
  session,
  type Attack,
  type Attacker,
} from './attack.ts'

const MANY = 2000
const small = (count: number) => () => repeated(count, (n) => mail([`Subject: ${n}`], `text ${n}`))
const toAndFro = (to: string) => async (attacker: Attacker) => {
  await session(attacker, (one) => one.ask(`UID MOVE 1:* "${to}"`))
  await session(attacker, (one) => one.ask('UID MOVE 1:* Caught'), to)
}
const masks = (count: number, of: string): string[] =>
  Array.from({ length: count }, (_, n) => `u${n}@${of}.example`)
const post = (path: string, body: object, method = 'POST') => ({
  method,
  path,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
})

export const BY_BULK: readonly Attack[] = [
  {
    name: `bulk: MOVE of ${MANY} into Not Spam and back, lessons and their undoing`,
    by: 'imap',
    fill: small(MANY),
    run: toAndFro('Not Spam'),
  },
  {
    name: `bulk: MOVE of ${MANY} into Spam and back`,
    by: 'imap',
    fill: small(MANY),
    run: toAndFro('Spam'),
  },
  {
    name: `bulk: COPY of ${MANY} into Spam`,
    by: 'imap',
    fill: small(MANY),
    run: says(1, 'UID COPY 1:* Spam'),
  },
  {
    name: `bulk: STORE of flags and keywords of ${MANY}, 20 times`,
    by: 'imap',
    fill: small(MANY),
    run: says(
      1,
      ...Array.from({ length: 20 }, (_, n) => `UID STORE 1:* ${n % 2 ? '-' : '+'}FLAGS (\\Seen k)`),
    ),
  },
  {
    name: `bulk: STORE of $Junk and $NotJunk of ${MANY}`,
    by: 'imap',
    fill: small(MANY),
    run: says(1, 'UID STORE 1:* +FLAGS ($Junk)', 'UID STORE 1:* FLAGS ($NotJunk)'),
  },
  {
    name: `bulk: ${MANY} deleted and expunged`,
    by: 'imap',
    fill: small(MANY),
    run: says(1, 'UID STORE 1:* +FLAGS (\\Deleted)', 'EXPUNGE'),
  },
  {
    name: 'bulk: 10 times APPEND of 200 messages to Spam in one command',
    by: 'imap',
    run: (attacker) =>
      session(
        attacker,
        async (one) => {
          for (let n = 0; n < 10; n++) {
            const all = Array.from({ length: 200 }, (_, i) => mail([`Subject: ${n} ${i}`], 'text'))
            const tag = one.begin(
              `APPEND Spam${all.map((raw) => ` {${raw.length}+}\r\n${raw}`).join('')}`,
            )
            await one.ended(tag)
          }
        },
        null,
      ),
  },
  {
    name: 'bulk: 500 items judged as spam, as ham and back over HTTP',
    by: 'http',
    fill: small(600),
    run: async (attacker) => {
      const items = await itemsOf(attacker)
      for (const action of ['spam', 'undo', 'notSpam', 'undo', 'delete'])
        await http(attacker, post('items:batch', { action, items }))
    },
  },
  {
    name: `bulk: ${MANY} lessons forgotten`,
    by: 'http',
    fill: small(MANY),
    run: async (attacker) => {
      await session(attacker, (one) => one.ask('UID MOVE 1:* Spam'))
      await http(attacker, post('lessons:forget', { scope: attacker.account }))
    },
  },
  {
    name: 'bulk: 5,000 masks put on a list and taken off it in one request, 6 times',
    by: 'http',
    run: async (attacker) => {
      const scope = attacker.account
      for (let n = 0; n < 6; n++) {
        const [add, remove] = [masks(5000, `m${n}`), masks(5000, `m${n - 1}`)]
        await http(attacker, post('lists', { scope, list: 'block', add, remove }, 'PATCH'))
      }
    },
  },
  {
    name: 'bulk: a list of 150,000 masks imported, twice',
    by: 'http',
    run: async (attacker) => {
      for (const of of ['m', 'n'])
        await http(attacker, {
          method: 'POST',
          path: `lists:import?scope=${attacker.account}&list=block`,
          headers: { 'content-type': 'text/plain' },
          body: masks(150_000, of).join('\n'),
        })
    },
  },
]
