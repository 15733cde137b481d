// What Thunderbird is told: the server, its ports, and nothing that a stranger wrote as markup.
import { expect, test } from 'vitest'
import { world } from './world.ts'

test('autoconfig names host, ports and security; what was asked is no markup', async () => {
  const on = await world({
    http: { mail_host: 'quarantine.example.com' },
    imap: { starttls_port: 0 },
  })
  const asked = encodeURIComponent('user@"><x>.example')
  for (const path of ['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml']) {
    const { status, headers, text } = await on.ask(`${path}?emailaddress=${asked}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(text).toContain('<domain>&quot;&gt;&lt;x&gt;.example</domain>')
    expect(text.match(/<incomingServer type="imap">/g)).toHaveLength(1)
    expect(text).toContain('<hostname>quarantine.example.com</hostname>')
    expect(text).toContain('<port>993</port>')
    expect(text).toContain('<socketType>SSL</socketType>')
  }
})

/** Texts of an element's children, by name; null where the element is missing. */
function children(xml: string, element: string): Record<string, string> | null {
  const whole = new RegExp(`<${element}[^>]*>([^]*?)</${element}>`).exec(xml)?.[1]
  if (whole === undefined) return null
  const all = Array.from(whole.matchAll(/<(\w+)>([^<]*)<\/\1>/g), ([, name, text]) => [name, text])
  return Object.fromEntries(all) as Record<string, string>
}

test('autoconfig as Thunderbird reads it: what it needs of each server, of the incoming and of the outgoing', async () => {
  for (const [port, socket] of [
    [undefined, 'STARTTLS'],
    ['465', 'SSL'],
  ]) {
    const on = await world({
      http: { mail_host: 'quarantine.example.com', ...(port && { mail_submission_port: port }) },
    })
    const { text } = await on.ask('/mail/config-v1.1.xml?emailaddress=user@example.com')
    // Each element that is opened is closed, in order: it is XML.
    const open: string[] = []
    for (const [, end, name] of text.matchAll(/<(\/?)([a-zA-Z]+)[^>?]*>/g))
      if (end === '') open.push(name)
      else expect(open.pop()).toBe(name)
    expect(open).toEqual([])
    expect(text).toMatch(/<emailProvider id="example\.com">\s*<domain>example\.com<\/domain>/)
    const needed = {
      hostname: 'quarantine.example.com',
      authentication: 'password-cleartext',
      username: '%EMAILADDRESS%',
    }
    expect(children(text, 'incomingServer')).toEqual({ ...needed, port: '993', socketType: 'SSL' })
    // Without one it says "Need proper <outgoingServer> in XML file".
    expect(children(text, 'outgoingServer')).toEqual({
      ...needed,
      port: port ?? '587',
      socketType: socket,
      addThisServer: 'false',
      useGlobalPreferredServer: 'true',
    })
  }
})

test('autodiscover and a profile of Apple name them too', async () => {
  const on = await world({ http: { mail_host: 'quarantine.example.com' } })
  const ask = async (address: string): Promise<string> => {
    const body = `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`
    const headers = { 'content-type': 'text/xml; charset=utf-8' }
    const answer = await fetch(`http://127.0.0.1:${on.port}/autodiscover/autodiscover.xml`, {
      method: 'POST',
      headers,
      body,
    })
    expect(answer.status).toBe(200)
    return await answer.text()
  }
  const text = await ask('a&amp;b@example.com')
  expect(text.match(/<Type>IMAP<\/Type>/g)).toHaveLength(2)
  expect(text).toContain('<Server>quarantine.example.com</Server><Port>993</Port>')
  expect(text).toContain('<LoginName>a&amp;b@example.com</LoginName>')
  expect(text).toContain('<SSL>on</SSL><Encryption>SSL</Encryption>')
  expect(text).toContain('<SSL>off</SSL><Encryption>TLS</Encryption>')
  expect(await ask('&lt;x&gt;@example.com')).toContain('<LoginName>&lt;x&gt;@example.com<')
  expect(await ask('nobody')).toContain('<ErrorCode>600</ErrorCode>')

  const profile = await on.ask('/apple.mobileconfig?emailaddress=a%26%3Cb@example.com')
  expect(profile.headers.get('content-type')).toContain('application/x-apple-aspen-config')
  expect(profile.text).toContain('<key>EmailAddress</key><string>a&amp;&lt;b@example.com</string>')
  expect(profile.text).toContain('<key>IncomingMailServerPortNumber</key><integer>993</integer>')
  expect(profile.text).toMatch(
    /<key>PayloadUUID<\/key><string>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</,
  )
  const tags = Array.from(
    profile.text.matchAll(/<(\/?)(dict|array|plist)\b[^>]*>/g),
    ([, end]) => end,
  )
  expect(tags).toEqual(['', '', '', '', '/', '/', '/', '/'])
  expect((await on.ask('/apple.mobileconfig?emailaddress=nobody')).status).toBe(400)
})
