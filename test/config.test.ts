import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONFIG, ConfigError, readConfig, sampleIni, type Ini } from '../plugin/config.ts'
import type { Field } from '../plugin/fields.ts'
import { configOf } from '../plugin/ini.ts'
import { generated } from '../scripts/config.ts'

const ROOT = join(__dirname, '..')
const FIELDS = Object.entries(CONFIG).flatMap(([section, fields]) =>
  Object.entries<Field<unknown>>(fields).map(([key, field]) => ({ section, key, field })),
)

describe('generated files', () => {
  for (const [file, text] of generated(ROOT))
    test(`${file} is as \`npm run config\` writes it`, () => {
      expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text)
    })

  test('the shipped file gives the defaults', () => {
    expect(configOf(join(ROOT, 'config/lazaret.ini'))).toEqual(readConfig({}))
  })

  test('every key of the shipped file has a comment of its own', () => {
    const lines = sampleIni().split('\n')
    for (const { section, key, field } of FIELDS) {
      const at = lines.indexOf(
        `;${key} = ${field.default}`.trimEnd(),
        lines.indexOf(`[${section}]`),
      )
      expect(lines[at - 1], key).toContain(`; ${field.doc}`)
      expect(field.doc.length, key).toBeGreaterThan(10)
    }
  })
})

describe('reading', () => {
  test('every default is a value that its own field takes', () => {
    for (const { key, field } of FIELDS) expect(() => field.parse(field.default), key).not.toThrow()
  })

  test('values that Haraka turned into numbers and texts arrive', () => {
    const config = readConfig({
      imap: { tls_port: 1993, trash: 'true' },
      settings: { spam: 0.95, action: 'TAG' },
      folders: { spam: 'Junk' },
    })
    expect(config.imap.tls_port).toBe(1993)
    expect(config.imap.trash).toBe(true)
    expect(config.settings.spam).toBe(0.95)
    expect(config.settings.action).toBe('tag')
    expect(config.folders.spam).toBe('Junk')
  })

  const WRONG: [Ini, RegExp][] = [
    [{ imap: { tls_port: 'x' } }, /lazaret\.ini: imap\.tls_port: 'x' is not a number/],
    [{ imap: { tls_port: ['993'] } }, /imap\.tls_port: takes one value/],
    [{ imap: { tls_port: 70000 } }, /imap\.tls_port: 70000 is not within 0 to 65535/],
    [{ imap: { tls_prot: 993 } }, /imap\.tls_prot is no key/],
    [{ imapp: {} }, /\[imapp\] is no section/],
    [{ settings: { action: 'drop' } }, /settings\.action: 'drop' is none of hold, tag, reject/],
    [{ settings: { enabled: 'maybe' } }, /'maybe' is neither yes nor no/],
    [{ settings: { unsure: 0.95 } }, /settings\.unsure: 0\.95 is above settings\.spam/],
    [{ imap: { cert: 'a.pem' } }, /imap\.key: set both cert and key/],
    [{ folders: { spam: 'caught' } }, /folders\.spam: 'caught' is the name of caught already/],
    [{ folders: { spam: 'inbox' } }, /'inbox' is the name of INBOX already/],
    [{ folders: { spam: 'a/b' } }, /folders\.spam: 'a\/b' is not a folder name/],
    [{ report: { to: 'abuse' } }, /report\.to: 'abuse' is not an address/],
    [{ report: { url: 'http://a.example/r', token: 't' } }, /report\.url: .* is not https:/],
    [{ report: { url: 'https://u:p@a.example/r', token: 't' } }, /report\.url: it holds a pass/],
    [{ report: { url: 'https://a.example/r' } }, /report\.token: a central Lazaret asks/],
    [{ report: { to: 'a@b.example', next_hop: 'mx' } }, /report\.next_hop: 'mx' is not HOST:PORT/],
    [{ report: { next_hop: 'mx:25' } }, /report\.next_hop: it is for mail/],
    [{ report: { from: 'a@b.example' } }, /report\.from: it is for mail/],
    [{ main: { data_dir: 'a\u0000b' } }, /main\.data_dir: holds a control character/],
  ]
  for (const [ini, reason] of WRONG)
    test(`refuses ${JSON.stringify(ini)} with file, key and reason`, () => {
      expect(() => readConfig(ini)).toThrow(ConfigError)
      expect(() => readConfig(ini)).toThrow(reason)
    })
})
