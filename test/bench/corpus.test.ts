// The mail that is measured with.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCorpus } from '../../bench/harness/corpus.ts'
import { generated } from '../../bench/harness/generated.ts'
import { parseHeader, find } from '../../plugin/mime/headers.ts'
import { tempDir } from '../tmp.ts'

const text = (subject: string): string => `From: a@example.com\nSubject: ${subject}\n\nHello\n`

function write(dir: string, name: string, content: string): void {
  mkdirSync(join(dir, name, '..'), { recursive: true })
  writeFileSync(join(dir, name), content)
}

test('folders named ham and spam label their messages', async () => {
  const dir = tempDir()
  for (let i = 0; i < 5; i++) write(dir, `ham/${i}.eml`, text(`ham ${i}`))
  for (let i = 0; i < 3; i++) write(dir, `spam/${i}.eml`, text(`spam ${i}`))
  const { mail, name } = await readCorpus(dir)
  expect(name).toBe(dir)
  expect(mail).toHaveLength(8)
  for (const { raw, label } of mail) expect(raw.toString()).toContain(`Subject: ${label}`)
  expect((await readCorpus(dir)).mail).toEqual(mail)
  expect((await readCorpus(dir, 4)).mail).toEqual(mail.slice(0, 4))
})

test('an index gives labels and order', async () => {
  const dir = tempDir()
  for (const name of ['1', '2', '3']) write(dir, `data/${name}`, text(name))
  write(dir, 'index', 'spam data/3\nham data/1\nspam data/2\n')
  const { mail } = await readCorpus(dir)
  expect(mail.map(({ label }) => label)).toEqual(['spam', 'ham', 'spam'])
  expect(mail.map(({ raw }) => find(parseHeader(raw), 'subject'))).toEqual(['3', '1', '2'])
})

test('mail without labels is mail all the same; no mail is told', async () => {
  const dir = tempDir()
  write(
    dir,
    'box.mbox',
    `From a Mon Jan  1 10:00:00 2024\n${text('1')}\nFrom b Mon Jan  1 10:00:00 2024\n${text('2')}`,
  )
  const { mail } = await readCorpus(join(dir, 'box.mbox'))
  expect(mail.map(({ label }) => label)).toEqual([null, null])
  await expect(readCorpus(tempDir())).rejects.toThrow(/no messages here/)
})

test('generated mail is the same each time, of both kinds, and well-formed', () => {
  const mail = generated(60)
  const again = generated(60)
  expect(mail.every(({ raw }, i) => raw.equals(again[i].raw))).toBe(true)
  expect(new Set(mail.map(({ label }) => label))).toEqual(new Set(['ham', 'spam']))
  for (const { raw } of mail) {
    expect(find(parseHeader(raw), 'subject')).toBeTruthy()
    expect(raw.toString('latin1')).not.toMatch(/[^\r]\n|\r[^\n]/)
  }
})
