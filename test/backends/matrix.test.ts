// Each kind of login back end in each state that is to be expected of it: what becomes of a right password, and what the
// administrator's log says. The whole dialogues stand in backends.test.ts and oidc.test.ts.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Ini } from '../../plugin/config.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { rig, ROOT } from '../quarantine/rig.ts'
import { freePort } from '../rig/ports.ts'
import {
  certificate,
  hasSlapd,
  NAME,
  scripted,
  SEARCHER,
  startSlapd,
  type Files,
  type Script,
} from './servers.ts'

const ANN = 'ann@example.com'
const PASSWORD = 'correct-horse'
const SILENT: Script = { greeting: null, answer: () => null }

const pem = ({ cert, key }: Files) => ({
  cert: readFileSync(cert, 'latin1'),
  key: readFileSync(key, 'latin1'),
})

/** By whose certificate it is known, over the name (for OIDC an address) at which it is asked. */
type Known = 'good' | 'other' | 'old'
const files: Record<string, Files> = {}
beforeAll(async () => {
  for (const name of [NAME, '127.0.0.1'])
    for (const [known, made] of [
      ['good', certificate(name)],
      ['other', certificate('other.example')],
      ['old', certificate(name, { expired: true })],
    ] as const)
      files[`${known} ${name}`] = await made
})

const KINDS: Record<string, Ini> = {
  imap: { type: 'imap' },
  smtp: { type: 'smtp', tls: 'implicit' },
  ldap: { type: 'ldap', tls: 'implicit', base: 'dc=example,dc=com' },
}

/** Why a right password could not be told from a wrong one. */
async function why(run: Promise<unknown>): Promise<string> {
  const error = (await run.then(
    () => new Error('it was told'),
    (reason: unknown) => reason,
  )) as Error & { kind?: string }
  expect(error).toMatchObject({ kind: 'busy' })
  expect(error.message).not.toMatch(/127\.0\.0\.1|ann/)
  return (error.cause as Error).message
}

async function passwords(backend: Ini): Promise<Lazaret> {
  const lazaret = rig({
    login: { scram: 'no' },
    'backend:example.com': { host: '127.0.0.1', server_name: NAME, timeout_seconds: 1, ...backend },
  })
  await lazaret.quarantine.as(ROOT).accounts.add(ANN, 'address', null)
  return lazaret
}

async function vouched(port: number, ca: string): Promise<Lazaret> {
  const lazaret = rig({
    'oidc:example.com': {
      issuer: `https://127.0.0.1:${port}`,
      client_id: 'lazaret',
      client_secret: 'a secret',
      timeout_seconds: 1,
      ca,
    },
  })
  await lazaret.quarantine.as(ROOT).accounts.add(ANN, 'address', null)
  return lazaret
}

/** A login at a back end of this kind, whose server has one certificate while another one is trusted. */
async function asked(kind: string, has: Known, trusted: Known, down = false): Promise<string> {
  const name = kind === 'oidc' ? '127.0.0.1' : NAME
  const own = files[`${has} ${name}`]
  const ca = files[`${trusted} ${name}`].cert
  const port = down ? await freePort() : (await scripted(SILENT, pem(own))).port
  if (kind === 'oidc') {
    const { logins } = (await vouched(port, ca)).quarantine
    return await why(logins.beginOidc(ANN, 'https://quarantine.example.com/login/oidc'))
  }
  const { logins } = (await passwords({ ...KINDS[kind], port, ca })).quarantine
  return await why(logins.login(ANN, PASSWORD, '192.0.2.1'))
}

describe.each([...Object.keys(KINDS), 'oidc'])('%s', (kind) => {
  test.each<[state: string, has: Known, trusted: Known, reason: RegExp]>([
    ['down', 'good', 'good', /ECONNREFUSED/],
    ['slow', 'good', 'good', /within 1 seconds|timed? ?out|timeout/i],
    ['of another name', 'other', 'other', /is not in the cert|altnames/i],
    ['signed by itself', 'good', 'other', /self-signed/],
    ['expired', 'old', 'old', /expired/],
  ])('%s: nobody is in or wrong, and the log says why', async (state, has, trusted, reason) => {
    expect(await asked(kind, has, trusted, state === 'down')).toMatch(reason)
  })
})

const LINES: Record<string, Script> = {
  imap: {
    greeting: '* OK hello\r\n',
    answer: (line) => {
      const [tag, word] = line.split(' ')
      if (word === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK\r\n`
      if (word === 'AUTHENTICATE') return '+ \r\n'
      return Buffer.from(line, 'base64').toString().endsWith(`\0${PASSWORD}`)
        ? 'c OK in\r\n'
        : 'c NO [AUTHENTICATIONFAILED] no\r\n'
    },
  },
  smtp: {
    greeting: '220 there\r\n',
    answer: (line) => {
      if (line.startsWith('EHLO')) return '250-mail\r\n250 AUTH PLAIN\r\n'
      const said = Buffer.from(line.slice('AUTH PLAIN '.length), 'base64').toString()
      return said.endsWith(`\0${PASSWORD}`) ? '235 2.7.0 in\r\n' : '535 5.7.8 no\r\n'
    },
  },
}

describe.each(Object.keys(KINDS))('%s that is well', (kind) => {
  test.skipIf(kind === 'ldap' && !hasSlapd())(
    'in, wrong, made at the first login, disabled',
    async () => {
      const good = files[`good ${NAME}`]
      const port =
        kind === 'ldap'
          ? (await startSlapd(good)).ldaps
          : (await scripted(LINES[kind], pem(good))).port
      const search = { bind_dn: SEARCHER.dn, bind_password: SEARCHER.password }
      const lazaret = await passwords({
        ...KINDS[kind],
        ...(kind === 'ldap' && search),
        port,
        ca: good.cert,
        create: 'yes',
        timeout_seconds: 10,
      })
      const { accounts } = lazaret.quarantine.as(ROOT)
      await accounts.remove(ANN)
      const login = (password: string) =>
        lazaret.quarantine.logins.login(ANN, password, '192.0.2.1')
      await expect(login('wrong horse')).rejects.toMatchObject({ kind: 'wrong-login' })
      expect(accounts.list()).toEqual([])
      expect(await login(PASSWORD)).toMatchObject({ account: ANN, tier: 'address' })
      expect(accounts.list()).toMatchObject([{ name: ANN }])
      await accounts.setDisabled(ANN, true)
      await expect(login(PASSWORD)).rejects.toThrow(/disabled/)
      // Who does not know the password does not hear it.
      await expect(login('wrong horse')).rejects.not.toThrow(/disabled/)
      await accounts.setDisabled(ANN, false)
      expect(await login(PASSWORD)).toMatchObject({ account: ANN })
    },
  )
})
