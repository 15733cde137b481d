// Broken installations: of each the doctor finds what is wrong, and says what to do.
import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { generate } from 'selfsigned'
import { readConfig } from '../../plugin/config.ts'
import { clock, disk } from '../../plugin/doctor/data.ts'
import { installationAt } from '../../plugin/doctor/installation.ts'
import { certificate } from '../../plugin/doctor/ports.ts'
import type { About, Finding, Level } from '../../plugin/doctor/finding.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { tellRunning } from '../../plugin/running.ts'
import { DAY } from '../../plugin/time.ts'
import { freePort } from '../rig/ports.ts'
import { dns, DNS, ill, look, PLUGINS, says, site, type Site } from './site.ts'

/** `lazaret.ini` of a site whose IMAP ports are free. */
async function ini(more = ''): Promise<string> {
  return `[imap]\nhost = 127.0.0.1\ntls_port = 0\nstarttls_port = ${await freePort()}\n${more}`
}

async function pem(
  host: string,
  from: number,
  until: number,
): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(from),
    notAfterDate: new Date(until),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  })
  return { cert: `${made.cert}\n`, key: `${made.private}\n` }
}

/** A site with a certificate of its own. */
async function certified(host: string, from: number, until: number): Promise<Site> {
  const { cert, key } = await pem(host, from, until)
  return await site({
    'lazaret.ini': await ini('cert = tls.pem\nkey = tls.key\n'),
    'tls.pem': cert,
    'tls.key': key,
  })
}

const now = Date.now()

interface Broken {
  what: string
  make: () => Promise<Site>
  about: About
  level: Level
  text: RegExp
  todo: RegExp
}

const BROKEN: Broken[] = [
  {
    what: 'lazaret is not loaded',
    make: async () => await site({ plugins: 'queue/smtp_forward\n', 'lazaret.ini': await ini() }),
    about: 'haraka',
    level: 'wrong',
    text: /config\/plugins does not name lazaret: nothing is caught/,
    todo: /add the line lazaret, before the plugin that queues mail/,
  },
  {
    what: 'mail is queued before it is judged',
    make: async () =>
      await site({
        plugins: 'queue/smtp_forward\nlazaret\nlazaret/imap\n',
        'lazaret.ini': await ini(),
      }),
    about: 'haraka',
    level: 'wrong',
    text: /queue\/smtp_forward stands before lazaret/,
    todo: /move lazaret above queue\/smtp_forward, and restart/,
  },
  {
    what: 'nobody can see what is held',
    make: async () => await site({ plugins: 'lazaret\nqueue/smtp_forward\nspf\n' }),
    about: 'haraka',
    level: 'hint',
    text: /neither lazaret\/imap nor lazaret\/http/,
    todo: /add the line lazaret\/imap/,
  },
  {
    what: 'Haraka does not run',
    make: async () => await site({ 'lazaret.ini': await ini() }),
    about: 'haraka',
    level: 'wrong',
    text: /does not run on these data/,
    todo: /systemctl start haraka/,
  },
  {
    what: 'a value of lazaret.ini is wrong',
    make: async () => await site({ 'lazaret.ini': '[imap]\nhost = mail.example.com\n' }),
    about: 'configuration',
    level: 'wrong',
    text: /config\/lazaret\.ini: imap\.host: 'mail\.example\.com' is no IP address/,
    todo: /correct it, and start Haraka/,
  },
  {
    what: 'there are no data',
    make: async () => await site({ 'lazaret.ini': await ini() }, { data: false }),
    about: 'data',
    level: 'wrong',
    text: /there are none in .*lazaret/,
    todo: /start Haraka once, or make the first account/,
  },
  {
    what: 'the data are damaged',
    make: async () => {
      const at = await site({ 'lazaret.ini': await ini() })
      writeFileSync(join(at.data, 'data.mdb'), Buffer.alloc(65_536, 1))
      return at
    },
    about: 'data',
    level: 'wrong',
    text: /data\.mdb/,
    todo: /docs\/operate\.md "Damage"/,
  },
  {
    what: 'others can read the data',
    make: async () => {
      const at = await site({ 'lazaret.ini': await ini() })
      chmodSync(at.data, 0o755)
      return at
    },
    about: 'data',
    level: 'wrong',
    text: /others of this machine can look into .* \(mode 755\)/,
    todo: /chmod 700/,
  },
  {
    what: 'the data are of another user than Haraka',
    make: async () => await site({ 'lazaret.ini': await ini(), 'smtp.ini': 'user=nobody-else\n' }),
    about: 'data',
    level: 'wrong',
    text: /belongs to .*, and Haraka becomes nobody-else/,
    todo: /chown -R nobody-else/,
  },
  {
    what: 'a port belongs to another program',
    make: async () =>
      await site({
        'lazaret.ini': `[imap]\nhost = 127.0.0.1\ntls_port = 0\nstarttls_port = ${await says('220 ftp\r\n')}\n`,
      }),
    about: 'ports',
    level: 'wrong',
    text: /imap\.starttls_port \d+: another program has it/,
    todo: /ss -ltnp/,
  },
  {
    what: 'nobody answers on the port of IMAP',
    make: async () => running(await site({ 'lazaret.ini': await ini() })),
    about: 'ports',
    level: 'wrong',
    text: /starttls_port \d+: 127\.0\.0\.1 refuses: nobody listens there/,
    todo: /log of Haraka/,
  },
  {
    what: 'something else answers on it',
    make: async () =>
      running(
        await site({
          'lazaret.ini': `[imap]\nhost = 127.0.0.1\ntls_port = 0\nstarttls_port = ${await says('+OK POP3\r\n')}\n`,
        }),
      ),
    about: 'ports',
    level: 'wrong',
    text: /answers '\+OK POP3', which is not IMAP/,
    todo: /see who listens/,
  },
  {
    what: 'the certificate is not there',
    make: async () => await site({ 'lazaret.ini': await ini('cert = tls.pem\nkey = tls.key\n') }),
    about: 'certificate',
    level: 'wrong',
    text: /imap\.cert, imap\.key: there is no file .*config\/tls\.pem/,
    todo: /relative to the config folder/,
  },
  {
    what: 'the certificate has expired',
    make: async () => await certified('mx.example.com', now - 90 * DAY, now - 3 * DAY),
    about: 'certificate',
    level: 'wrong',
    text: /tls\.pem has expired on \d{4}-/,
    todo: /renew it/,
  },
  {
    what: 'the certificate ends soon',
    make: async () => await certified('mx.example.com', now - 90 * DAY, now + 3 * DAY),
    about: 'certificate',
    level: 'wrong',
    text: /tls\.pem expires on \d{4}-/,
    todo: /renew it/,
  },
  {
    what: 'the certificate is of the future',
    make: async () => await certified('mx.example.com', now + 3 * DAY, now + 90 * DAY),
    about: 'certificate',
    level: 'wrong',
    text: /is valid from \d{4}-\S+ on only/,
    todo: /set the clock/,
  },
  {
    what: 'the certificate has another name',
    make: async () => await certified('other.example', now, now + 90 * DAY),
    about: 'certificate',
    level: 'hint',
    text: /is for other\.example, and this server calls itself mx\.example\.com/,
    todo: /tell people to use one of these names, or take a certificate for mx\.example\.com/,
  },
  {
    what: 'the next hop is not there',
    make: async () =>
      await site({
        'lazaret.ini': await ini(`[release]\nhost = 127.0.0.1\nport = ${await freePort()}\n`),
      }),
    about: 'next hop',
    level: 'wrong',
    text: /127\.0\.0\.1:\d+ \(\[release\] of lazaret\.ini\) refuses: nobody listens there/,
    todo: /start that server, open its firewall/,
  },
  {
    what: 'the next hop is no mail server',
    make: async () =>
      await site({
        'lazaret.ini': await ini(),
        'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${await says('* OK IMAP\r\n')}\n`,
      }),
    about: 'next hop',
    level: 'wrong',
    text: /\(smtp_forward\.ini \[main\]\) says '\* OK IMAP' instead of a greeting/,
    todo: /right port/,
  },
  {
    what: 'the next hop is this server',
    make: async () => {
      const port = await says('220 mx.example.com\r\n')
      const at = await site({
        'lazaret.ini': await ini(),
        'smtp_forward.ini': `host=localhost\nport=${port}\n`,
      })
      return running(at, [`0.0.0.0:${port}`])
    },
    about: 'next hop',
    level: 'wrong',
    text: /is this Haraka itself: released mail would come back/,
    todo: /name your mail server in smtp_forward\.ini/,
  },
]

function running(at: Site, smtp: string[] = []): Site {
  tellRunning(at.data, { role: 'mail', listens: { smtp }, sessions: null })
  return at
}

describe('the doctor finds', () => {
  test.each(BROKEN)('$what', async ({ make, about, level, text, todo }) => {
    const findings = await look(await make())
    const found = findings.find((one) => one.about === about && text.test(one.text))
    expect(findings.map((one) => `${one.level} ${one.about}: ${one.text}`).join('\n')).toMatch(text)
    expect(found).toMatchObject({ level })
    expect(found?.todo).toMatch(todo)
  })

  test('names that are not in the DNS, with the records that are missing', async () => {
    const at = await site({ plugins: 'lazaret\nlazaret/imap\nlazaret/http\nqueue/smtp_forward\n' })
    const [me, domain] = ill(await look(at, dns()), 'names')
    expect(me.text).toBe('mx.example.com (config/me) has no address in the DNS')
    expect(me.todo).toContain('add an A or AAAA record')
    expect(domain.todo).toBe(
      'where it has no other IMAP server, add to its zone: _imaps._tcp.example.com. SRV 0 1 993 mx.example.com.; ' +
        'autoconfig.example.com. CNAME mx.example.com.; autodiscover.example.com. CNAME mx.example.com.',
    )
    const dead = {
      addresses: () => Promise.reject(Object.assign(new Error('x'), { code: 'ETIMEOUT' })),
      services: (name: string) => DNS.services(name),
    }
    expect(ill(await look(at, dead), 'names')).toMatchObject([
      { level: 'hint', text: 'the DNS does not answer (ETIMEOUT)' },
    ])
  })

  test('digests whose links lead nowhere, to somebody else, or here', async () => {
    const { cert, key } = await pem('127.0.0.1', now - DAY, now + 90 * DAY)
    let text = 'It works!'
    const server = createServer({ cert, key }, (_request, answer) => answer.end(text))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const of = async (url: string, plugins = `${PLUGINS}lazaret/http\n`): Promise<string[]> => {
      const more = `[digest]\nurl=${url}\n[settings]\ndigest=daily\n`
      const found = await look(await site({ plugins, 'lazaret.ini': await ini(more) }))
      return found
        .filter(({ about }) => about === 'digests')
        .map(({ level, text: said }) => `${level}: ${said}`)
    }
    const here = `https://127.0.0.1:${port}`
    expect(await of('')).toEqual([expect.stringMatching(/^hint: they go without links/)])
    expect(await of(here, PLUGINS)).toEqual([expect.stringMatching(/^wrong: .*does not name/)])
    expect(await of(here)).toEqual([expect.stringMatching(/^wrong: .*somebody else answers/)])
    text = 'yes\n'
    expect(await of(here)).toEqual([expect.stringMatching(/^hint: .*browsers do not trust/)])
    const nobody = `https://127.0.0.1:${await freePort()}`
    expect(await of(nobody)).toEqual([expect.stringMatching(/^wrong: .*nobody listens there/)])
  })

  test('a clock that is wrong', async () => {
    const { data } = await site()
    const lazaret = open(readConfig({}), data)
    expect(clock(lazaret)).toMatchObject({ level: 'ok' })
    expect(clock(lazaret, Date.UTC(2000, 0))).toMatchObject({
      level: 'wrong',
      text: 'it says Sat, 01 Jan 2000 00:00:00 GMT',
      todo: expect.stringContaining('time service') as string,
    })
    expect(clock(lazaret, now - 3 * DAY)).toMatchObject({
      level: 'wrong',
      text: expect.stringContaining('it is behind, or was ahead') as string,
    })
    await lazaret.close()
  })

  test('a disk that is full, or will be', async () => {
    const { data } = await site()
    const lazaret = open(readConfig({}), data)
    const { space } = lazaret.quarantine.system
    const as = (level: 'warn' | 'full'): Finding =>
      disk({ quarantine: { system: { space: { ...space, level } } } } as Lazaret)
    expect(disk(lazaret).level).toBe('ok')
    expect(as('warn')).toMatchObject({
      level: 'wrong',
      text: expect.stringMatching(/^room runs short/),
    })
    expect(as('full')).toMatchObject({
      level: 'wrong',
      text: expect.stringMatching(/^mail to be held is answered 451: .*main\.map_size_gb/),
      todo: expect.stringContaining('lazaret item purge'),
    })
    await lazaret.close()
  })

  test('a certificate that is valid too long, or damaged', async () => {
    const long = installationAt((await certified('mx.example.com', now, now + 3650 * DAY)).dir)
    expect([...certificate(long)].map(({ text }) => text)).toEqual([
      expect.stringContaining('valid for more than 825 days: mail clients of Apple refuse it'),
    ])
    // The date tells, not the clock of this test.
    const [expired] = [...certificate(long, now + 4000 * DAY)]
    expect(expired.text).toContain('has expired')
  })

  test('nothing wrong where all is well', async () => {
    const imap = await says('* OK ready\r\n')
    const hop = await says('220 mail.example.com ESMTP\r\n')
    const { cert, key } = await pem('mx.example.com', now, now + 90 * DAY)
    const at = running(
      await site({
        'lazaret.ini': `[imap]\nhost = 127.0.0.1\ntls_port = 0\nstarttls_port = ${imap}\ncert = a.pem\nkey = a.key\n[release]\nhost = 127.0.0.1\nport = ${hop}\n`,
        'a.pem': cert,
        'a.key': key,
      }),
    )
    const findings = await look(at)
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(new Set(findings.map(({ about }) => about))).toEqual(
      new Set([
        'haraka',
        'configuration',
        'data',
        'accounts',
        'disk',
        'clock',
        'ports',
        'certificate',
        'next hop',
        'names',
      ]),
    )
    expect(findings.every(({ todo }) => todo === '')).toBe(true)
    // It goes on where it cannot read a thing.
    rmSync(join(at.dir, 'config/plugins'))
    expect(ill(await look(at), 'haraka')[0].text).toMatch(/there is no .*config\/plugins/)
  })
})
