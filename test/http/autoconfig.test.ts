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
