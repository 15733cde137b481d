// A domain admin's day: whose mail it is, who handled what, one message for many, lessons that wait, statistics, accounts, the
// journal; and a list that is long.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOMAIN, hold, ROOT, USER as LOGIN } from '../quarantine/rig.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn, mail } from './visitors.ts'

let on: Inside
const USER = 'user@example.com'
const root = () => on.lazaret.quarantine.as(ROOT)
const held = async (subject: string, ...to: string[]): Promise<number[]> =>
  (await hold(on.lazaret, Buffer.from(mail(subject)), { to })).map(({ item }) => item as number)

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside()
  await account(on, 'example.com', 'domain')
  await account(on, USER)
})
afterAll(async () => {
  await on?.close()
})

const row = (page: Page, subject: string) => page.locator('tr[data-item]', { hasText: subject })
const told = (page: Page, text: string): Promise<void> =>
  page.locator('.told').getByText(text).waitFor()
const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click()

describe.skipIf(CHROMIUM === undefined)('a domain admin', () => {
  test('sees whose mail it is, unread marks, and who handled what', async () => {
    const [id] = await held('Colleague', USER)
    await on.lazaret.quarantine.as(LOGIN).items.markSeen(id, false)
    const page = await loggedIn(on, 'example.com')
    await page.locator('tr.unread', { hasText: 'Colleague' }).waitFor()
    // Of one domain: its name need not stand in each row.
    expect(await row(page, 'Colleague').locator('.column-recipient').innerText()).toBe('user')
    await row(page, 'Colleague').getByRole('link').click()
    await page.getByRole('dialog').locator('pre.text').waitFor()
    await page.locator('tr:not(.unread)', { hasText: 'Colleague' }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Mark as unread' }).click()
    await page.locator('tr.unread', { hasText: 'Colleague' }).waitFor()

    await on.lazaret.quarantine.as(LOGIN).items.spam(id)
    await page.getByRole('link', { name: /^Learned/ }).click()
    await row(page, 'Colleague').getByText(`Last handled by ${USER}`).waitFor()
    await page.context().close()
  })

  test('reads the source of a message, with what hides in it', async () => {
    await held('Hidden \u202egnp.exe', USER)
    const page = await loggedIn(on, 'example.com')
    await row(page, 'Hidden').getByRole('link').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('tab', { name: 'Source' }).click()
    await dialog.locator('pre', { hasText: 'Subject: Hidden [U+202E]gnp.exe' }).waitFor()
    await dialog.getByRole('link', { name: /Download the source/ }).waitFor()
    await page.context().close()
  })

  test('releases one message for all who got it, once the number was seen', async () => {
    await held('For everybody', USER, 'two@example.com', 'three@example.com', 'b@other.example')
    const page = await loggedIn(on, 'example.com')
    await row(page, 'For everybody').first().getByRole('link').click()
    await page.getByRole('button', { name: 'Release for all 3 recipients' }).click()
    const sure = page.getByRole('dialog', { name: 'Release for all 3 recipients' })
    await sure.getByText('held for 3 people of yours').waitFor()
    await sure.getByRole('button', { name: 'Release', exact: true }).click()
    await told(page, '3 messages are released.')
    expect((await root().items.counts('example.com')).released).toBe(3)
    expect((await root().items.counts('other.example')).released).toBe(0)
    await page.context().close()
  })

  test('lets others hear a lesson that waits, keeps one apart; a person takes back their own', async () => {
    await root().settings.set('example.com', 'lessons_approval', 'yes')
    const ids = await Promise.all(['One', 'Two', 'Three'].map((one) => held(`Lesson ${one}`, USER)))
    for (const [id] of ids) await on.lazaret.quarantine.as(LOGIN).items.spam(id)
    const standings = () =>
      on.lazaret.quarantine
        .as(DOMAIN)
        .lessons.list({ scope: USER })
        .map(({ standing }) => standing)
        .toSorted()
    expect(standings().filter((one) => one === 'waiting')).toHaveLength(3)
    const page = await loggedIn(on, 'example.com')
    await goTo(page, 'Lessons')
    await page.getByRole('link', { name: 'Waiting' }).click()
    const rows = page.locator('tr[data-lesson]')
    const first = rows.first()
    await first.getByText('for its own mail; waits for an administrator').waitFor()
    await first.getByRole('button', { name: /^Allow/ }).click()
    await told(page, 'Others hear this lesson now.')
    await rows.nth(2).waitFor({ state: 'detached' })
    await first.getByRole('button', { name: /^Keep apart/ }).click()
    await told(page, 'This lesson counts for who gave it alone.')
    await rows.nth(1).waitFor({ state: 'detached' })
    expect(
      standings()
        .filter((one) => one !== 'heard')
        .toSorted(),
    ).toEqual(['refused', 'waiting'])
    await page.context().close()

    const own = await loggedIn(on, USER)
    await goTo(own, 'Lessons')
    await own.locator('tr[data-lesson]').first().waitFor()
    expect(await own.getByRole('button', { name: /^Allow/ }).count()).toBe(0)
    const before = await own.locator('tr[data-lesson]').count()
    await own
      .getByRole('button', { name: /^Take back/ })
      .first()
      .click()
    await own
      .locator('tr[data-lesson]')
      .nth(before - 1)
      .waitFor({ state: 'detached' })
    expect(standings()).toHaveLength(before - 1)
    await own.context().close()
  })

  test('sees in plots and in tables what was caught, let go, wrong and taught, and who sent most of it', async () => {
    const page = await loggedIn(on, 'example.com')
    await goTo(page, 'Statistics')
    const { total } = await on.lazaret.quarantine.as(DOMAIN).stats.byDay()
    await page.getByRole('img', { name: `caught: ${total.caught};` }).waitFor()
    const caught = page.getByRole('region', { name: 'Caught', exact: true })
    await caught.getByText('As a table').press('Enter')
    const today = caught.locator('tbody tr').first()
    expect(await today.locator('td').innerText()).toBe(String(total.caught))
    expect(await caught.locator('tbody tr').count()).toBe(30)
    for (const name of ['Released', 'Errors', 'Lessons'])
      expect(await page.getByRole('region', { name, exact: true }).getByRole('img').count()).toBe(1)
    await page.getByRole('heading', { name: 'Who sent most of what is held now' }).waitFor()
    await page.getByRole('link', { name: 'shop@spam.example' }).click()
    await page.waitForURL(/q=from%3Ashop%40spam.example/)
    await page.goBack()
    await page.locator('.search select').selectOption('7')
    await page.waitForURL(/days=7/)
    await page.getByRole('img', { name: 'caught:' }).waitFor()
    await page.context().close()
  })

  test('a person reads in the journal what concerns them', async () => {
    const page = await loggedIn(on, USER)
    await goTo(page, 'Audit')
    await page.locator('table.plain tbody tr').first().waitFor()
    await page.context().close()
  })
})

describe.skipIf(CHROMIUM === undefined)('a long list', () => {
  /** LAZARET_ROWS=100000: for figures. */
  const MANY = Number(process.env.LAZARET_ROWS ?? 600)
  /** People of each message. */
  const EACH = 100
  const LAST = MANY / EACH - 1
  const LONG = 'long.example'

  test('has few rows at a time, comes on as one scrolls, and goes on by keys', async () => {
    await account(on, LONG, 'domain')
    const to = Array.from({ length: EACH }, (_, i) => `u${i}@${LONG}`)
    for (let i = 0; i <= LAST; i++) await held(`Row ${i}`, ...to)
    const page = await loggedIn(on, LONG)
    await page.goto(`${on.url}#/quarantine?order=newest`)
    await row(page, `Row ${LAST}`).first().waitFor()
    const began = Date.now()
    const made = (): Promise<number> => page.locator('tr[data-item]').count()
    await page.evaluate(`new Promise((done) => {
      const on = () => {
        if (!document.querySelector('.more button')) return done()
        scrollTo(0, document.documentElement.scrollHeight)
        requestAnimationFrame(on)
      }
      on()
    })`)
    await page.getByText(`All ${MANY.toLocaleString('en-GB')} messages.`).waitFor()
    if (MANY > 600) console.log(await figures(page, Date.now() - began))
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    await row(page, 'Row 0').last().waitFor()
    expect(await made()).toBeLessThan(150)
    // Nothing is as high as it was not: the whole list has its height.
    const high = await page.evaluate<number>(
      `document.querySelector('.rows tbody').getBoundingClientRect().height`,
    )
    expect(high).toBeGreaterThan(MANY * 40)
    await page.keyboard.press('k')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Row 0')
    await page.evaluate('scrollTo(0, 0)')
    await row(page, `Row ${LAST}`).first().waitFor()
    expect(await made()).toBeLessThan(150)
    // The one that has the focus is far away, and is made again.
    await page.keyboard.press('j')
    await expect.poll(() => page.evaluate(`document.activeElement.textContent`)).toMatch(/^Row/)
    await page.context().close()
  })

  /** How long all took to come, what they take in the browser, and how long a frame takes while one scrolls through them. */
  const figures = async (page: Page, ms: number): Promise<string> => {
    const [heap, frame, worst] = await page.evaluate<number[]>(`new Promise((done) => {
      const times = []
      const step = (now) => {
        times.push(now)
        if (times.length > 200) {
          const each = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b)
          return done([performance.memory.usedJSHeapSize / 2 ** 20, each[each.length >> 1], each.at(-1)])
        }
        scrollTo(0, (document.documentElement.scrollHeight * times.length) / 200)
        requestAnimationFrame(step)
      }
      requestAnimationFrame(step)
    })`)
    return `${MANY} rows: all came in ${Math.round(ms / 1000)} s; ${Math.round(heap)} MB; a frame ${Math.round(frame)} ms, at most ${Math.round(worst)}`
  }

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})
