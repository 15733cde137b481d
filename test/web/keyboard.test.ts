// Everything by keyboard alone: each control of each view is reached, in the order in which it is read, seen while it has the
// focus, and left again; dialogs keep the focus and give it back; a day's work without a mouse.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hold, ROOT, USER as LOGIN } from '../quarantine/rig.ts'
import { inside, type Inside } from './inside.ts'
import { account, CHROMIUM, loggedIn, logIn, mail } from './visitors.ts'

let on: Inside
const USER = 'user@example.com'
const DOMAIN = 'example.com'
const root = () => on.lazaret.quarantine.as(ROOT)
const held = async (subject: string, ...to: string[]): Promise<number[]> =>
  (await hold(on.lazaret, Buffer.from(mail(subject)), { to })).map(({ item }) => item as number)

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  on = await inside({ settings: { release_delay: '3600' } })
  await account(on, DOMAIN, 'domain')
  await account(on, USER)
  await root().lists.change(USER, 'block', { add: ['*@spam.net', 'a@b.example'] })
  await root().lists.change(DOMAIN, 'block', { add: ['*@domain.example'] })
  await root().tokens.make({ account: USER, name: 'Backup', may: 'read' })
  // More than a window is high.
  for (let i = 0; i < 8; i++) await held(`Message ${i}`, USER)
  await held('For both', USER, 'two@example.com')
  const [taught] = await held('Taught', USER)
  await on.lazaret.quarantine.as(LOGIN).items.spam(taught)
})
afterAll(async () => {
  await on?.close()
})

/** Who looks, at what, and what has to be there before. */
const VIEWS: readonly [name: string, who: string, path: string, there: string][] = [
  ['quarantine', USER, '#/quarantine', 'tr[data-item]'],
  ['quarantine of a domain', DOMAIN, '#/quarantine', 'tr[data-item]'],
  ['settings', USER, '#/settings', '.keep li'],
  ['lessons', DOMAIN, '#/lessons', '[data-lesson]'],
  ['statistics', DOMAIN, '#/statistics', '.plot'],
  ['accounts', DOMAIN, '#/accounts', 'table.plain tbody tr'],
  ['audit', DOMAIN, '#/audit', 'table.plain tbody tr'],
]

/** What a keyboard has to reach, in the order of the document; of a group of tabs or radio buttons one. */
const CONTROLS = `(() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, iframe, [tabindex]')]
  return all.filter((one) =>
    one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden' &&
    one.checkVisibility({ visibilityProperty: true }) &&
    (one.closest('details:not([open])') === null || (one.matches('summary'))))
})()`

/** What is called \`name\` in the report of a fault. */
const NAME = `(one) => one.tagName.toLowerCase() + ' ' + (one.getAttribute('aria-label') || one.innerText || one.value || one.id || one.className).trim().slice(0, 40)`

interface Stop {
  /** Its place among the controls; -1: none of them. */
  at: number
  name: string
  /** Something is drawn around it. */
  isMarked: boolean
  /** Nothing lies over it, and it is within the window. */
  isSeen: boolean
}

const LOOK = `((all) => {
  const one = document.activeElement
  if (one === null || one === document.body) return null
  const box = (one.matches('input.unseen') ? one.closest('label') : one).getBoundingClientRect()
  const drawn = [one, one.closest('label')].some((each) => each && getComputedStyle(each).outlineStyle !== 'none' && parseFloat(getComputedStyle(each).outlineWidth) >= 2)
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1)
  const on = document.elementFromPoint(x, box.top + Math.min(box.height / 2, 12))
  const home = one.closest('label') ?? one
  return {
    at: all.indexOf(one), name: (${NAME})(one), isMarked: drawn,
    isSeen: box.top >= 0 && box.top < innerHeight && on !== null && (home.contains(on) || on.contains(one)),
  }
})(globalThis.controls)`

/** Presses it until nothing of the page has the focus any more. */
async function walk(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<Stop[]> {
  const stops: Stop[] = []
  for (;;) {
    await page.keyboard.press(key)
    const stop = await page.evaluate<Stop | null>(LOOK)
    if (stop === null || stop.at === stops[0]?.at || stops.length > 300) return stops
    stops.push(stop)
  }
}

describe.skipIf(CHROMIUM === undefined)('by keyboard', () => {
  test.each(VIEWS)(
    '%s: each control is reached, in its order, seen, and left again',
    async (_name, who, path, there) => {
      const page = await loggedIn(on, who, { viewport: { width: 1000, height: 450 } })
      await page.goto(`${on.url}${path}`)
      await page.locator(there).first().waitFor()
      await page.waitForLoadState('load')
      const names = await page.evaluate<string[]>(
        `(globalThis.controls = ${CONTROLS}).map(${NAME})`,
      )
      expect(names[0]).toMatch(/Skip/)
      const forth = await walk(page, 'Tab')
      expect(forth.map(({ at }) => names[at])).toEqual(names)
      expect(forth.filter(({ isMarked }) => !isMarked)).toEqual([])
      expect(forth.filter(({ isSeen }) => !isSeen)).toEqual([])
      // What is scrolled back to lies beneath nothing either; the other views have nothing that stays.
      if (who !== USER) return await page.context().close()
      const back = await walk(page, 'Shift+Tab')
      expect(back.map(({ at }) => names[at])).toEqual(names.toReversed())
      expect(back.filter(({ isSeen }) => !isSeen)).toEqual([])
      await page.context().close()
    },
  )

  test('from the login on: the first Tab is the way to the content', async () => {
    const page = await on.page()
    await page.goto(on.url)
    await logIn(page, USER)
    await page.locator('tr[data-item]').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    await page.context().close()
  })

  test('a dialog keeps the focus, and gives it back', async () => {
    for (const [who, path, opener, key, title] of DIALOGS) {
      const page = await loggedIn(on, who)
      await page.goto(`${on.url}${path}`)
      const from = page.locator(opener).first()
      await from.waitFor()
      await from.focus()
      await page.keyboard.press(key)
      const dialog = page.getByRole('dialog', { name: title })
      await dialog.waitFor()
      await page.evaluate(`globalThis.left = []
      document.addEventListener('focusin', ({ target }) => {
        if (!target.closest('dialog')) left.push(target.outerHTML)
      })`)
      // Behind its last control a browser has its own.
      for (let i = 0; i < 18; i++) await page.keyboard.press('Tab')
      expect(await page.evaluate('left'), String(title)).toEqual([])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await focusIs(page, await from.innerText())
      await page.context().close()
    }
  })

  test('through the list: to a row, many, away, back; who is in the middle stays there', async () => {
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/quarantine?order=newest`)
    await page.locator('tr[data-item]').first().waitFor()
    const subjects = await page.locator('tr[data-item] .subject').allInnerTexts()
    const says = async (text: RegExp | string): Promise<void> =>
      await page.locator('.told').getByText(text).waitFor()
    for (let i = 0; i < 4; i++) await page.keyboard.press('j')
    expect(await focused(page)).toBe(subjects[3])
    await page.keyboard.press('r')
    await says('One message is released.')
    await focusIs(page, subjects[4])
    await page.keyboard.press('u')
    await says('One message is back.')
    await page.locator('tr[data-item]', { hasText: subjects[3] }).waitFor()
    expect(await focused(page)).toBe(subjects[4])

    await page.keyboard.press('x')
    await page.keyboard.press('k')
    await page.keyboard.press('x')
    await page.keyboard.press('n')
    await says('2 messages')
    await page.keyboard.press('u')
    await says('2 messages are back.')

    // Looked at, released there: what was marked stays so, and behind it one is where it was.
    const now = await page.locator('tr[data-item] .subject').allInnerTexts()
    await page.locator('tr[data-item]', { hasText: now[2] }).getByRole('link').focus()
    await page.keyboard.press('x')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').locator('pre.text').waitFor()
    await page.keyboard.press('Escape')
    await focusIs(page, now[2])
    expect(await page.locator('tr.marked').count()).toBe(1)
    await page.keyboard.press('x')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').locator('pre.text').waitFor()
    await page.keyboard.press('j')
    await page.getByRole('dialog').getByRole('heading', { name: now[3] }).waitFor()
    await page.keyboard.press('r')
    await says('One message is released.')
    await page.keyboard.press('Escape')
    await focusIs(page, now[4])

    await page.keyboard.press('/')
    await page.keyboard.type('subject:3')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=subject/)
    await page.getByRole('link', { name: /^Released/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/show=released/)
    await page.getByLabel('Order').focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(/order=expires/)
    await page.context().close()
  })

  test('through the lists: away, from one to the other, in and out of files', async () => {
    const page = await loggedIn(on, USER)
    await page.goto(`${on.url}#/settings`)
    const black = page.getByRole('region', { name: 'Black list' })
    const white = page.getByRole('region', { name: 'White list' })
    await black.getByRole('button', { name: 'Remove *@spam.net' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.told').getByText('*@spam.net is removed.').waitFor()
    expect(await page.evaluate('document.activeElement.value')).toBe('a@b.example')
    await white.getByRole('button', { name: 'Add to the white list' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('a@b.example')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Move here')
    await page.keyboard.press('Enter')
    await page.locator('.told').getByText('One entry is added.').waitFor()
    const entries = (list: 'allow' | 'block'): string[] =>
      [...root().lists.entries(USER, list)].map(({ mask }) => mask)
    expect([entries('allow'), entries('block')]).toEqual([['a@b.example'], []])
    await white.getByLabel('Import into the white list').focus()
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.keyboard.press('Space'),
    ])
    await chooser.setFiles({
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('b@b.example\n'),
    })
    await white.getByRole('button', { name: 'Remove b@b.example' }).waitFor()
    await white.getByRole('link', { name: 'Export the white list' }).focus()
    await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    await page.context().close()
  })

  test('no browser had anything to complain about', () => {
    expect(on.complaints).toEqual([])
  })
})

/** Awaits that what has these words has the focus. */
const focusIs = async (page: Page, words: string): Promise<void> => {
  await page.locator(':focus', { hasText: words }).and(page.locator(':not(main)')).waitFor()
}
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(document.activeElement?.textContent ?? '').trim()`)

/** Who opens it, where, by what and which key, and what it is called. */
const DIALOGS: readonly [string, string, string, string, RegExp][] = [
  [USER, '#/quarantine', 'tr[data-item] .subject', 'Enter', /^(?:Message|For)/],
  [USER, '#/quarantine', '.keys-button button', 'Enter', /^Keys/],
  [USER, '#/quarantine', 'tr[data-item] .subject', 'b', /^Always hold/],
  [USER, '#/settings', '.buttons button', 'Enter', /messages? in your quarantine/],
  [DOMAIN, '#/accounts', '.search button', 'Enter', /^New account/],
  [DOMAIN, '#/accounts', 'td.does button', 'Enter', /example\.com$/],
]
