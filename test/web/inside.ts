// The page by a server in this process, without a gateway around it: for what needs no mail to go anywhere.
import type { Browser } from 'playwright-core'
import type { Ini } from '../../plugin/config.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { world as server } from '../http/world.ts'
import { launch, visitors, type Visited } from './visitors.ts'

export interface Inside extends Visited {
  readonly lazaret: Lazaret
  readonly browser: Browser
  close(): Promise<void>
}

/** Its server ends with the test file. */
export async function inside(ini: Ini = {}): Promise<Inside> {
  const { lazaret, port } = await server({
    ...ini,
    http: { requests_per_minute: 1_000_000, ...(ini.http as object | undefined) },
  })
  const browser = await launch()
  return {
    ...visitors(browser, `http://127.0.0.1:${port}/`),
    lazaret,
    browser,
    close: async () => await browser.close(),
  }
}
