import { itemIds } from '../../../plugin/store/items.ts'
import { expect, test } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { message, ROOT } from '../../quarantine/rig.ts'
import { append, BOX, client, mailbox } from './client.ts'
import { fetched } from './response.ts'

const SEEN = { system: FLAG.seen, keywords: [] }

const ten = () => mailbox(Array.from({ length: 10 }, (_, i) => message(`m${i}`, `body ${i}\r\n`)))

function box(lazaret: Awaited<ReturnType<typeof ten>>) {
  const folder = lazaret.quarantine.as(ROOT).folders.find(BOX)
  if (!folder) throw new Error('no box')
  return folder
}

test('BODY[...] makes messages \\Seen in one write, and tells so', async () => {
  const lazaret = await ten()
  const { run, session } = client(lazaret, { FETCH })
  const before = lazaret.store.seq
  expect(await run('FETCH 1:3 BODY[TEXT]<0.4>')).toBe(
    [1, 2, 3]
      .map((n) => `* ${n} FETCH (BODY[TEXT]<0> {4}\r\nbody FLAGS (\\Seen))\r\n`)
      .join('')
      .concat('a1 OK done\r\n'),
  )
  expect(lazaret.store.seq).toBe(before + 1)
  // Seen already: nothing to tell, nothing written.
  expect(await run('FETCH 2 BODY[TEXT]<0.4>')).not.toContain('FLAGS')
  expect(lazaret.store.seq).toBe(before + 1)
  session.enable('CONDSTORE')
  expect(await run('FETCH 4 RFC822.TEXT')).toContain(`FLAGS (\\Seen) MODSEQ (${before + 2}))`)
  expect(await run('FETCH 5 (FLAGS BINARY[1])')).toMatch(/\(FLAGS \(\\Seen\) BINARY.*MODSEQ/s)
})

test.each(['BODY.PEEK[]', 'RFC822.HEADER', 'BINARY.PEEK[1]', 'BINARY.SIZE[1]', 'PREVIEW', 'BODY'])(
  '%s leaves messages as they are',
  async (item) => {
    const lazaret = await ten()
    const before = lazaret.store.seq
    await client(lazaret, { FETCH }).run(`FETCH 1:* ${item}`)
    expect(lazaret.store.seq).toBe(before)
  },
)

test('a mailbox opened by EXAMINE stays as it is', async () => {
  const lazaret = await ten()
  const before = lazaret.store.seq
  const answer = await client(lazaret, { FETCH }, { readOnly: true }).run('FETCH 1:* BODY[]')
  expect(fetched(answer)).toHaveLength(10)
  expect(lazaret.store.seq).toBe(before)
})

test('what is gone meanwhile: the rest, and NO [EXPUNGEISSUED]', async () => {
  const lazaret = await ten()
  const { run, session } = client(lazaret, { FETCH })
  const folder = box(lazaret)
  const uid = session.view.uidAt(4)
  const change = { mode: 'add', flags: { system: FLAG.deleted, keywords: [] } } as const
  await lazaret.quarantine.as(ROOT).messages.changeFlags(folder, [uid], change)
  await lazaret.quarantine.as(ROOT).messages.expunge(folder, [uid])
  const answer = await run('FETCH 4:6 (UID RFC822.SIZE)')
  expect(fetched(answer)).toHaveLength(2)
  expect(answer).toContain('a1 NO [EXPUNGEISSUED] ')
  expect(await run('FETCH 5 (UID FLAGS)')).toContain('a1 OK')
  // A UID command may tell the expunge, and then the message is simply not there.
  const reread = await run(`UID FETCH ${uid - 1}:${uid + 1} BODY[]`)
  expect(fetched(reread)).toHaveLength(2)
})

test('CHANGEDSINCE and VANISHED (RFC 7162)', async () => {
  const lazaret = await ten()
  const { run, session } = client(lazaret, { FETCH })
  const folder = box(lazaret)
  const since = lazaret.store.seq
  const uids = [...session.view.uids]
  await lazaret.quarantine.as(ROOT).messages.changeFlags(folder, [uids[2], uids[6]], {
    mode: 'add',
    flags: SEEN,
  })
  const gone = { mode: 'add', flags: { system: FLAG.deleted, keywords: [] } } as const
  await lazaret.quarantine.as(ROOT).messages.changeFlags(folder, [uids[8], uids[9]], gone)
  await lazaret.quarantine.as(ROOT).messages.expunge(folder, [uids[8], uids[9]])
  await expect(run(`UID FETCH 1:* FLAGS (CHANGEDSINCE ${since} VANISHED)`)).rejects.toThrow(
    'QRESYNC',
  )
  const later = client(lazaret, { FETCH }, { enabled: ['QRESYNC', 'CONDSTORE'] })
  const answer = await later.run(`UID FETCH 1:* FLAGS (CHANGEDSINCE ${since} VANISHED)`)
  expect(answer).toMatch(new RegExp(`^\\* VANISHED \\(EARLIER\\) ${uids[8]}:${uids[9]}\r\n`))
  expect(fetched(answer.slice(answer.indexOf('\n') + 1)).map((items) => [...items])).toEqual(
    [uids[2], uids[6]].map((uid) => [
      ['UID', uid],
      ['FLAGS', [{ atom: '\\Seen' }]],
      ['MODSEQ', [since + 1]],
    ]),
  )
  expect(later.session.enabled.has('CONDSTORE')).toBe(true)
})

test.each([
  ['1:3', [1, 2, 3]],
  ['-1:-2', [9, 10]],
  ['9:20', [9, 10]],
  ['11:12', []],
])('PARTIAL %s (RFC 9394)', async (range, numbers) => {
  const { run, session } = client(await ten(), { FETCH })
  const found = fetched(await run(`UID FETCH 1:* FLAGS (PARTIAL ${range})`))
  expect(found.map((items) => session.view.seqOf(Number(items.get('UID'))))).toEqual(numbers)
})

test('a long answer is sent in pieces, big literals uncopied and whole', async () => {
  const big = Buffer.alloc(3_000_000, 'abcdefgh\r\n')
  const lazaret = await mailbox([Buffer.concat([message('big'), big]), message('small')])
  let flushes = 0
  const { run, session } = client(lazaret, { FETCH })
  const flush = session.flush.bind(session)
  session.flush = async () => {
    flushes++
    await flush()
  }
  const [items] = fetched(await run('FETCH 1:2 BODY.PEEK[TEXT]'))
  expect(items.get('BODY[TEXT]')).toBe(`Hello\r\n${big.toString('latin1')}`)
  expect(flushes).toBeGreaterThan(1)
})

test('messages that came before the summaries of this version are summarised again', async () => {
  const lazaret = await ten()
  const { run } = client(lazaret, { FETCH })
  const before = await run('FETCH 1:* (ENVELOPE BODYSTRUCTURE EMAILID THREADID)')
  const { views, beside } = lazaret.store
  const items = [...itemIds(views)]
  for (const [i, item] of items.entries()) {
    if (i % 2 === 0) beside.forget([item])
    else beside.putSummary(item, Buffer.from([0]))
  }
  expect(await run('FETCH 1:* (ENVELOPE BODYSTRUCTURE EMAILID THREADID)')).toBe(before)
  await lazaret.quarantine
    .as(ROOT)
    .messages.changeFlags(box(lazaret), [], { mode: 'add', flags: SEEN })
  expect(items.filter((item) => (beside.summary(item)?.length ?? 0) > 1)).toHaveLength(10)
})

const reply = (id: string, header: string) =>
  Buffer.from(`Message-ID: <${id}@x.example>\r\n${header}\r\nSubject: Re: hi\r\n\r\n`)

test('a conversation has one THREADID', async () => {
  const lazaret = await mailbox([message('first'), message('other')])
  await append(lazaret, [
    reply('r1', 'In-Reply-To: <first@sender.example>'),
    reply('r2', 'References: <first@sender.example> <r1@x.example>\r\nIn-Reply-To: <r1@x.example>'),
  ])
  const ids = fetched(await client(lazaret, { FETCH }).run('FETCH 1:* THREADID')).map((items) =>
    JSON.stringify(items.get('THREADID')),
  )
  expect(ids[2]).toBe(ids[0])
  expect(ids[3]).toBe(ids[0])
  expect(ids[1]).not.toBe(ids[0])
})
