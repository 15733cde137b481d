// Debian's Chromium, and whoever looks at the page in it.
import { existsSync } from 'node:fs'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import type { Tier } from '../../plugin/mail.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { ROOT } from '../quarantine/rig.ts'

export const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))
if (CHROMIUM === undefined)
  console.warn(
    'There is no Chromium here: tests of the page are skipped (apt-get install chromium).',
  )

export const PASSWORD = 'correct horse battery'

export interface Visited {
  readonly url: string
  /** What browsers complained about: an exception in the policy, an error in a script. */
  readonly complaints: string[]
  page(options?: BrowserContextOptions): Promise<Page>
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })

export function visitors(browser: Browser, url: string): Visited {
  const complaints: string[] = []
  return {
    url,
    complaints,
    page: async (options = {}) => {
      const context = await browser.newContext({
        locale: 'en-GB',
        ignoreHTTPSErrors: true,
        ...options,
      })
      // What hangs is ended by the runner; who looks for where it hangs says after how many ms.
      context.setDefaultTimeout(Number(process.env.LAZARET_PAGE_MS ?? 0))
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (line) => {
        // What the server refuses is told to people; a browser writes it down as well.
        if (line.type() === 'error' && !/status of 4\d\d/.test(line.text()))
          complaints.push(line.text())
      })
      return page
    },
  }
}

export async function account(
  { lazaret }: { lazaret: Lazaret },
  name: string,
  tier: Tier = 'address',
): Promise<void> {
  await lazaret.quarantine.as(ROOT).accounts.add(name, tier, PASSWORD)
}

const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

/** A page on which this account is logged in: once for all its pages, since passwords take their time. */
export async function loggedIn(
  on: Visited,
  user: string,
  options?: BrowserContextOptions,
): Promise<Page> {
  const known = sessions.get(user)
  const page = await on.page({ ...options, ...(known && { storageState: known }) })
  await page.goto(on.url)
  const name = page.locator('input[name=username]')
  await page.locator('.top').or(name).waitFor()
  // Nobody was, or the session ended meanwhile.
  if (await name.isVisible()) await logIn(page, user)
  await page.locator('.top').waitFor()
  sessions.set(user, await page.context().storageState())
  return page
}

export async function logIn(page: Page, user: string, password = PASSWORD): Promise<void> {
  await page.locator('input[name=username]').fill(user)
  await page.locator('input[name=password]').fill(password)
  await page.keyboard.press('Enter')
}

export const mail = (
  subject: string,
  from = 'Shop <shop@spam.example>',
  body = 'Buy now.',
): string =>
  `From: ${from}\nTo: user@example.com\nSubject: ${subject}\nMessage-ID: <${encodeURIComponent(subject)}@spam.example>\n\n${body}\n`

/** As the browser does when somebody pastes. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate(`{
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', ${JSON.stringify(text)})
    document.activeElement.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    )
  }`)
}
