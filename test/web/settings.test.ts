// The settings that a person has beyond the original's: mail by its score while a threshold moves, what the filter knows, what
// is inherited, and all that opens the account.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticator } from '../http/totp.ts'
import { corpus, envelope, ROOT, trained } from '../quarantine/rig.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn, logIn, PASSWORD, paste } from './visitors.ts'

let on: Inside
const USER = 'user@example.com'
const root = () => on.lazaret.quarantine.as(ROOT)

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside()
  await account(on, USER)
})
afterAll(async () => {
  await on?.close()
})

const settings = async (user = USER): Promise<Page> => {
  const page = await loggedIn(on, user)
  await page.goto(`${on.url}#/settings`)
  await page.getByText('Check mail for spam').waitFor()
  return page
}
const value = (key: string): string =>
  root()
    .settings.values(USER)
    .find((one) => one.key === key)?.value ?? ''
const part = (page: Page, heading: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) }).last()

describe.skipIf(CHROMIUM === undefined)('settings', () => {
  test('what the filter knows so far, in a sentence; and what a threshold would change, while it moves', async () => {
    // Another one: what was on hand is used again for some seconds.
    await account(on, 'new@example.com')
    const young = await settings('new@example.com')
    await young.getByText('Nobody has taught the filter yet').waitFor()
    await young.getByText('No mail has come yet').waitFor()
    await young.context().close()

    await trained(on.lazaret, 60)
    const { system } = on.lazaret.quarantine
    for (const raw of [...corpus('easy-ham-2', 12), ...corpus('spam-2', 12)])
      await system.screen(envelope(), raw)
    await on.lazaret.store.beside.delivered.flush()
    const now = await root().whatIf.scores(USER)
    const [caught, delivered] = [now.caught.length, now.delivered.length]
    expect(Math.min(caught, delivered)).toBeGreaterThan(0)

    const page = await settings()
    await page.getByText('60 good, 60 spam taught so far').waitFor()
    const figure = page.getByRole('img', { name: `${caught} caught, ${delivered} delivered` })
    await figure.waitFor()
    expect(await page.locator('circle.caught').count()).toBeGreaterThan(0)
    expect(await page.locator('circle.delivered').count()).toBeGreaterThan(0)

    const spam = page.getByRole('slider', { name: /^Spam from/ })
    const effect = page.locator('.effect')
    await effect.getByText('From 90% on it is spam').waitFor()
    /** Moves it without letting go, as a hand that drags. */
    const drag = (to: number): Promise<unknown> =>
      page.evaluate(`{
        const [, field] = document.querySelectorAll('input[type=range]')
        field.value = ${to}
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }`)
    const would = async (to: number): Promise<string> => {
      const { caught: one, delivered: two } = await root().whatIf.thresholds(USER, { spam: to })
      return `would release ${one.freed} of ${one.seen} caught; would hold ${two?.held} of ${two?.seen} delivered`
    }
    for (const to of [1, 0.3]) {
      await drag(to)
      await effect.getByText(await would(to)).waitFor()
    }
    expect(await would(1)).not.toBe(await would(0.3))
    expect(value('spam')).toBe('0.9')

    // By keys it is kept at once, shows where it comes from, and goes back.
    await drag(0.9)
    await spam.press('ArrowLeft')
    const back = page.getByRole('button', { name: 'Reset to inherited (90%)' })
    await back.waitFor()
    expect(value('spam')).toBe('0.89')
    await effect.getByText('From 89% on it is spam').waitFor()
    await back.click()
    await back.waitFor({ state: 'detached' })
    expect(value('spam')).toBe('0.9')
    await page.context().close()
  })

  test('entries of domain and everybody are shown below, and cannot be changed', async () => {
    await root().lists.change('example.com', 'block', { add: ['*@domain.example'], comment: 'why' })
    await root().lists.change('', 'block', {
      add: Array.from({ length: 25 }, (_, i) => `*@all${i}.example`),
    })
    const page = await settings()
    const black = part(page, 'Black list')
    await black.getByText('Also in force here, set for all').press('Enter')
    await black.getByText('*@domain.example').waitFor()
    expect(await black.locator('.inherited li').first().innerText()).toMatch(/example\.com$/)
    expect(await black.locator('.inherited input, .inherited .icon').count()).toBe(0)
    await black.getByRole('button', { name: 'Show more' }).click()
    await black.getByText('*@all9.example').waitFor()
    expect(await black.locator('.inherited li').count()).toBe(26)
    expect(await part(page, 'White list').locator('.inherited').count()).toBe(0)
    await page.context().close()
  })

  test('many entries are searched; a file goes in and comes out', async () => {
    const page = await settings()
    const white = part(page, 'White list')
    const masks = Array.from({ length: 60 }, (_, i) => `friend${i}@good.example`)
    await white.getByLabel('Import into the white list').setInputFiles({
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from([...masks, 'no mask'].join('\n')),
    })
    await page
      .locator('.told')
      .getByText('60 entries are added. One line was not taken: line 61')
      .waitFor()
    await white.getByRole('searchbox').fill('friend42')
    await white.getByRole('button', { name: 'Remove friend42@good.example' }).waitFor()
    await white
      .getByRole('button', { name: 'Remove friend1@good.example' })
      .waitFor({ state: 'detached' })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      white.getByRole('link', { name: 'Export the white list' }).click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    for (const mask of masks) expect(Buffer.concat(chunks).toString()).toContain(mask)
    await page.context().close()
  })

  test('masks as mail clients copy them; tens of thousands; one that is on a page nobody read', async () => {
    const page = await settings()
    const black = part(page, 'Black list')
    const field = black.getByRole('textbox', { name: 'Entry of the black list' })
    const add = async (text: string): Promise<void> => {
      await black.getByRole('button', { name: 'Add to the black list' }).press('Enter')
      await field.last().focus()
      await paste(page, text)
    }
    const says = (text: RegExp | string): Promise<void> =>
      page.locator('.told').getByText(text).waitFor()
    const entries = (): string[] => [...root().lists.entries(USER, 'block')].map(({ mask }) => mask)
    await add('Ann Doe <Ann@X.example>')
    await black.getByText('matches: ann@x.example').waitFor()
    await page.keyboard.press('Enter')
    await says('One entry is added.')
    await add('"Doe, Jim" <jim@x.example>, Bob <bob@x.example>; *@bücher.example')
    await says('3 entries are added.')
    expect(entries().toSorted()).toEqual([
      '*@xn--bcher-kva.example',
      'ann@x.example',
      'bob@x.example',
      'jim@x.example',
    ])

    const many = Array.from({ length: 12_000 }, (_, i) => `m${i}@many.example`)
    await add([...many, 'jo*hn@x', many[0], 'ann@x.example'].join('\n'))
    await says('12,000 entries are added. 2 were there already.')
    expect(entries()).toHaveLength(12_004)
    await black.getByText('"*" may only be its first and its last character').waitFor()
    expect(await field.count()).toBeLessThan(300)
    await black.getByRole('button', { name: 'Remove jo*hn@x' }).click()
    // Of those that are not shown the server tells.
    await black.getByRole('button', { name: 'Add to the black list' }).press('Enter')
    await page.keyboard.type('m9999@many.example')
    await page.keyboard.press('Enter')
    await black.getByText('This is on the list already.').waitFor()
    await black.getByRole('button', { name: 'Remove m9999@many.example' }).click()
    expect(entries()).toHaveLength(12_004)
    const white = part(page, 'White list')
    await white.getByRole('button', { name: 'Add to the white list' }).press('Enter')
    await page.keyboard.type('m9998@many.example')
    await page.keyboard.press('Enter')
    await white.getByText('This is on the other list.').waitFor()
    await white.getByRole('button', { name: 'Move here' }).click()
    await expect.poll(() => entries().length, { timeout: 60_000 }).toBe(12_003)
    await page.context().close()
  })

  test('two tabs: what was changed in one is told in the other, and nothing that was typed is lost', async () => {
    const page = await settings()
    const other = await settings()
    const days = page.getByLabel('Keep held mail')
    await other.getByLabel('Keep held mail').fill('9')
    await other.getByLabel('Keep held mail').press('Enter')
    await other.getByRole('button', { name: 'Reset to inherited (28)' }).waitFor()
    // Something else: both are kept.
    await page.getByRole('switch', { name: 'Mark as read' }).press('Space')
    await page.locator('.told').getByText('Saved.').waitFor()
    expect([value('mark_as_read'), value('retention_days')]).toEqual(['no', '9'])
    // The same: told at its field, with what was typed in it, and where it stands now.
    await other.getByLabel('Keep held mail').fill('11')
    await other.getByLabel('Keep held mail').press('Enter')
    await expect.poll(() => value('retention_days'), { timeout: 60_000 }).toBe('11')
    await days.fill('12')
    await days.press('Enter')
    await page
      .locator('.field', { has: days })
      .getByRole('alert')
      .getByText(/changed/)
      .waitFor()
    expect([await days.inputValue(), value('retention_days')]).toEqual(['12', '11'])
    await days.press('Enter')
    await expect.poll(() => value('retention_days'), { timeout: 60_000 }).toBe('12')
    await root().settings.set(USER, 'retention_days', null)
    await root().settings.set(USER, 'mark_as_read', null)
    await page.context().close()
    await other.context().close()
  })

  test('retention, copies and the rest are kept, and a value that will not do is told at its field', async () => {
    const page = await settings()
    const days = page.getByLabel('Keep held mail')
    await days.fill('7')
    await days.press('Enter')
    await page.getByRole('button', { name: 'Reset to inherited (28)' }).waitFor()
    expect(value('retention_days')).toBe('7')
    await days.fill('-1')
    await days.press('Enter')
    await page
      .locator('.field', { has: days })
      .getByRole('alert')
      .getByText(/retention_days/)
      .waitFor()
    expect(value('retention_days')).toBe('7')
    await page.getByRole('switch', { name: 'Training Requested' }).press('Space')
    await page
      .locator('.field', { hasText: 'Training Requested' })
      .getByRole('button', { name: /Reset/ })
      .waitFor()
    expect(value('copy_unsure')).toBe('yes')
    await page.context().close()
  })

  test('a password of a mail client: shown once, named, taken back', async () => {
    const page = await settings()
    const apps = part(page, 'App passwords')
    await apps.getByLabel('Name of the mail client').fill('Phone')
    await page.keyboard.press('Enter')
    const secret = await apps.locator('code').innerText()
    expect(secret.length).toBeGreaterThan(15)
    await apps.getByRole('button', { name: 'I have kept it' }).click()
    await apps.locator('code').waitFor({ state: 'detached' })
    await page.reload()
    await apps.getByText('never used').waitFor()
    expect(await page.locator('main').innerText()).not.toContain(secret)
    await apps.getByRole('button', { name: 'Revoke Phone' }).click()
    expect(root().accounts.apps(USER)).toHaveLength(1)
    await apps.getByRole('button', { name: 'Yes, revoke Phone' }).click()
    await page.locator('.told').getByText('The password of Phone opens nothing any more.').waitFor()
    expect(root().accounts.apps(USER)).toEqual([])
    await page.context().close()
  })

  test('a token: what it may, until when; shown once, withdrawn', async () => {
    const page = await settings()
    const tokens = part(page, 'Tokens for programs')
    await tokens.getByLabel('What it is for').fill('Backup')
    await tokens.getByLabel('It may').selectOption('act')
    await tokens.getByRole('button', { name: 'Make a token' }).click()
    const secret = await tokens.locator('code').innerText()
    const answer = await fetch(`${on.url}api/v1/items`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(answer.status).toBe(200)
    await tokens.getByRole('button', { name: 'I have kept it' }).click()
    await tokens
      .getByText('look and act, ends in 3 months')
      .or(tokens.getByText('look and act, ends in 90 days'))
      .waitFor()
    await tokens.getByRole('button', { name: 'Withdraw Backup' }).click()
    await tokens.getByRole('button', { name: 'Yes, withdraw Backup' }).click()
    await page.locator('.told').getByText('The token Backup opens nothing any more.').waitFor()
    expect(root().tokens.list()).toEqual([])
    await page.context().close()
  })

  test('a second factor: set up with a device, asked for at the next login, opened by a recovery code, turned off', async () => {
    const page = await settings()
    const factor = part(page, 'Second factor')
    await factor.getByRole('button', { name: 'Set up a second factor' }).click()
    await factor.locator('svg.qr path').waitFor()
    const key = (await factor.locator('code').innerText()).replaceAll(' ', '')
    await factor.getByLabel('Code of the app').fill('000000')
    await page.keyboard.press('Enter')
    await factor.getByRole('alert').getByText(/wrong/).waitFor()
    await factor.getByLabel('Code of the app').fill(authenticator(key))
    await page.keyboard.press('Enter')
    await factor.getByText('each of these codes opens the page once').waitFor()
    const codes = (await factor.locator('code').innerText()).split('\n')
    expect(codes).toHaveLength(10)
    await factor.getByRole('button', { name: 'I have kept it' }).click()
    await factor.getByText('It is on. 10 recovery codes are left.').waitFor()
    await page.context().close()

    const other = await on.page()
    await other.goto(on.url)
    await logIn(other, USER)
    await other.getByLabel('Code').fill('999999')
    await other.keyboard.press('Enter')
    await other.getByRole('alert').getByText(/wrong/).waitFor()
    await other.getByLabel('Code').fill(codes[3])
    await other.keyboard.press('Enter')
    await other.locator('.top').waitFor()
    await other.goto(`${on.url}#/settings`)
    const again = part(other, 'Second factor')
    await again.getByText('9 recovery codes are left').waitFor()
    await again.getByRole('button', { name: 'Turn it off' }).click()
    await again.getByRole('button', { name: 'Yes, turn it off' }).click()
    await again.getByRole('button', { name: 'Set up a second factor' }).waitFor()
    expect(root().accounts.show(USER).factor).toBe(null)
    await other.context().close()
  })

  test('where one is logged in: another browser is logged out from here, and another password ends all', async () => {
    const other = await on.page()
    await other.goto(on.url)
    await logIn(other, USER)
    await other.locator('.top').waitFor()
    const page = await settings()
    const sessions = part(page, 'Logged in')
    await sessions.getByText('this browser').waitFor()
    await sessions.getByText(/^Last login: /).waitFor()
    const end = sessions.getByRole('button', { name: /Log out.*Chrome/ })
    const before = await end.count()
    expect(before).toBeGreaterThan(0)
    for (let left = before; left > 0; left--) {
      await end.first().click()
      await expect.poll(() => page.locator('.sessions button').count()).toBeLessThan(left)
    }
    await other.reload()
    await other.locator('input[name=username]').waitFor()
    await other.context().close()

    const password = part(page, 'Password')
    await password.getByLabel('New password', { exact: true }).fill('another good one')
    await password.getByLabel('New password again').fill('another bad one')
    await password.getByRole('button', { name: 'Change the password' }).click()
    await password.getByRole('alert').getByText('The two are not the same.').waitFor()
    await password.getByLabel('New password again').fill('another good one')
    await page.keyboard.press('Enter')
    await page.locator('input[name=username]').waitFor()
    await logIn(page, USER, PASSWORD)
    await page.getByRole('alert').getByText(/wrong/i).waitFor()
    await logIn(page, USER, 'another good one')
    await page.locator('.top').waitFor()
    await page.context().close()
  })

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})
