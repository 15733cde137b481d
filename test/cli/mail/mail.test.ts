import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mailFiles, readMails, withCrlf, type Mail } from '../../../plugin/cli/mail/files.ts'
import { isMail } from '../../../plugin/cli/mail/is-mail.ts'
import { labelled } from '../../../plugin/cli/mail/labelled.ts'
import { splitMbox } from '../../../plugin/cli/mail/mbox.ts'
import { CORPUS, tempDir } from '../run.ts'

async function all(paths: string[]): Promise<Mail[]> {
  const mails: Mail[] = []
  for (const file of mailFiles(paths).files)
    for await (const mail of readMails(file)) mails.push(mail)
  return mails
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve()
    yield bytes.subarray(at, at + size)
  }
}

async function split(bytes: Buffer, size = bytes.length): Promise<string[]> {
  const found: string[] = []
  for await (const raw of splitMbox(chunked(bytes, size))) found.push(raw.toString('latin1'))
  return found
}

const FROM = 'From someone@example.com  Thu Jul 11 12:03:04 2026'

describe('mbox', () => {
  test('messages are what they were, however the file comes in pieces', async () => {
    const line = fc.oneof(
      fc.constantFrom('', 'From me to you', '>From the start', FROM, 'From: x@y', '>>From a'),
      fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
    )
    const body = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => {
      const text = `Subject: x\n\n${lines.join('\n')}`.trimEnd()
      return `${text}\n`
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 90 }),
        async (bodies, size) => {
          // As mboxrd writers do: every line that reads `>*From ` gets one more `>`.
          const quoted = bodies.map((text) => text.replace(/^(>*From )/gm, '>$1'))
          const file = quoted.map((text) => `${FROM}\n${text}\n`).join('')
          expect(await split(Buffer.from(file, 'latin1'), size)).toEqual(bodies)
        },
      ),
    )
  })

  test('a line that only looks like a start is text', async () => {
    const text = `${FROM}\nSubject: x\n\nFrom here it goes on.\n\nFrom there, too, at 12:30.\nFrom a@b Thu Jul 11 12:03:04 2026\n`
    expect(await split(Buffer.from(text))).toHaveLength(1)
  })

  test('CRLF files', async () => {
    const file = `${FROM}\r\nSubject: a\r\n\r\none\r\n\r\n${FROM}\r\nSubject: b\r\n\r\ntwo\r\n\r\n`
    expect(await split(Buffer.from(file), 7)).toEqual([
      'Subject: a\r\n\r\none\r\n',
      'Subject: b\r\n\r\ntwo\r\n',
    ])
  })

  test('each file of the corpus is one message', async () => {
    for (const folder of ['spam-2', 'hard-ham-1'])
      for (const name of readdirSync(join(CORPUS, folder))
        .filter((one) => one.endsWith('.txt'))
        .slice(0, 250)) {
        const bytes = readFileSync(join(CORPUS, folder, name))
        expect(await split(bytes), name).toHaveLength(1)
      }
  })
})

describe('folders', () => {
  test('maildir, eml, mbox; no indexes, hidden files, messages on their way in', async () => {
    const dir = tempDir()
    const put = (path: string, text: string): void => {
      mkdirSync(join(dir, path, '..'), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    put('Maildir/cur/1:2,S', 'Subject: read\n\nx\n')
    put('Maildir/new/2', 'Subject: new\n\nx\n')
    put('Maildir/tmp/3', 'Subject: half\n')
    put('Maildir/dovecot-uidlist', '3 V1 N5\nSubject: no mail\n')
    put('Maildir/.Junk/cur/4:2,', 'Subject: junk\n\nx\n')
    put('Maildir/.Junk/new/5', 'Subject: more junk\n\nx\n')
    put('other/a.eml', 'Received: from x\nSubject: eml\n\nx\n')
    put('other/deep/box', `${FROM}\nSubject: one\n\nx\n\n${FROM}\nSubject: two\n\nx\n`)
    put('other/cmds', 'mv a b\nmv c d\n')
    put('other/data.json', '{"Subject": "no"}\n')
    put('other/.hidden', 'Subject: hidden\n\n')
    const subjects = (await all([join(dir, 'Maildir'), join(dir, 'other')])).map(
      ({ raw }) => /^Subject: (.*)$/m.exec(raw.toString())?.[1],
    )
    expect(subjects).toEqual(['read', 'new', 'junk', 'more junk', 'eml', 'one', 'two'])
    expect(mailFiles([join(dir, 'other')]).skipped).toHaveLength(2)
    // What is named gets the same test, unless it is said to be mail.
    expect(await all([join(dir, 'other/cmds')])).toHaveLength(0)
    const forced = mailFiles([join(dir, 'other/cmds')], { force: true })
    expect(forced.files).toHaveLength(1)
    expect(() => mailFiles([join(dir, 'nothing')])).toThrow('there is no such file')
  })

  test('what a mail server keeps beside its mail is passed over, named by a glob', async () => {
    const dir = join(tempDir(), 'Maildir')
    const put = (path: string, text: string | Buffer): string => {
      mkdirSync(join(dir, path, '..'), { recursive: true })
      writeFileSync(join(dir, path), text)
      return join(dir, path)
    }
    const glob = [
      put('cur/1:2,S', 'Return-Path: <a@b.example>\nSubject: mail\n\nx\n'),
      put('dovecot-uidlist', '3 V1595000000 N4 G1234\n1 W1234 :1595.M1P2.host,S=3,W=4\n2 :x\n'),
      put('dovecot.index', Buffer.from('\x07\x03\x78\x00Subject: x\n\x00\x00', 'latin1')),
      put('dovecot.index.log', Buffer.alloc(40_000)),
      put('dovecot-keywords', '0 $Forwarded\n1 NonJunk\n'),
      put('subscriptions', 'V\t2\n\nINBOX\nDrafts\n'),
      put('maildirfolder', ''),
      put('archive.zip', Buffer.from('PK\x03\x04\x14\x00\x00\x00From: x\n', 'latin1')),
      put('program', Buffer.from('\x7fELF\x02\x01\x01\x00\x00\nTo: x\n', 'latin1')),
      put('page.html', '<html>\n<head>\n<title>From: x</title>\n</head>\n'),
      put('settings.yaml', 'name: x\nlist: y\n'),
      put('answer.http', 'HTTP/1.1 200 OK\nDate: now\nContent-Type: text/plain\n\nx\n'),
      '/bin/ls',
    ]
    const { files, skipped } = mailFiles(glob)
    expect(files.map(({ path }) => path)).toEqual([glob[0]])
    expect(skipped.map(({ path }) => path)).toEqual(glob.slice(1))
    expect(skipped.find(({ why }) => why === 'empty')?.path).toBe(glob[6])
    // Nothing is in an empty file, whatever is said.
    expect(mailFiles([glob[6]], { force: true }).files).toEqual([])
  })

  test('every message of the corpus is mail, and so are these', () => {
    for (const folder of ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'])
      for (const name of readdirSync(join(CORPUS, folder)).filter((one) => one.endsWith('.txt')))
        expect({ name, is: isMail(readFileSync(join(CORPUS, folder, name))) }).toEqual({
          name,
          is: true,
        })
    for (const text of [
      'Subject: x\n\ny',
      '\n\nSubject: x\n\ny',
      '\ufeffSubject: x\r\n\r\ny',
      '>From a@b Thu Jul 11 12:03:04 2026\nReceived: from x\n by y\n\nz',
      `${FROM}\nFrom : a@b.example\n\nz`,
      'X-First: y\nthis line is broken\nX-Next: z\nTo: a@b.example\n\nx',
      `DKIM-Signature: ${'a'.repeat(900)}\n ${'b'.repeat(900)}\nFrom: a@b.example\n\nz`,
    ])
      expect({ text, is: isMail(Buffer.from(text)) }).toEqual({ text, is: true })
  })

  test('labels come from an index file, or from the names of folders', () => {
    const dir = tempDir()
    for (const [path, text] of [
      ['easy-ham-1/1', 'Subject: a\n\n'],
      ['spam/x/2', 'Subject: b\n\n'],
      ['spam/ham.2/3', 'Subject: c\n\n'],
      ['notes/4', 'Subject: d\n\n'],
    ]) {
      mkdirSync(join(dir, path, '..'), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    const short = (corpus: ReturnType<typeof labelled>): string[] =>
      corpus.files.map(({ label, path }) => `${label} ${path.slice(dir.length + 1)}`)
    expect(labelled(dir).ordered).toBe(false)
    expect(short(labelled(dir))).toEqual(['ham easy-ham-1/1', 'ham spam/ham.2/3', 'spam spam/x/2'])
    mkdirSync(join(dir, 'full'))
    writeFileSync(join(dir, 'full/index'), 'spam ../notes/4\nHam ../spam/x/2\n')
    expect(short(labelled(join(dir, 'full/index')))).toEqual(['spam notes/4', 'ham spam/x/2'])
    expect(labelled(join(dir, 'full')).ordered).toBe(true)
    writeFileSync(join(dir, 'full/index'), 'spam ../notes/4\nwhat ../spam/x/2\n')
    expect(() => labelled(join(dir, 'full/index'))).toThrow('line 2')
  })
})

test('a message saved with LF is the message that travels with CRLF', () => {
  expect(withCrlf(Buffer.from('a\n\nb\xff\n', 'latin1'))).toEqual(
    Buffer.from('a\r\n\r\nb\xff\r\n', 'latin1'),
  )
  const crlf = Buffer.from('a\r\n\nb')
  expect(withCrlf(crlf)).toBe(crlf)
})
