// Takes pictures of the page of a gateway that `npm start` runs: node scripts/pictures.mjs [--data var] [--out DIR]
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { simpleParser } from 'mailparser'
import { chromium } from 'playwright-core'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'var' },
    out: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
})
const { http, accounts } = JSON.parse(readFileSync(join(values.data, 'demo.json'), 'utf8'))
const out = values.out ?? join(values.data, 'pictures')
const url = `https://${http.host}:${http.port}/`

/** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  german: { viewport: { width: 1280, height: 800 }, locale: 'de-DE' },
}
/**
 * Who looks, at what, what has to be there before, and what is looked at: all of it unless a part is named.
 * @type {[string, string, string, string, ((page: import('playwright-core').Page, path: string) => Promise<void>)?][]}
 */
const VIEWS = [
  ['address', 'quarantine', '#/quarantine', 'tr[data-item]'],
  ['address', 'preview', '#/quarantine', 'tr[data-item]', open],
  ['address', 'settings', '#/settings', '.keep li, .line'],
  ['address', 'thresholds', '#/settings', '.dots circle', part('.thresholds')],
  ['address', 'audit', '#/audit', 'table.plain tbody tr', window],
  ['address', 'digest settings', '#/settings', 'select[name=digest], .buttons', part('.buttons')],
  ['domain', 'quarantine', '#/quarantine', 'tr[data-item]'],
  ['domain', 'lessons', '#/lessons', 'table.plain, .empty'],
  ['domain', 'statistics', '#/statistics', '.plot, .empty'],
  ['domain', 'accounts', '#/accounts', 'table.plain tbody tr'],
  ['super-admin', 'audit', '#/audit', 'table.plain tbody tr', window],
]

// The window alone: what is below goes on for long.
/** @type {(page: import('playwright-core').Page, path: string) => Promise<void>} */
async function window(page, path) {
  await page.screenshot({ path })
}
/** @type {(page: import('playwright-core').Page, path: string) => Promise<void>} */
async function open(page, path) {
  await page.locator('tr[data-item] a').first().click()
  await page.locator('pre.text').waitFor()
  await page.screenshot({ path })
}
/**
 * The card around something.
 * @type {(selector: string) => (page: import('playwright-core').Page, path: string) => Promise<void>}
 */
function part(selector) {
  return async (page, path) => {
    const card = page.locator('.card', { has: page.locator(selector) })
    await card.scrollIntoViewIfNeeded()
    await card.screenshot({ path })
  }
}
/** @type {(page: import('playwright-core').Page, path: string) => Promise<void>} */
async function whole(page, path) {
  await page.screenshot({ path, fullPage: true })
}

mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] })
const sessions = new Map()
for (const [look, options] of Object.entries(LOOKS)) {
  for (const { tier, user, password } of accounts) {
    const context = await browser.newContext({
      locale: 'en-GB',
      ignoreHTTPSErrors: true,
      ...options,
      storageState: sessions.get(tier),
    })
    const page = await context.newPage()
    await page.goto(url)
    if (!sessions.has(tier)) {
      await page.locator('input[name=username]').waitFor()
      await page.screenshot({ path: join(out, `login-${look}.png`) })
      await page.locator('input[name=username]').fill(user)
      await page.locator('input[name=password]').fill(password)
      await page.keyboard.press('Enter')
    }
    await page.locator('.top').waitFor()
    sessions.set(tier, await context.storageState())
    for (const [who, name, path, there, take = whole] of VIEWS) {
      if (who !== tier) continue
      await page.goto(`${url}${path}`)
      await page.locator(there).first().waitFor()
      await take(page, join(out, `${name}-${who}-${look}.png`))
    }
    await context.close()
  }
}
await digest()
await browser.close()
console.log(out)

/** The digest as it comes by mail, and the page of a link in it. */
async function digest() {
  /** @type {{ tier: string, user: string }} */
  const { tier, user } = accounts.find(
    (/** @type {{ tier: string }} */ one) => one.tier === 'address',
  )
  for (const [look, options] of Object.entries(LOOKS)) {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      ...options,
      storageState: sessions.get(tier),
    })
    const page = await context.newPage()
    await page.goto(url)
    await page.locator('.top').waitFor()
    const language = look === 'german' ? 'de' : 'en'
    await ask(page, 'PATCH', `settings/${encodeURIComponent(user)}`, { language })
    const preview = `digest/${encodeURIComponent(user)}/preview`
    const { path } = await ask(page, 'POST', preview, { all: true })
    await page.goto(new URL(path, url).href)
    await page.screenshot({ path: join(out, `digest-${look}.png`), fullPage: true })
    await page.goto(url)
    if (look === 'desktop')
      await ask(page, 'POST', `digest/${encodeURIComponent(user)}/send`, { all: true })
    await page.goto(await delivered(user))
    await page.screenshot({ path: join(out, `link-${look}.png`), fullPage: true })
    await context.close()
  }
}

/**
 * Asks the API as whoever is logged in on a page.
 * @param {import('playwright-core').Page} page
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<{ path: string }>}
 */
async function ask(page, method, path, body) {
  return await page.evaluate(
    async ([how, where, what]) => {
      const session = await fetch('/api/v1/session')
      const { csrf } = /** @type {{ csrf: string }} */ (await session.json())
      const headers = {
        'x-lazaret-csrf': csrf,
        'content-type': 'application/json',
        'idempotency-key': `${Date.now()}`,
      }
      const answer = await fetch(`/api/v1/${where}`, { method: how, headers, body: what })
      if (!answer.ok) throw new Error(await answer.text())
      return /** @type {{ path: string }} */ (await answer.json())
    },
    [method, path, JSON.stringify(body)],
  )
}

/**
 * A link of the last digest that the next hop of the demo has.
 * @param {string} user
 * @returns {Promise<string>}
 */
async function delivered(user) {
  const dir = join(values.data, 'delivered')
  for (;;) {
    for (const name of readdirSync(dir)
      .filter((one) => one.endsWith(`${user}.eml`))
      .toReversed()) {
      const { text = '' } = await simpleParser(readFileSync(join(dir, name)))
      const link = /https:\S+\/digest\/\S+/.exec(text)
      if (link) return link[0]
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
