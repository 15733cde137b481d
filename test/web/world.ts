// The page as people have it: a real Haraka with its front, a next hop, and a browser.
import type { Browser } from 'playwright-core'
import { readConfig } from '../../plugin/config.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { ROOT } from '../quarantine/rig.ts'
import { freePort, startHaraka, type Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { launch, visitors, type Visited } from './visitors.ts'

export { account, CHROMIUM, loggedIn, mail, PASSWORD, paste } from './visitors.ts'

export interface World extends Visited {
  readonly haraka: Haraka
  readonly hop: NextHop
  readonly lazaret: Lazaret
  readonly browser: Browser
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
  const browser = await launch()
  return {
    ...visitors(browser, `https://127.0.0.1:${port}/`),
    haraka,
    hop,
    lazaret,
    browser,
    close: async () => {
      await browser.close()
      await lazaret.close()
      await haraka.kill9()
      await hop.stop()
    },
  }
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
