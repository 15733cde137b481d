// The page as people have it: a real Haraka with its front, a next hop, and Debian's Chromium.
import { existsSync } from 'node:fs'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import { readConfig } from '../../plugin/config.ts'
import type { Tier } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { ROOT } from '../quarantine/rig.ts'
import { freePort, startHaraka, type Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'

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

export interface World {
  readonly haraka: Haraka
  readonly hop: NextHop
  readonly lazaret: Lazaret
  readonly browser: Browser
  readonly url: string
  /** What browsers complained about: an exception in the policy, an error in a script. */
  readonly complaints: string[]
  page(options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function world(): Promise<World> {
  const port = await freePort()
  const hop = await NextHop.start()
  const haraka = await startHaraka({
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/http', 'queue/smtp_forward'],
    files: {
      'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\n`,
      'lazaret.ini': `[main]\nbase_model=no\n[http]\nport=${port}\nrequests_per_minute=100000\n[settings]\nrelease_delay=0\n`,
    },
  })
  await haraka.logged(/HTTP server is listening/)
  const lazaret = open(
    readConfig({ main: { base_model: 'no' }, settings: { release_delay: 0 } }),
    haraka.data,
  )
  await lazaret.quarantine
    .as(ROOT)
    .lists.change('', 'block', { add: ['*@spam.example', '*@blocked.example'] })
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  const complaints: string[] = []
  return {
    haraka,
    hop,
    lazaret,
    browser,
    url: `https://127.0.0.1:${port}/`,
    complaints,
    page: async (options = {}) => {
      const context = await browser.newContext({
        locale: 'en-GB',
        ignoreHTTPSErrors: true,
        ...options,
      })
      // What hangs is ended by the runner.
      context.setDefaultTimeout(0)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (line) => {
        // What the server refuses is told to people; a browser writes it down as well.
        if (line.type() === 'error' && !/status of 4\d\d/.test(line.text()))
          complaints.push(line.text())
      })
      return page
    },
    close: async () => {
      await browser.close()
      await lazaret.close()
      await haraka.kill9()
      await hop.stop()
    },
  }
}

export async function account(
  { lazaret }: World,
  name: string,
  tier: Tier = 'address',
): Promise<void> {
  await lazaret.quarantine.as(ROOT).accounts.add(name, tier, PASSWORD)
}

const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

/** A page on which this account is logged in: once for all its pages, since passwords take their time. */
export async function loggedIn(
  on: World,
  user: string,
  options?: BrowserContextOptions,
): Promise<Page> {
  const known = sessions.get(user)
  const page = await on.page({ ...options, ...(known && { storageState: known }) })
  await page.goto(on.url)
  if (!known) {
    await page.locator('input[name=username]').fill(user)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.keyboard.press('Enter')
  }
  await page.locator('.top').waitFor()
  sessions.set(user, await page.context().storageState())
  return page
}

/** Sent by SMTP from a sender that everybody blocks. */
export async function send(on: World, to: string, raw: string): Promise<void> {
  const answer = await sendMail(on.haraka.port, {
    from: 'shop@spam.example',
    to: [to],
    raw: Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n')),
  })
  if (answer.code !== 250) throw new Error(answer.text)
}

export const mail = (
  subject: string,
  from = 'Shop <shop@spam.example>',
  body = 'Buy now.',
): string =>
  `From: ${from}\nTo: user@example.com\nSubject: ${subject}\nMessage-ID: <${encodeURIComponent(subject)}@spam.example>\n\n${body}\n`
