// score, train, eval, model: on messages of the corpus.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mailFiles, readMails } from '../../../plugin/cli/mail/files.ts'
import { CORPUS, on, run, tempDir } from '../run.ts'

const names = (folder: string): string[] =>
  readdirSync(join(CORPUS, folder)).filter((name) => name.endsWith('.txt'))

/** A folder with the first messages of a folder of the corpus. */
function some(dir: string, folder: string, from: number, to: number): string {
  const path = join(dir, `${folder}-${from}`)
  mkdirSync(path, { recursive: true })
  for (const name of names(folder).slice(from, to))
    symlinkSync(join(CORPUS, folder, name), join(path, name))
  return path
}

interface Scored {
  name: string
  class: string
  score: number
  views: { weight: number; n: number }[]
  tokens: { text: string; weight: number }[]
  lists: { decision: { mask: string } | null } | null
}

describe('train and score', () => {
  const files = tempDir()
  const data = tempDir()
  const { at, json } = on(data)
  const spam = some(files, 'spam-2', 0, 120)
  const ham = some(files, 'easy-ham-1', 0, 120)
  const [bad] = names('spam-2')
    .slice(200, 201)
    .map((name) => join(CORPUS, 'spam-2', name))
  const [good] = names('easy-ham-1')
    .slice(200, 201)
    .map((name) => join(CORPUS, 'easy-ham-1', name))

  test('duplicates count once, also in another run, and the run can be repeated', async () => {
    expect(await json(['train', '--spam', spam, spam, '--ham', ham])).toEqual({
      learned: 240,
      turned: 0,
      known: 120,
      skipped: 0,
      complete: true,
    })
    expect(await json(['train', '--ham', ham])).toMatchObject({ learned: 0, known: 120 })
    expect(await json(['model', 'info'])).toMatchObject({
      ham: 120,
      spam: 120,
      since: 0,
      // A new data folder begins with the shipped base model.
      prior: true,
    })
    expect(await json(['model', 'info', 'alice@example.com'])).toMatchObject({
      scope: 'alice@example.com',
      holds: 'very sure',
      text: 'holds what is very sure: 120 ham, 120 spam so far',
    })
    // The same messages as one mbox file with CRLF.
    let box = ''
    for (const file of mailFiles([spam]).files.slice(0, 20))
      for await (const { raw } of readMails(file)) {
        const text = raw.toString('latin1').replace(/\r?\n/g, '\r\n')
        box += `From x@y Thu Jul 11 12:03:04 2026\r\n${text.replace(/^(>*From )/gm, '>$1')}\r\n`
      }
    writeFileSync(join(files, 'box'), box, 'latin1')
    expect(await json(['train', '--spam', join(files, 'box')])).toMatchObject({ known: 20 })
  })

  test('what is no mail is passed over or refused; --force takes what is named', async () => {
    const { at, json } = on(tempDir())
    await json(['train', '--ham', good])
    const [program, text, empty] = ['program', 'text', 'empty'].map((name) => join(files, name))
    writeFileSync(program, Buffer.from('\x7fELF\x02\x01\x00\x00', 'latin1'))
    writeFileSync(text, 'mv a b\n')
    writeFileSync(empty, '')
    const some = await at(['train', '--ham', good, program, text, empty])
    expect(some.code).toBe(0)
    expect(some.out).toContain(`3 files skipped: ${program} (no mail)`)
    expect(await json(['train', '--ham', good, program])).toMatchObject({ known: 1, skipped: 1 })
    for (const command of [['train', '--spam'], ['score']]) {
      const none = await at([...command, text])
      expect(none.code).toBe(2)
      expect(none.err).toContain('is no mail')
      expect(none.err).toContain('--force')
      for (const [name, input] of [
        [empty, ''],
        ['-', ''],
      ]) {
        const nothing = await at([...command, name, '--force'], { input })
        expect(nothing.code).toBe(2)
        expect(nothing.err).toContain('empty')
      }
      expect((await at([...command, '-'], { input: 'mv a b\n' })).err).toContain('stdin is no mail')
    }
    expect(await json(['score', text, '--force'])).toHaveLength(1)
    expect(await json(['train', '--ham', text, '--force'])).toMatchObject({ learned: 1 })
    const brief = await at(['score', '--brief', good, text])
    expect(brief.code).toBe(0)
    expect(brief.out).toContain(`1 file skipped: ${text} (no mail)`)
  })

  test('--arf learns from reports of others, what they say or what --label says', async () => {
    const own = on(tempDir())
    const arf = (type: string, about: string): string =>
      [
        'From: fbl@provider.example',
        'Subject: FW: x',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
        '',
        '--b',
        'Content-Type: message/feedback-report',
        '',
        `Feedback-Type: ${type}`,
        'Version: 1',
        '',
        '--b',
        `Content-Type: ${about}`,
        '',
        `From: ${type}@sender.example`,
        `Subject: ${type}`,
        '',
        'Text',
        '--b--',
        '',
      ].join('\r\n')
    const whole = 'message/rfc822'
    const dir = join(files, 'reports')
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(dir, name), { recursive: true })
    writeFileSync(join(dir, 'cur/1'), arf('abuse', whole))
    writeFileSync(join(dir, 'cur/2'), arf('not-spam', whole))
    writeFileSync(join(dir, 'new/3'), arf('opt-out', whole))
    writeFileSync(join(dir, 'new/4'), arf('fraud', 'text/rfc822-headers'))
    writeFileSync(join(dir, 'new/5'), 'From: a@b.example\nSubject: none\n\nno report\n')
    expect(await own.json(['train', '--arf', dir])).toEqual({
      learned: 2,
      turned: 0,
      known: 0,
      skipped: 0,
      useless: { none: 1, header: 1, silent: 1 },
      complete: true,
    })
    expect(await own.json(['model', 'info'])).toMatchObject({ ham: 1, spam: 1 })
    const said = await own.at(['train', '--arf', '-', '--label', 'spam'], {
      input: arf('opt-out', whole),
    })
    expect(said.out).toContain('Learned 1 message; 0 known already.')
    expect(await own.json(['model', 'info'])).toMatchObject({ ham: 1, spam: 2 })
    expect((await own.at(['train', '--ham', good, '--label', 'spam'])).code).toBe(2)
    expect(await own.json(['report'])).toEqual([])
  })

  test('lessons that are turned round are counted', async () => {
    const other = on(tempDir())
    await other.json(['train', '--spam', good, bad])
    const turned = await other.at(['train', '--ham', good, '--spam', bad])
    expect(turned.out).toContain('Learned 1 message (1 of them turned round')
    expect(await other.json(['train', '--spam', good])).toMatchObject({
      learned: 1,
      turned: 1,
      known: 0,
    })
  })

  test('score tells class, probability, parts and tokens; the exit code tells spam', async () => {
    const [scored] = await json<Scored[]>(['score', bad], {}, 1)
    expect(scored).toMatchObject({ name: bad, class: 'spam', lists: null })
    expect(scored.score).toBeGreaterThan(0.9)
    expect(scored.views).toHaveLength(3)
    expect(scored.tokens).toHaveLength(8)
    const [fine] = await json<Scored[]>(['score', good, '--tokens', '3'], {}, 0)
    expect(fine.class).toBe('ham')
    expect(fine.tokens).toHaveLength(3)
    const { out } = await at(['score', bad])
    expect(out).toMatch(/: spam 0\.9\d+/)
    expect(out).toMatch(/subject and correspondents +[+-]\d/)
    const brief = await at(['score', good, bad, '--brief'])
    expect(brief.code).toBe(1)
    expect(brief.out.trim().split('\n')).toHaveLength(3)
  })

  test('stdin, lists of a recipient, signals', async () => {
    const input = readFileSync(good)
    const from = /^From:.*?([\w.+-]+@[\w.-]+)/m.exec(input.toString())?.[1] ?? ''
    await json(['list', 'add', from, '--block', '--scope', 'user@example.com'])
    const [scored] = await json<Scored[]>(['score', '-', '--to', 'user@example.com'], { input }, 1)
    expect(scored).toMatchObject({ name: 'stdin', class: 'spam', score: 1 })
    expect(scored.lists?.decision?.mask).toBe(from.toLowerCase())
    expect((await at(['score', '-', '--to', 'user@example.com'], { input })).out).toContain(
      'is on the block list of user@example.com',
    )
    const [other] = await json<Scored[]>(['score', '-', '--to', 'other@example.com'], { input })
    expect(other.class).toBe('ham')
    const [signalled] = await json<Scored[]>(
      ['score', '-', '--signal', 'spf=fail', 'dnsbl=listed'],
      { input },
    )
    expect(signalled.views[1].n).toBe(other.views[1].n + 2)
  })

  test('a model travels: exported, reset, imported; scores are the same to the last bit', async () => {
    const score = async (): Promise<number> => (await json<Scored[]>(['score', good]))[0].score
    const before = await score()
    const file = join(files, 'model')
    expect((await at(['model', 'export', file])).code).toBe(0)
    expect((await at(['model', 'reset'])).code).toBe(2)
    for (const words of [['reset'], ['import', file]]) {
      const before = await json(['model', 'info'])
      const dry = await at(['model', ...words, '--dry-run'])
      expect([dry.code, dry.out]).toEqual([
        0,
        expect.stringMatching(/^It would forget \d+ lessons? and know /),
      ])
      expect(await json(['model', 'info'])).toEqual(before)
    }
    expect((await at(['model', 'reset', '--yes'])).code).toBe(0)
    expect(await json(['model', 'info'])).toMatchObject({ ham: 0, spam: 0 })
    expect(await score()).toBe(0.5)
    // Forgotten is forgotten: the same messages are lessons again.
    expect(await json(['train', '--ham', ham])).toMatchObject({ learned: 120 })
    expect((await at(['model', 'import', file])).code).toBe(2)
    expect((await at(['model', 'import', file, '--yes'])).code).toBe(0)
    expect(await json(['model', 'info'])).toMatchObject({ ham: 120, spam: 120, prior: true })
    expect(await score()).toBe(before)

    const other = on(tempDir())
    await other.json(['model', 'import', file, '--prior'])
    expect(await other.json(['model', 'info'])).toMatchObject({ ham: 0, spam: 0, prior: true })
    // An opinion from elsewhere holds nothing alone.
    expect((await other.json<Scored[]>(['score', bad]))[0].class).toBe('unsure')
  })

  test('what is no model is refused, and nothing changes', async () => {
    const file = join(files, 'no-model')
    for (const text of [
      'hello',
      'LZM\x01\x63\x14',
      '{"lazaret":"model"}\n',
      '{"lazaret":"model","ham":-1,"spam":0,"prior":false}\nx',
    ]) {
      writeFileSync(file, text, 'latin1')
      const { code, err } = await at(['model', 'import', file, '--yes'])
      expect(code).toBe(1)
      expect(err).toContain('This model cannot be used')
    }
    expect(await json(['model', 'info'])).toMatchObject({ ham: 120, spam: 120 })
  })
})

describe('eval', () => {
  test('of nothing is an error', async () => {
    const nothing = tempDir()
    writeFileSync(join(nothing, 'index'), '# no line\n')
    for (const path of [nothing, join(nothing, 'index')]) {
      const { code, err } = await run(['eval', path])
      expect(code).toBe(2)
      expect(err).toContain('nothing was measured')
    }
    writeFileSync(join(nothing, 'void'), '')
    writeFileSync(join(nothing, 'index'), 'spam void\n')
    expect((await run(['eval', nothing])).err).toMatch(/line 1: .*void is empty/)
    expect((await run(['eval', tempDir()])).code).toBe(2)
  })

  const dir = tempDir()
  some(dir, 'spam-1', 0, 150)
  some(dir, 'easy-ham-2', 0, 250)

  test('figures, scores and picture', async () => {
    const [scores, roc] = [join(dir, 'scores.tsv'), join(dir, 'roc.svg')]
    const { code, out } = await run(['eval', dir, '--scores', scores, '--roc', roc, '--json'])
    expect(code).toBe(0)
    const told = JSON.parse(out) as Record<string, number>
    expect(told).toMatchObject({ protocol: 'online', ham: 250, spam: 150 })
    // (1-ROCA)% again, the slow way: pairs in the wrong order, ties half.
    const rows = readFileSync(scores, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows).toHaveLength(400)
    const of = (label: string): number[] =>
      rows.filter(([one]) => one === label).map(([, score]) => Number(score))
    const [hams, spams] = [of('ham'), of('spam')]
    let wrong = 0
    for (const h of hams) for (const s of spams) wrong += h > s ? 1 : h === s ? 0.5 : 0
    expect(told.roca).toBeCloseTo((100 * wrong) / (hams.length * spams.length), 9)
    expect(told.hm).toBeCloseTo((100 * hams.filter((h) => h >= 0.5).length) / hams.length, 9)
    const svg = readFileSync(roc, 'utf8')
    expect(svg).toMatch(/^<svg [^]*<path class="curve" d="M[^]*<\/svg>\n$/)
    expect(svg).not.toContain('NaN')
  })

  test('--late: a message is learned when so many more were scored; --model: what it begins with', async () => {
    const scores = join(dir, 'late.tsv')
    const told = async (...options: string[]): Promise<number[]> => {
      expect((await run(['eval', dir, '--scores', scores, ...options])).code).toBe(0)
      const rows = readFileSync(scores, 'utf8').trim().split('\n')
      return rows.map((row) => Number(row.split('\t')[1]))
    }
    const late = await told('--late', '100')
    expect(new Set(late.slice(0, 101))).toEqual(new Set([0.5]))
    expect(new Set(late.slice(150)).size).toBeGreaterThan(200)
    const base = join(process.cwd(), 'config/base.model')
    const begun = await told('--late', '400', '--model', base)
    expect(new Set(begun).size).toBeGreaterThan(200)
    const exported = join(dir, 'exported.model')
    const { json } = on(tempDir())
    await json(['model', 'import', base, '--prior'])
    await json(['model', 'export', exported])
    expect(await told('--late', '400', '--model', exported)).toEqual(begun)
    for (const [option, value, why] of [
      ['--late', '-1', /--late -1: give a number/],
      ['--model', scores, /--model .*late.tsv: these bytes are not a model snapshot/],
    ] as const) {
      const { code, err } = await run(['eval', dir, option, value])
      expect(code).toBe(2)
      expect(err).toMatch(why)
    }
  })

  test('batch scores one part with what the other taught', async () => {
    const { out } = await run(['eval', dir, '--protocol', 'batch', '--share', '0.75', '--json'])
    const told = JSON.parse(out) as { ham: number; spam: number; roca: number }
    expect(told.ham + told.spam).toBe(100)
    expect(told.roca).toBeLessThan(2)
    expect((await run(['eval', dir])).out).toContain('sm% at hm 0.1%')
    expect((await run(['eval', dir, '--share', 'x'])).code).toBe(2)
    expect((await run(['eval', join(dir, 'nothing')])).code).toBe(2)
  })
})
