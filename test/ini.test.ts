// Whatever is wrong in lazaret.ini stops the start, with file, line or key, and what to do.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONFIG, ConfigError, readConfig } from '../plugin/config.ts'
import { configOf, dataDirOf, parseIni } from '../plugin/ini.ts'
import { nearest } from '../plugin/text.ts'
import { tempDir } from './tmp.ts'

const read = (text: string): unknown => readConfig(parseIni(text, 'lazaret.ini'))

/** What the start is stopped with. */
function refusal(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error(`this was taken: ${text}`)
}

const BROKEN: [ini: string, refusal: RegExp][] = [
  // Lines.
  ['[settings]\nspam 0.9', /line 2: 'spam 0\.9' has no '=': write spam = 0\.9/],
  ['[settings]\nspam: 0.9', /line 2: 'spam: 0\.9' has no '=': write spam = 0\.9/],
  ['[settings]\nspam:0.9', /write spam = 0\.9/],
  ['[settings]\n\nspam', /line 3: 'spam' has no '=': write spam = VALUE/],
  ['[settings]\nspam: = 0.9', /'spam:' is no name of a key: write spam = VALUE/],
  ['[imap]\ntls port = 993', /'tls port' is no name of a key/],
  ['[imap]\n= 993', /'' is no name of a key: write KEY = VALUE/],
  ['[imap]\ntls_port[] = 993', /'tls_port\[\]' is no name of a key/],
  ['[imap\ntls_port = 993', /line 1: '\[imap' is no section: write \[name\], alone/],
  ['[imap] ; IMAP\n', /line 1: .* is no section/],
  ['[imap] tls_port = 993', /is no section/],
  [
    '[imap]\ntls_port = 993\n[front]\n[imap]\ntls_port = 994',
    /line 5: imap\.tls_port is set a second/,
  ],
  ['\ufeff[imap]\n', /line 1: this is not UTF-8, or has a byte order mark/],
  ['[main]\ndata_dir = d\ufffdta', /line 2: this is not UTF-8/],
  // Values that hold what does not belong to them.
  ['[imap]\nhost = "127.0.0.1"', /line 2: host is in quotes: write host = 127\.0\.0\.1/],
  ["[settings]\naction = 'tag'", /action is in quotes: write action = tag/],
  ['[settings]\nsubject_prefix = "[SPAM]"', /subject_prefix is in quotes: write .* = \[SPAM\]$/],
  ['[imap]\nhost = "127.0.0.1', /host has a quote at one end/],
  ['[imap]\ntls_port = 993 ; the usual one', /tls_port is followed by a comment/],
  ['[main]\ndata_dir = lazaret # here', /data_dir is followed by a comment/],
  ['[main]\ndata_dir = /var/lib/ \\\nlazaret', /data_dir ends with '\\'/],
  // Names.
  ['[imap]\ntls_prot = 993', /imap\.tls_prot is no key of this file: is tls_port meant\?/],
  ['[imap]\ntlsport = 993', /is tls_port meant\?/],
  ['[imap]\nTLS_PORT = 993', /is tls_port meant\?/],
  ['[settings]\nretention_day = 3', /is retention_days meant\?/],
  ['[settings]\nhold_outgoign = yes', /is hold_outgoing meant\?/],
  ['spam = 0.9', /main\.spam is no key of this file: it belongs below \[folders\] or \[settings\]/],
  [
    '[login example.com]\ntype = imap',
    /is no section of this file; .*\[backend:DOMAIN\], \[oidc:DOMAIN\]/,
  ],
  ['tls_port = 993', /main\.tls_port is no key of this file: it belongs below \[imap\]/],
  ['[settings]\nlockout_minutes = 3', /it belongs below \[login\]/],
  ['[imap]\nfrobnicate = 3', /imap\.frobnicate is no key of this file; \[imap\] has host, /],
  ['[imap]\n__proto__ = 3', /imap\.__proto__ is no key/],
  ['[imap]\nconstructor = 3', /imap\.constructor is no key/],
  ['[setting]\nspam = 0.9', /\[setting\] is no section of this file: is \[settings\] meant\?/],
  ['[IMAP]\ntls_port = 993', /\[IMAP\] is no section of this file: is \[imap\] meant\?/],
  ['[__proto__]\nspam = 0.9', /\[__proto__\] is no section/],
  ['[]\nspam = 0.9', /\[\] is no section of this file; there are \[main\]/],
  // Ports.
  ['[imap]\ntls_port = 143', /imap\.starttls_port: 143 is imap\.tls_port already/],
  ['[imap]\ntls_port = 8443', /http\.port: 8443 is imap\.tls_port already/],
  ['[http]\nport = 143', /http\.port: 143 is imap\.starttls_port already/],
  ['[imap]\ntls_port = 0\nstarttls_port = 0', /imap\.tls_port: both ports are off/],
  ['[imap]\ntls_port = 65536', /imap\.tls_port: 65536 is not within 0 to 65535/],
  ['[imap]\ntls_port = -1', /not within/],
  ['[imap]\ntls_port = 993.5', /not a whole number/],
  ['[imap]\ntls_port = imaps', /imap\.tls_port: 'imaps' is not a number/],
  ['[imap]\ntls_port = 0x3e1', /'0x3e1' is not a number/],
  ['[imap]\ntls_port =', /imap\.tls_port: '' is not a number/],
  ['[imap]\ntls_port = 127.0.0.1:993', /is not a number/],
  // Addresses and hosts.
  ['[imap]\nhost = mail.example.com', /imap\.host: 'mail\.example\.com' is no IP address/],
  ['[imap]\nhost = *', /imap\.host: '\*' is no IP address.*0\.0\.0\.0 is all/],
  ['[imap]\nhost = [::1]', /'\[::1\]' is no IP address: .*without brackets/],
  ['[imap]\nhost = 127.0.0.1:993', /is no IP address/],
  ['[imap]\nhost = 256.0.0.1', /is no IP address/],
  ['[imap]\nhost =', /imap\.host: '' is no IP address/],
  ['[release]\nhost = 10.0.0.2:25', /release\.host: .* write host = 10\.0\.0\.2 and port = 25/],
  ['[release]\nhost = mail.example.com:2525', /write host = mail\.example\.com and port = 2525/],
  ['[release]\nhost = [2001:db8::1]:25', /write host = 2001:db8::1 and port = 25/],
  ['[release]\nhost = [2001:db8::1]', /write host = 2001:db8::1$/],
  ['[release]\nhost = smtp://mail.example.com', /write host = mail\.example\.com$/],
  [
    '[release]\nhost = smtp://mail.example.com:25/',
    /write host = mail\.example\.com and port = 25/,
  ],
  ['[release]\nhost = -', /'-' is neither a host name nor an address/],
  ['[release]\nhost = mx-.example.com', /is neither a host name nor an address/],
  ['[release]\nhost = mx..example.com', /is neither a host name nor an address/],
  ['[http]\nmail_host = mail.example.com:993', /write mail_host = mail\.example\.com$/],
  ['[http]\nmail_host = https://mail.example.com/', /write mail_host = mail\.example\.com$/],
  [
    '[backend:example.com]\nhost = imap.example.com:993',
    /backend:example\.com\.host: .* write host = imap\.example\.com and port = 993$/,
  ],
  [
    '[backend:example.com]\nhost = x\nserver_name = imap://y:1',
    /backend:example\.com\.server_name: .* write server_name = y$/,
  ],
  ['[release]\nhost = a b', /release\.host: 'a b' is neither a host name nor an address/],
  ['[release]\nhost = a.example,b.example', /is neither a host name nor an address/],
  ['[release]\nport = 0', /release\.port: 0 is not within 1 to 65535/],
  // Paths.
  ['[main]\ndata_dir =', /main\.data_dir: '' is no folder of its own: name one, such as lazaret/],
  ['[main]\ndata_dir = .', /main\.data_dir: '\.' is no folder of its own/],
  ['[main]\ndata_dir = ./config', /no folder of its own/],
  ['[main]\ndata_dir = ~/lazaret', /main\.data_dir: .*without ~ and \$/],
  ['[main]\ndata_dir = $HOME/lazaret', /main\.data_dir: .*without ~ and \$/],
  ['[imap]\ncert = a.pem', /imap\.key: set both cert and key, or neither/],
  ['[imap]\nkey = a.pem', /imap\.cert: set both/],
  // The rest.
  ['[settings]\nspam = 0,9', /settings\.spam: '0,9' is not a number/],
  ['[settings]\nspam = 90%', /not a number/],
  ['[settings]\nspam = 1.1', /1\.1 is not within 0 to 1/],
  ['[settings]\nspam = NaN', /not a number/],
  ['[settings]\nspam = 1e-1', /not a number/],
  ['[settings]\nunsure = 0.95', /settings\.unsure: 0\.95 is above settings\.spam \(0\.9\)/],
  ['[settings]\naction = delete', /settings\.action: 'delete' is none of hold, tag, reject/],
  ['[settings]\nenabled = ja', /settings\.enabled: 'ja' is neither yes nor no/],
  ['[folders]\nspam =', /folders\.spam: the name is empty/],
  ['[folders]\nspam = INBOX', /'INBOX' is the name of INBOX already/],
  ['[folders]\nspam = Junk/Mail', /is not a folder name/],
]

describe('a broken lazaret.ini is refused', () => {
  test.each(BROKEN)('%j', (ini, words) => {
    const said = refusal(ini)
    expect(said).toMatch(words)
    expect(said).toMatch(/^lazaret\.ini[,:] /)
  })

  test('with the path of the file', () => {
    const path = join(tempDir(), 'lazaret.ini')
    writeFileSync(path, '[imap]\nhost=x\n')
    expect(() => configOf(path)).toThrow(`${path}: imap.host: 'x' is no IP address`)
    writeFileSync(path, '[imap]\nhost\n')
    expect(() => configOf(path)).toThrow(`${path}, line 2: 'host' has no '='`)
    expect(() => configOf(tempDir())).toThrow('EISDIR')
  })

  test('a data folder that is a file', () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'lazaret'), '')
    expect(() => dataDirOf(dir, readConfig({}))).toThrow(
      `lazaret.ini: main.data_dir: ${join(dir, 'lazaret')} is a file: name a folder`,
    )
    mkdirSync(join(dir, 'other'))
    const other = readConfig({ main: { data_dir: 'other' } })
    expect(dataDirOf(dir, other)).toBe(join(dir, 'other'))
    expect(dataDirOf(dir, readConfig({ main: { data_dir: '/srv/none' } }))).toBe('/srv/none')
  })

  test.each([
    '..',
    '../',
    '/',
    '//',
    'a/..',
    'queue',
    './queue/',
    'queue/lazaret',
    'config/x',
    'plugins',
    'node_modules',
  ])('a data folder where Haraka has files: %s', (data_dir) => {
    const dir = tempDir()
    expect(() => dataDirOf(dir, readConfig({ main: { data_dir } }))).toThrow(
      /^lazaret\.ini: main\.data_dir: \/.* is where Haraka has files of its own: name a folder/,
    )
  })

  test('a data folder beside Haraka, or with a name like one of its folders, is taken', () => {
    const dir = tempDir()
    for (const data_dir of ['../lazaret', 'queue2', 'my/queue', '..lazaret', `${dir}-data`])
      expect(dataDirOf(dir, readConfig({ main: { data_dir } }))).toBe(resolve(dir, data_dir))
  })
})

describe('what is right is taken', () => {
  test.each([
    ['', 'lazaret'],
    ['; a comment\n# another\n\n  [main]  \r\n  data_dir=/srv/a;b  \r\n', '/srv/a;b'],
    ['data_dir = without a section', 'without a section'],
    ['[ main ]\ndata_dir = a=b', 'a=b'],
  ])('%j', (ini, dir) => {
    expect(read(ini)).toMatchObject({ main: { data_dir: dir } })
  })

  test('values of each kind', () => {
    expect(
      read(
        '[settings]\nsubject_prefix = [SPAM #1] ;\nspam = .95\n[imap]\nhost = ::\ntls_port = 0\n[release]\nhost = 2001:db8::1\n',
      ),
    ).toMatchObject({
      settings: { subject_prefix: '[SPAM #1] ;', spam: 0.95 },
      imap: { host: '::', tls_port: 0 },
      release: { host: '2001:db8::1' },
    })
    for (const host of ['localhost', 'mail.example.com', 'mx_1.example', '10.0.0.1'])
      expect(read(`[release]\nhost = ${host}`)).toMatchObject({ release: { host } })
    expect(configOf(join(tempDir(), 'none.ini'))).toEqual(readConfig({}))
  })
})

test('any letter of any key mistyped is told with the key that was meant', () => {
  const keys = Object.entries(CONFIG).flatMap(([section, fields]) =>
    Object.keys(fields).map((key) => ({ section, key })),
  )
  for (const { section, key } of keys)
    for (let i = 0; i < key.length; i++) {
      const swapped = key.slice(0, i) + (key[i + 1] ?? '') + key[i] + key.slice(i + 2)
      for (const typed of [
        `${key.slice(0, i)}${key.slice(i + 1)}`,
        `${key.slice(0, i)}q${key.slice(i)}`,
        swapped,
      ]) {
        if (typed === key || typed === '') continue
        const own = Object.keys(CONFIG[section as keyof typeof CONFIG])
        if (own.includes(typed)) continue
        expect(refusal(`[${section}]\n${typed} = 1`)).toContain(`: is ${key} meant?`)
      }
    }
  expect(nearest('xyzzy', ['host', 'port'])).toBeNull()
})
