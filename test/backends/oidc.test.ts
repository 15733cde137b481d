// Logins at a provider of OpenID Connect: begin, come back, and all that may be wrong with it.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Ini } from '../../plugin/config.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { rig, ROOT } from '../quarantine/rig.ts'
import { freePort } from '../rig/ports.ts'
import { certificate, startProvider, type Files, type Made } from './servers.ts'

const SOURCE = '192.0.2.1'
const REDIRECT = 'https://quarantine.example.com/login/oidc'
const ANN = { account: 'ann@example.com', tier: 'address', scope: 'ann@example.com' }

let files: Files
let provider: Awaited<ReturnType<typeof startProvider>>
beforeAll(async () => {
  files = await certificate('127.0.0.1')
  provider = await startProvider({
    cert: readFileSync(files.cert, 'latin1'),
    key: readFileSync(files.key, 'latin1'),
  })
})

async function domain(over: Ini = {}): Promise<Lazaret> {
  const lazaret = rig({
    'oidc:example.com': {
      issuer: `https://127.0.0.1:${provider.port}`,
      client_id: 'lazaret',
      client_secret: 'a secret',
      ca: files.cert,
      timeout_seconds: 2,
      ...over,
    },
  })
  const { accounts } = lazaret.quarantine.as(ROOT)
  await accounts.add('ann@example.com', 'address', null)
  await accounts.add('b@other.example', 'address', null)
  return lazaret
}

/** As who one comes back whom the provider says this of. */
async function comeBack(
  { quarantine }: Lazaret,
  made: Partial<Made>,
  change = (url: string): string => url,
) {
  Object.assign(provider.made, { claims: {}, wrong: {}, status: 200 }, made)
  const { url, state } = await quarantine.logins.beginOidc('ann@example.com', REDIRECT)
  const back = change(provider.visit(url))
  return await quarantine.logins.finishOidc('example.com', back, state, SOURCE)
}

describe('a provider', () => {
  test('vouches for an address, which comes in as its account', async () => {
    const lazaret = await domain()
    const { url } = await lazaret.quarantine.logins.beginOidc('ann+x@example.com', REDIRECT)
    const asked = new URL(url).searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'lazaret',
      redirect_uri: REDIRECT,
      response_type: 'code',
      code_challenge_method: 'S256',
      login_hint: 'ann@example.com',
    })
    expect(asked.get('scope')).toContain('openid')
    expect(await comeBack(lazaret, { claims: { email: 'Ann@Example.com' } })).toEqual(ANN)
    // Of an alias, and however the browser's address of us is spelled behind a proxy.
    await lazaret.quarantine.as(ROOT).aliases.add('anna@example.com', 'ann@example.com')
    const proxied = (back: string): string => back.replace('https://quarantine.example.com', '')
    const claims = { email: 'anna@example.com', email_verified: true }
    expect(await comeBack(lazaret, { claims }, proxied)).toEqual(ANN)
    const { lastLogin } = lazaret.quarantine.as(ROOT).accounts.show('ann@example.com')
    expect(lastLogin).toMatchObject({ protocol: 'page', network: SOURCE })
  })

  test.each([
    ['nobody here', { claims: { email: 'new@example.com' } }],
    ['somebody of another domain', { claims: { email: 'b@other.example' } }],
    ['the domain itself', { claims: { email: 'example.com' } }],
    ['no address', { claims: {} }],
    ['what is no text', { claims: { email: ['ann@example.com'] } }],
    [
      'an address that it did not verify',
      { claims: { email: ANN.account, email_verified: false } },
    ],
    ['another nonce', { claims: { email: ANN.account }, wrong: { nonce: 'x' } }],
    ['another client', { claims: { email: ANN.account }, wrong: { audience: 'x' } }],
    [
      'another provider',
      { claims: { email: ANN.account }, wrong: { issuer: 'https://x.example' } },
    ],
    ['what another key signed', { claims: { email: ANN.account }, wrong: { key: true } }],
    ['long ago', { claims: { email: ANN.account }, wrong: { expired: true } }],
  ] as [string, Partial<Made>][])('that vouches for %s lets nobody in', async (_, made) => {
    await expect(comeBack(await domain(), made)).rejects.toMatchObject({ kind: 'wrong-login' })
  })

  test('is asked once: another state, another code and a code used twice are nobody’s', async () => {
    const lazaret = await domain()
    const claims = { email: ANN.account }
    const other = (name: string) => (back: string) => {
      const url = new URL(back)
      url.searchParams.set(name, 'x')
      return url.href
    }
    for (const name of ['state', 'code'])
      await expect(comeBack(lazaret, { claims }, other(name))).rejects.toMatchObject({
        kind: 'wrong-login',
      })
    const { logins } = lazaret.quarantine
    const { url, state } = await logins.beginOidc('example.com', REDIRECT)
    const back = provider.visit(url)
    expect(await logins.finishOidc('example.com', back, state, SOURCE)).toEqual(ANN)
    for (const [at, kept] of [
      [back, state],
      [back, 'no state'],
      [`${REDIRECT}?error=access_denied&state=${new URL(back).searchParams.get('state')}`, state],
      ['', state],
    ])
      await expect(logins.finishOidc('example.com', at, kept, SOURCE)).rejects.toMatchObject({
        kind: 'wrong-login',
      })
  })

  test('makes accounts where the domain says so, by the claim that the domain names', async () => {
    const lazaret = await domain({ create: 'yes', claim: 'upn' })
    const claims = { email: ANN.account, upn: 'new@example.com' }
    expect(await comeBack(lazaret, { claims })).toMatchObject({ account: 'new@example.com' })
    await lazaret.quarantine.as(ROOT).accounts.setDisabled('new@example.com', true)
    await expect(comeBack(lazaret, { claims })).rejects.toThrow(/disabled/)
  })

  test.each([
    ['has a fault', {}, { status: 503 }, /oidc https:/],
    ['has a certificate that nobody trusts', { ca: '' }, {}, /self-signed/],
    ['is down', { issuer: 'down' }, {}, /ECONNREFUSED/],
  ] as [string, Ini, Partial<Made>, RegExp][])(
    'that %s is unavailable',
    async (_, over, made, reason) => {
      if (over.issuer === 'down') over.issuer = `https://127.0.0.1:${await freePort()}`
      const failed = await comeBack(await domain(over), made).catch((error: Error) => error)
      expect(failed).toMatchObject({ kind: 'busy' })
      expect(((failed as Error).cause as Error).message).toMatch(reason)
    },
  )

  test('of a domain that has none', async () => {
    const { logins } = (await domain()).quarantine
    expect(logins.providers).toEqual(['example.com'])
    await expect(logins.beginOidc('other.example', REDIRECT)).rejects.toMatchObject({
      kind: 'not-found',
    })
  })
})
