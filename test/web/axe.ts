// What is asked of every view, however it is looked at.
import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Found {
  id: string
  nodes: { html: string; failureSummary?: string }[]
}

/** What axe finds: WCAG 2.2 AA, and what it calls best practice. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate<Found[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations)`,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  )
}

/** How far the page can be moved sideways, in px. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`)
