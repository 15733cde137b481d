// The digest by a browser: what a person sets, looks at and sends on the page, and the page of a link in one.
import { simpleParser } from 'mailparser'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getBlob } from '../../plugin/store/blobs.ts'
import { getDigest } from '../../plugin/store/digests.ts'
import { caught, URL } from '../quarantine/digest/rig.ts'
import { ROOT } from '../quarantine/rig.ts'
import { sideways, violations } from './axe.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn } from './visitors.ts'

let on: Inside
const USER = 'user@example.com'
const root = () => on.lazaret.quarantine.as(ROOT)

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside({
    digest: { url: URL },
    settings: { digest_links: 'all', time_zone: 'UTC' },
  })
  await account(on, USER)
})
afterAll(async () => {
  await on?.close()
})

const value = (key: string): string =>
  root()
    .settings.values(USER)
    .find((one) => one.key === key)?.value ?? ''

/** The first link of the digest that is on its way, as a path below this server. */
async function linkOf(scope: string): Promise<string> {
  const { views } = on.lazaret.store
  const { text = '' } = await simpleParser(
    getBlob(views, getDigest(views, scope)?.blob ?? '') as Buffer,
  )
  return /https:\S+(\/digest\/\S+)/.exec(text)?.[1] ?? ''
}

describe.skipIf(CHROMIUM === undefined)('the digest', () => {
  test('how often, when and where to; how it would look; one now; what became of it', async () => {
    await caught(on.lazaret, { subject: 'Invoice 17', to: USER })
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/settings`)
    const every = page.getByLabel('Tell me what was caught')
    await page.getByText('One message waits for the next one.').waitFor()
    expect(await page.getByLabel('Where to').count()).toBe(0)
    // By keys: the first one behind "never".
    await every.focus()
    await page.keyboard.press('ArrowDown')
    const day = page.getByRole('combobox', { name: 'On', exact: true })
    await day.waitFor()
    await expect.poll(() => value('digest')).toBe('weekly')
    await day.selectOption('friday')
    await expect.poll(() => value('digest_day')).toBe('friday')
    await every.selectOption('daily')
    await day.waitFor({ state: 'detached' })
    const hour = page.getByRole('textbox', { name: /^At\b/ })
    await hour.fill('7')
    await hour.press('Enter')
    await expect.poll(() => value('digest_hour')).toBe('7')
    const zone = page.getByLabel('Time zone')
    await zone.fill('Mars/Olympus')
    await zone.press('Enter')
    await page.locator('.field', { has: zone }).getByRole('alert').getByText(/Mars/).waitFor()
    await zone.fill('Europe/Vienna')
    await zone.press('Enter')
    await expect.poll(() => value('time_zone')).toBe('Europe/Vienna')
    await page.getByLabel('Where to').selectOption('mail')
    await expect.poll(() => value('digest_to')).toBe('mail')
    await page.getByText('It comes').waitFor()

    await page.getByRole('button', { name: 'Preview' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'One message in your quarantine' })
    const frame = dialog.frameLocator('iframe')
    await frame.getByText('Invoice 17').waitFor()
    expect(await frame.getByRole('link', { name: 'Look at it and release it' }).count()).toBe(1)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(getDigest(on.lazaret.store.views, USER)).toBe(null)

    await page.getByRole('button', { name: 'Send me one now' }).press('Enter')
    await page.getByText('0 messages wait for the next one.').waitFor()
    const one = getDigest(on.lazaret.store.views, USER)
    expect(one).toMatchObject({ state: 'wanted', items: 1 })
    await page.getByRole('button', { name: 'Send me one now' }).press('Enter')
    await page.locator('.told').getByText('is still on its way').waitFor()
    const { digests } = on.lazaret.quarantine.system
    await digests.over({ scope: USER, id: one?.id ?? '' }, 'unknown', 'the next server was gone')
    await page.reload()
    await page.getByText('nobody knows whether the last one arrived').waitFor()
    await page.getByText('the next server was gone').waitFor()
    await page.context().close()
  })

  test.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone of 320 px', { viewport: { width: 320, height: 640 }, hasTouch: true }],
  ])(
    'the page of a link: axe finds nothing before, behind and without a button: %s',
    async (name, options) => {
      const to = `${name.replaceAll(/\W/g, '')}@example.com`
      const from = `"boss@bank.example" <${'x'.repeat(60)}@${'y'.repeat(60)}.example>`
      const item = await caught(on.lazaret, { to, from, subject: 'W'.repeat(200) })
      await root().digest.send(to)
      const page = await on.page(options)
      const look = async (what: string): Promise<void> => {
        expect(await violations(page), what).toEqual([])
        expect(await sideways(page), what).toBe(0)
      }
      await page.goto(new globalThis.URL(await linkOf(to), on.url).href)
      await page.getByRole('button', { name: 'Release', exact: true }).waitFor()
      await look('before')
      expect(await page.context().cookies()).toEqual([])
      const small = await page
        .locator('button')
        .evaluateAll((all) =>
          all.filter((one) => one.getBoundingClientRect().height < 44).map(String),
        )
      expect(small).toEqual([])
      expect(root().items.get(item)?.item.release ?? null).toBe(null)
      // By keys alone: the first thing there is the first button.
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByText('The message is released').waitFor()
      await look('behind')
      expect(root().items.get(item)?.item.release?.state).toBe('wanted')
      expect(await page.getByRole('button', { name: 'Release', exact: true }).count()).toBe(0)
      await page.goto(`${on.url}digest/nonsense`)
      await page.getByText('This is no link of this quarantine').waitFor()
      await look('wrong')
      await page.context().close()
    },
  )

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})
