// Every view as people with other eyes, hands, screens and languages have it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT as TREE } from '../rig/build.ts'
import { hold, ROOT, USER } from '../quarantine/rig.ts'
import { sideways, violations } from './axe.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn, mail } from './visitors.ts'

let on: Inside
const ADMIN = 'admin'
const LONG = `Re: ${'Donaudampfschifffahrtsgesellschaft'.repeat(4)}`

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside()
  await account(on, ADMIN, 'super-admin')
  await account(on, 'user@example.com')
  const lists = on.lazaret.quarantine.as(ROOT).lists
  await lists.change('user@example.com', 'block', { add: ['*@spam.net', 'a@b.example'] })
  await hold(on.lazaret, Buffer.from(mail('Hello', '"a@bank.example" <x@blocked.example>')), {
    to: ['user@example.com'],
  })
  const [{ item: taught }] = await hold(on.lazaret, Buffer.from(mail('Taught')), {
    to: ['user@example.com'],
  })
  await on.lazaret.quarantine.as(USER).items.spam(taught as number)
  await hold(on.lazaret, Buffer.from(mail(LONG, `${'x'.repeat(60)}@blocked.example`)), {
    to: ['user@example.com'],
  })
})
afterAll(async () => {
  await on?.close()
})

/** Each view, and what has to be there before it is looked at. */
const VIEWS: readonly [name: string, path: string, there: string][] = [
  ['quarantine', '#/quarantine', 'tr[data-item]'],
  ['preview', '#/quarantine?item=ITEM', 'dialog pre.text'],
  ['nothing found', '#/quarantine?q=nosuchword', '.empty .mark'],
  ['a wrong search', '#/quarantine?q=larger:x', '.empty.bad'],
  ['settings', '#/settings?scope=user@example.com', '.masks li'],
  ['lessons', '#/lessons', '[data-lesson]'],
  ['no lessons', '#/lessons?show=waiting', '.empty .mark'],
  ['statistics', '#/statistics', '.plot'],
  ['accounts', '#/accounts', 'table.plain tbody tr'],
  ['audit', '#/audit', 'table.plain tbody tr'],
]

async function show(page: Page, path: string, there: string): Promise<void> {
  const { items } = await on.lazaret.quarantine.as(ROOT).items.list({ chip: 'caught' })
  await page.goto(`${on.url}${path.replace('ITEM', String(items[0]?.item.id))}`)
  await page.locator(there).first().waitFor()
}

describe.skipIf(CHROMIUM === undefined)('looks', () => {
  test.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone of 320 px', { viewport: { width: 320, height: 640 }, hasTouch: true }],
  ])('axe finds nothing in any view, and nothing sticks out: %s', async (_name, options) => {
    const stranger = await on.page(options)
    await stranger.goto(on.url)
    await stranger.locator('input[name=username]').waitFor()
    expect(await violations(stranger), 'login').toEqual([])
    await stranger.context().close()
    const page = await loggedIn(on, ADMIN, options)
    for (const [name, path, there] of VIEWS) {
      await show(page, path, there)
      expect(await violations(page), name).toEqual([])
      expect(await sideways(page), name).toBe(0)
    }
    await page.context().close()
  })

  test('on a phone what is touched is large enough', async () => {
    const page = await loggedIn(on, ADMIN, {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
    })
    for (const [name, path, there] of VIEWS) {
      await show(page, path, there)
      const small = await page.evaluate(`
        [...document.querySelectorAll('button, nav a, select, .box')]
          .map((one) => ({ text: one.innerText, box: one.getBoundingClientRect() }))
          .filter(({ box }) => box.height > 0 && box.height < 44)
          .map(({ text, box }) => text + ': ' + box.height)`)
      expect(small, name).toEqual([])
    }
    await page.context().close()
  })

  test('from right to left: nothing sticks out, and the strange words stay apart', async () => {
    const english = JSON.parse(readFileSync(join(TREE, 'web/messages/en.json'), 'utf8')) as Record<
      string,
      string | Record<string, string>
    >
    const turned = (text: string): string => text.replace(/[a-z]+(?![^{]*\})/gi, 'אבגד')
    const pseudo = Object.fromEntries(
      Object.entries(english).map(([key, value]) => [
        key,
        typeof value === 'string'
          ? turned(value)
          : Object.fromEntries(Object.entries(value).map(([rule, text]) => [rule, turned(text)])),
      ]),
    )
    const page = await loggedIn(on, ADMIN, { viewport: { width: 1100, height: 800 } })
    await page.route('**/he-x-pseudo.json', (route) => route.fulfill({ json: pseudo }))
    await page.evaluate(`localStorage.setItem('lazaret.language', 'he-x-pseudo')`)
    for (const [name, path, there] of VIEWS) {
      await show(page, path, there)
      await page.reload()
      await page.locator(there).first().waitFor()
      expect(await page.evaluate(`document.dir`), name).toBe('rtl')
      for (const width of [320, 700, 1100]) {
        await page.setViewportSize({ width, height: 800 })
        expect(await sideways(page), `${name} at ${width} px`).toBe(0)
      }
      // What is not translated stands in the code, where it does not belong.
      const left = await page.evaluate(`
        [...document.querySelectorAll('h1, h2, h3, button, legend, th, .chips a')]
          .filter((one) => one.querySelector('bdi') === null)
          .map((one) => one.textContent)
          .filter((text) => /[a-z]{3}/i.test(text))`)
      expect(left, name).toEqual([])
    }
    await page.context().close()
  })

  test('in German, by what the browser prefers; chosen once, it stays', async () => {
    const page = await loggedIn(on, ADMIN, { locale: 'de-DE' })
    await page.getByRole('heading', { name: 'Quarantäne' }).waitFor()
    expect(await page.evaluate(`document.documentElement.lang`)).toBe('de')
    // What the server says, too.
    await page.goto(`${on.url}#/quarantine?q=larger:x`)
    await page.getByText('„larger:x“ ist keine Größe; schreiben Sie es wie larger:100k.').waitFor()
    await page.goto(`${on.url}#/settings?scope=user@example.com`)
    await page.getByRole('button', { name: 'Zur Positivliste hinzufügen' }).click()
    await page.keyboard.type('a@b@c')
    await page.getByText('Das ist kein Eintrag: er hat ein zweites „@“ (Zeichen 4).').waitFor()
    await page.goto(`${on.url}#/quarantine`)
    await page
      .locator('tr', { hasText: 'Hello' })
      .getByText(/steht auf der Sperrliste für alle/)
      .waitFor()
    await page.getByLabel('Sprache').selectOption('en')
    await page.getByRole('heading', { name: 'Quarantine' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Quarantine' }).waitFor()
    await page.context().close()
  })

  test('every language says the same things', () => {
    const keys = (tag: string): string[] =>
      Object.keys(
        JSON.parse(readFileSync(join(TREE, `web/messages/${tag}.json`), 'utf8')) as object,
      ).toSorted()
    expect(keys('de')).toEqual(keys('en'))
  })
})
