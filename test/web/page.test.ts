// The page in a browser, point by point of what it has to be: one Haraka, one front, one browser for all.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hold, ROOT } from '../quarantine/rig.ts'
import {
  account,
  CHROMIUM,
  loggedIn,
  mail,
  PASSWORD,
  paste,
  send,
  world,
  type World,
} from './world.ts'

let on: World
const USER = 'user@example.com'

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await world()
  await account(on, USER)
})
afterAll(async () => {
  await on?.close()
})

const setting = (key: string, scope = USER): string => {
  on.lazaret.store.refresh()
  return (
    on.lazaret.quarantine
      .as(ROOT)
      .settings.values(scope)
      .find((one) => one.key === key)?.value ?? ''
  )
}
const masks = (list: 'allow' | 'block', scope = USER): string[] => {
  on.lazaret.store.refresh()
  return [...on.lazaret.quarantine.as(ROOT).lists.entries(scope, list)].map(({ mask }) => mask)
}
const told = async (page: Page, text: RegExp | string): Promise<void> => {
  await page.locator('.told').getByText(text).waitFor()
}
/** Until the server has taken a setting: what is told may be of the one before. */
const saved = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const answer = page.waitForResponse((one) => one.request().method() === 'PATCH')
  await act()
  await (await answer).finished()
  await told(page, 'Saved.')
}
const row = (page: Page, subject: string) => page.locator('tr[data-item]', { hasText: subject })

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  test('comes with its policy, from here alone, and is small', async () => {
    const page = await on.page()
    const all: Request[] = []
    page.on('request', (request) => all.push(request))
    const answer = await page.goto(on.url)
    await page.locator('input[name=username]').waitFor()
    expect(answer?.headers()).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    let octets = 0
    for (const request of all) {
      expect(request.url()).toMatch(new RegExp(`^${on.url}`))
      await (await request.response())?.finished()
      octets += (await request.sizes()).responseBodySize
    }
    expect(octets).toBeGreaterThan(20_000)
    expect(octets).toBeLessThan(60_000)
    await page.context().close()
  })

  test('a wrong password is told, the right one opens the quarantine, and log out ends it', async () => {
    const page = await on.page()
    await page.goto(on.url)
    await page.locator('input[name=username]').fill(USER)
    await page.locator('input[name=password]').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText(/wrong/i).waitFor()
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('No mail is held.').waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({
      name: '__Host-lazaret',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    })
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.locator('input[name=username]').waitFor()
    expect(await page.evaluate(`fetch('/api/v1/items').then(({ status }) => status)`)).toBe(401)
    await page.context().close()
  })

  test('settings: in the order and the words of the original, each with its source and the way back', async () => {
    const page = await loggedIn(on, USER)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByText('Check mail for spam').waitFor()
    const text = await page.locator('main').innerText()
    const order = [
      'Check mail for spam',
      'Add a prefix to headers of spam messages',
      'Prefix',
      'Mark as read',
      'Black list',
      'White list',
    ]
    const places = order.map((words) => text.indexOf(`${words}\n`))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0)

    await page.getByText(/: \d+ good, \d+ spam |Nobody has /).waitFor()
    const check = page.getByRole('switch', { name: 'Check mail for spam' })
    await saved(page, () => check.click())
    expect(setting('enabled')).toBe('no')
    await page.getByRole('button', { name: 'Reset to inherited (yes)' }).click()
    await page
      .getByRole('button', { name: 'Reset to inherited (yes)' })
      .waitFor({ state: 'detached' })
    expect(await check.isChecked()).toBe(true)
    expect(
      on.lazaret.quarantine
        .as(ROOT)
        .settings.values(USER)
        .find(({ key }) => key === 'enabled')?.level,
    ).toBe(null)

    const prefix = page.getByLabel('Prefix', { exact: true })
    const hasPrefix = page.getByRole('switch', { name: 'Add a prefix' })
    await prefix.fill('[junk]')
    await saved(page, () => prefix.press('Enter'))
    expect(setting('subject_prefix')).toBe('[junk]')
    await saved(page, () => hasPrefix.click())
    await page.locator('.below input:disabled').waitFor()
    expect(setting('subject_prefix')).toBe('off')
    // Disabled, not hidden, with what it was.
    expect([await prefix.isVisible(), await prefix.inputValue()]).toEqual([true, '[junk]'])
    await saved(page, () => hasPrefix.click())
    await page.locator('.below input:enabled').waitFor()
    expect(setting('subject_prefix')).toBe('[junk]')
    await page.context().close()
  })

  test('lists: a field a mask, by keyboard; wrong ones with their place, pasted ones, doubles', async () => {
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/settings`)
    const black = page.getByRole('region', { name: 'Black list' })
    const white = page.getByRole('region', { name: 'White list' })
    const field = black.getByRole('textbox', { name: 'Entry of the black list' })
    await black.getByRole('button', { name: 'Add to the black list' }).press('Enter')
    await page.keyboard.type('*@spam.net')
    await black.getByText('matches: ann@spam.net, bob@spam.net').waitFor()
    await page.keyboard.press('Enter')
    await told(page, 'One entry is added.')
    expect(masks('block')).toEqual(['*@spam.net'])
    // Enter has made the next row, and the focus is in it.
    await page.keyboard.type('jo*hn@x.example')
    await black
      .getByText('"*" may only be its first and its last character (character 3)')
      .waitFor()
    expect(await black.locator('.placed mark').innerText()).toBe('*')
    expect(await field.nth(1).getAttribute('aria-invalid')).toBe('true')
    await page.keyboard.press('Enter')
    expect(masks('block')).toEqual(['*@spam.net'])
    await page.keyboard.press('Control+A')
    await page.keyboard.type('*@spam.net')
    await black.getByText('This is on the list already.').waitFor()
    await page.keyboard.press('Control+A')
    await paste(page, 'a@one.example\n*@two.example\r\nno mask\n\nthree@*\n')
    await told(page, '3 entries are added.')
    await black.getByText('it holds a space or a control character').waitFor()
    expect(masks('block').toSorted()).toEqual([
      '*@spam.net',
      '*@two.example',
      'a@one.example',
      'three@*',
    ])
    await black.getByRole('button', { name: 'Remove no mask' }).click()

    await white.getByRole('button', { name: 'Add to the white list' }).click()
    await page.keyboard.type('*@two.example')
    await white.getByText('This is on the other list.').waitFor()
    await white.getByRole('button', { name: 'Move here' }).click()
    await told(page, 'One entry is added.')
    expect([masks('allow'), masks('block').includes('*@two.example')]).toEqual([
      ['*@two.example'],
      false,
    ])

    await black.getByRole('button', { name: 'Remove a@one.example' }).click()
    await told(page, 'a@one.example is removed.')
    await page.getByRole('button', { name: 'Undo' }).click()
    await black.getByRole('button', { name: 'Remove a@one.example' }).waitFor()
    expect(masks('block').toSorted()).toEqual(['*@spam.net', 'a@one.example', 'three@*'])

    await page.getByLabel('Would this sender be blocked?').fill('Bob <bob@spam.net>')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('Yes: the message would be spam').waitFor()
    await page.context().close()
  })

  test('lists: who types on does not wait for the server, and loses nothing by its answers', async () => {
    const page = await loggedIn(on, USER)
    const waiting: (() => Promise<void>)[] = []
    await page.route(/\/lists\b/, async (route) => {
      if (route.request().method() !== 'PATCH') return await route.continue()
      waiting.push(() => route.continue())
    })
    await page.goto(`${on.url}#/settings`)
    const black = page.getByRole('region', { name: 'Black list' })
    await black.getByRole('button', { name: 'Add to the black list' }).press('Enter')
    const asked = page.waitForRequest((one) => one.method() === 'PATCH')
    await page.keyboard.type('first@typed.example')
    await page.keyboard.press('Enter')
    await page.keyboard.type('second@typed.example')
    await asked
    const answer = page.waitForResponse((one) => one.request().method() === 'PATCH')
    await waiting.shift()?.()
    await (await answer).finished()
    await told(page, 'One entry is added.')
    const last = black.getByRole('textbox', { name: 'Entry of the black list' }).last()
    expect(await last.inputValue()).toBe('second@typed.example')
    const again = page.waitForResponse((one) => one.request().method() === 'PATCH')
    await page.unroute(/\/lists\b/)
    await page.keyboard.press('Enter')
    await (await again).finished()
    expect(
      masks('block')
        .filter((mask) => mask.endsWith('@typed.example'))
        .toSorted(),
    ).toEqual(['first@typed.example', 'second@typed.example'])
    await page.context().close()
  })

  test('the list: classes, orders, words in the address, back; who pretends to be somebody', async () => {
    await send(on, USER, mail('Alpha', '"boss@bank.example" <shop@spam.example>'))
    await send(on, USER, mail('Beta', 'Zed <zed@other.example>'))
    await send(on, USER, mail('<b>Gamma</b> \u202eabc', 'Anna <anna@spam.example>'))
    const page = await loggedIn(on, USER)
    await row(page, 'Alpha').waitFor()
    expect(await row(page, 'Alpha').innerText()).toContain('The name says boss@bank.example')
    expect(await row(page, 'Beta').innerText()).toContain('sent by shop@spam.example')
    expect(await row(page, 'Beta').innerText()).toContain('is on the block list')
    expect(await row(page, '<b>Gamma</b>').count()).toBe(1)
    expect(await page.locator('.chips a[aria-current]').innerText()).toMatch(/Caught\s*3/)

    await page.getByLabel('Order').selectOption('sender')
    await page.waitForURL(/order=sender/)
    await page.locator('tr[data-item]:first-child .name', { hasText: 'Anna' }).waitFor()
    const search = page.getByRole('searchbox', { name: 'Search' })
    await search.fill('subject:beta')
    await search.press('Enter')
    await row(page, 'Alpha').waitFor({ state: 'detached' })
    expect(new URL(page.url()).hash).toContain('q=subject%3Abeta')
    await page.reload()
    await row(page, 'Beta').waitFor()
    expect(await page.locator('tr[data-item]').count()).toBe(1)
    await page.goBack()
    await row(page, 'Alpha').waitFor()
    await search.fill('larger:nonsense')
    await search.press('Enter')
    await page.getByRole('alert').getByText('larger').waitFor()
    await page.context().close()
  })

  test('by keys alone: open, release; it arrives, and the row says so', async () => {
    const page = await loggedIn(on, USER)
    await row(page, 'Beta').waitFor()
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('r')
    await page.keyboard.press('Escape')
    expect(on.hop.deliveries).toHaveLength(0)
    await page.evaluate(`document.activeElement.blur()`)
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('j')
      const now = await page.evaluate(`document.activeElement.textContent`)
      if (now === 'Beta') break
    }
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Buy now.').waitFor()
    await page.keyboard.press('r')
    await told(page, 'One message is released.')
    await on.hop.until(() => on.hop.deliveries.length === 1)
    expect(on.hop.deliveries[0].raw.toString()).toContain('Subject: Beta')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /Released/ }).click()
    await row(page, 'Beta').getByText('Delivered').waitFor()
    await page.context().close()
  })

  test('a hostile message: its text first, its look in a document of its own, and nothing is loaded', async () => {
    const listener = createServer((socket) => socket.destroy())
    let called = 0
    listener.on('connection', () => called++)
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const evil = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
    const html = [
      `<base href="${evil}/"><meta http-equiv="refresh" content="0;url=${evil}/m"><link rel="stylesheet" href="${evil}/l">`,
      `<style>@import "${evil}/i"; body{background:url(${evil}/b)}</style><img src="${evil}/p" srcset="${evil}/s 2x">`,
      `<svg><image href="${evil}/v"/><script>parent.hacked=1</script></svg><video poster="${evil}/w" src="${evil}/x" autoplay></video>`,
      `<form action="${evil}/f"><button>Go</button></form><iframe src="${evil}/e"></iframe><object data="${evil}/o"></object>`,
      `<p style="background:url(${evil}/q)" onclick="parent.hacked=1">Dear cust\u202eomer</p><a href="${evil}/a">your bank</a>`,
      `<script>parent.hacked=1;fetch("${evil}/j")</script>`,
    ].join('\n')
    await send(
      on,
      USER,
      `From: x@spam.example\nTo: ${USER}\nSubject: Hostile\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n${html}\n`,
    )
    const page = await loggedIn(on, USER)
    await row(page, 'Hostile').getByRole('link').click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('pre.text').waitFor()
    expect(await dialog.locator('pre.text').innerText()).toContain('cust[U+202E]omer')
    await dialog.getByRole('tab', { name: 'Text' }).press('ArrowRight')
    const frame = page.frameLocator('iframe.formatted')
    await frame.getByText('your bank').waitFor()
    const head = await page.locator('iframe.formatted').getAttribute('sandbox')
    expect(head).toBe('')
    await frame.getByText('your bank').click()
    expect(await page.evaluate(`'hacked' in globalThis`)).toBe(false)
    // It can be had once: whoever sees its address later sees nothing.
    const src = await page.locator('iframe.formatted').getAttribute('src')
    expect(await page.evaluate(`fetch('${src}').then(({ status }) => status)`)).toBe(404)
    await dialog.getByRole('tab', { name: 'Header' }).click()
    await dialog.getByText('Hostile').last().waitFor()
    await page.context().close()
    listener.close()
    expect(called).toBe(0)
  })

  test('many at once ask first, tell what became of each, and can be taken back', async () => {
    const many = 'many@example.com'
    await account(on, many)
    await on.lazaret.quarantine.as(ROOT).settings.set(many, 'release_delay', '3600')
    for (let i = 0; i < 22; i++)
      await hold(on.lazaret, Buffer.from(mail(`Many ${i}`)), { to: [many] })
    const page = await loggedIn(on, many)
    await page.getByText('All 22 messages.').waitFor()
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Release', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: '22 messages at once' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.locator('tr[data-item]').count()).toBe(22)
    await page.getByRole('toolbar').getByRole('button', { name: 'Release', exact: true }).click()
    await dialog.getByRole('button', { name: 'Release' }).click()
    await told(page, '22 messages are released.')
    await page.getByText('No mail is held.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await told(page, '22 messages are back.')
    await page.getByText('All 22 messages.').waitFor()
    on.lazaret.store.refresh()
    const { caught } = await on.lazaret.quarantine.as(ROOT).items.counts(many)
    expect(caught).toBe(22)
    await page.context().close()
  })

  test('a sender is allowed from the row, and an administrator says for whom', async () => {
    await account(on, 'example.com', 'domain')
    const page = await loggedIn(on, 'example.com')
    await row(page, 'Alpha').waitFor()
    await row(page, 'Alpha').getByRole('link').focus()
    await page.keyboard.press('b')
    const dialog = page.getByRole('dialog', { name: 'Always hold' })
    await dialog.getByRole('radio', { name: /everybody at/ }).check()
    expect(await dialog.getByRole('radio').allInnerTexts()).toHaveLength(4)
    await dialog.getByRole('radio', { name: 'example.com', exact: true }).check()
    await dialog.getByRole('button', { name: 'Block sender' }).click()
    await told(page, '*@spam.example is on the black list.')
    expect(masks('block', 'example.com')).toEqual(['*@spam.example'])

    await page.getByRole('link', { name: 'Accounts' }).click()
    await page.getByRole('button', { name: 'New account' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('new@example.com')
    await page.getByRole('dialog').getByLabel('Password').fill('a long enough word')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await told(page, 'The account new@example.com is made.')
    await page.getByRole('link', { name: 'Settings of new@example.com' }).click()
    await page.getByRole('switch', { name: 'Mark as read' }).click()
    await told(page, 'Saved.')
    expect(setting('mark_as_read', 'new@example.com')).toBe('no')
    await page.context().close()
  })

  test('what one does elsewhere is seen here as it happens', async () => {
    const page = await loggedIn(on, USER)
    await row(page, 'Alpha').waitFor()
    await send(on, USER, mail('Delta'))
    await row(page, 'Delta').waitFor()
    await page.context().close()
  })

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})
