// What the server says in other languages: each such sentence is one that it says, and keeps what stands in it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compiled, translated } from '../../web/translate.ts'
import { hold, rig, ROOT as ADMIN, USER } from '../quarantine/rig.ts'
import { ROOT as TREE } from '../rig/build.ts'

const MESSAGES = join(TREE, 'web/messages')
const files = readdirSync(MESSAGES).filter((name) => name.endsWith('.server.json'))

/** All that the server's source says, with what it puts into it as `{}`, quotes as they are read. */
function said(): string {
  const all = readdirSync(join(TREE, 'plugin'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(TREE, 'plugin', name), 'utf8'))
  return all.join('\n').replaceAll(/\\(['"`])/g, '$1')
}

/** What people of the page can be told: verbs, the API, and what next hops made of releases. */
const REACHED =
  /^(?:quarantine|http|backends|haraka\/release)\/|^(?:scope|settings|address|turns)\.ts$/
/** Of these, what no answer to the page has in it. */
const ELSEWHERE: readonly RegExp[] = [
  // Written in the reader's language already.
  /quarantine\/digest\/languages\/|quarantine\/notices\//,
  // For whoever watches the server.
  /http\/routes\/(?:metrics|openapi)\.ts/,
  // Said to mail clients: APPEND, keywords; to the suites behind the test switch.
  /quarantine\/drop\/append\.ts|quarantine\/folders\/(?:flags|junk-keywords|keyword-room)\.ts|test-switch/,
  // Said at the command line, which speaks English.
  /quarantine\/model\/model\.ts|quarantine\/whatif\/effect\.ts/,
  // Between servers.
  /quarantine\/model\/receive\.ts|quarantine\/report\//,
]

/** Whole sentences in the source, `{}` where something is put in. */
function sentencesOf(): string[] {
  const found = readdirSync(join(TREE, 'plugin'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && REACHED.test(name))
    .filter((name) => !ELSEWHERE.some((one) => one.test(name)))
    .flatMap((name) => {
      const source = readFileSync(join(TREE, 'plugin', name), 'utf8')
        .replaceAll(/^\s*\/\/.*$/gm, '')
        .replaceAll(/\/\*[^]*?\*\//g, '')
      const texts = source.matchAll(
        /(?<!(?:description|summary):\s*)(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g,
      )
      return Array.from(texts, ([, one, two, three]) => one ?? two ?? three)
    })
    .map((text) => text.replaceAll(/\\(['"`])/g, '$1').replaceAll(/\$\{[^}]*\}/g, '{}'))
    // A capital letter, some words, and the end of a sentence.
    .filter((text) => /^[A-Z'{][^]* [^]* [^]*\.$/.test(text) && !text.startsWith('{}`'))
  return [...new Set(found)]
}

const mail = (subject: string): string =>
  `From: x@blocked.example\r\nSubject: ${subject}\r\n\r\nHello\r\n`

describe.each(files)('%s', (name) => {
  const sentences = Object.entries(
    JSON.parse(readFileSync(join(MESSAGES, name), 'utf8')) as Record<string, string>,
  )

  test('each is a sentence of the server', () => {
    const source = said()
    const unknown = sentences.flatMap(([english]) =>
      english.split(/\{\w+\}/).every((fixed) => source.includes(fixed.trim().replace(/^1 /, '')))
        ? []
        : [english],
    )
    expect(unknown).toEqual([])
  })

  test('all that the page can be told is in it', () => {
    const all = sentencesOf()
    expect(all.length).toBeGreaterThan(150)
    const known = new Set(sentences.map(([english]) => english.replaceAll(/\{\w+\}/g, '{}')))
    expect(all.filter((one) => !known.has(one))).toEqual([])
  })

  test('what the journal tells of a day is in it', async () => {
    const lazaret = rig({ settings: { release_delay: '0' } })
    const [{ item }] = await hold(lazaret, Buffer.from(mail('One')))
    const root = lazaret.quarantine.as(ADMIN)
    const user = lazaret.quarantine.as(USER)
    await root.accounts.add('user@example.com', 'address', 'correct horse battery')
    await user.items.release(item as number)
    await user.items.undo(item as number)
    await user.items.notSpam(item as number)
    await user.settings.set(USER.scope, 'spam', '0.8')
    await user.settings.set(USER.scope, 'spam', null)
    await user.lists.change(USER.scope, 'block', { add: ['a@x.example'], comment: 'why' })
    await user.lists.change(USER.scope, 'block', { remove: ['a@x.example'] })
    const { id } = await user.tokens.make({ name: 'x', may: 'read', days: 1 })
    await user.tokens.withdraw(id)
    await root.aliases.add('alias@example.com', 'user@example.com')
    await user.items.delete(item as number)
    await root.accounts.remove('user@example.com')
    const known = compiled(Object.fromEntries(sentences))
    const { entries } = await root.history({ newest: true })
    expect(new Set(entries.map(({ type }) => type)).size).toBeGreaterThan(7)
    expect(entries.filter(({ text }) => translated(known, text) === text)).toEqual([])
  })

  test('each is found, whatever stands in it', () => {
    const known = compiled(Object.fromEntries(sentences))
    const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, '<$1>')
    const wrong = sentences.flatMap(([english, text]) =>
      translated(known, filled(english)) === filled(text) ? [] : [english],
    )
    expect(wrong).toEqual([])
  })

  test('names nothing that is not in it', () => {
    const places = (text: string): string[] => text.match(/\{\w+\}/g) ?? []
    const wrong = sentences.flatMap(([english, text]) =>
      places(text).every((one) => places(english).includes(one)) ? [] : [text],
    )
    expect(wrong).toEqual([])
  })
})

test('German has them', () => {
  expect(files).toContain('de.server.json')
})
