// Digests of a quarantine in this process: what is due, and what becomes of it.
import type { Ini } from '../../../plugin/config.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { Made } from '../../../plugin/quarantine/digest/make.ts'
import { getBlob } from '../../../plugin/store/blobs.ts'
import { getDigest } from '../../../plugin/store/digests.ts'
import { HOUR } from '../../../plugin/time.ts'
import { hold, rig } from '../rig.ts'

export const URL = 'https://quarantine.example.com'
export const ME = 'user@example.com'
/** A process that runs: this one, by another name. */
export const WORKER = 'worker'

/** Digests every hour, with links. */
export function digestRig(settings: Record<string, string> = {}, ini: Ini = {}): Lazaret {
  return rig({
    digest: { url: URL },
    ...ini,
    settings: { digest: 'hourly', time_zone: 'UTC', digest_to: 'mail', ...settings },
  })
}

/** Makes what is due at `now` (Unix ms), as a worker does; an hour from now unless given. */
export async function makeDue(lazaret: Lazaret, now = Date.now() + HOUR): Promise<Made[]> {
  const { digests } = lazaret.quarantine.system
  const made: Made[] = []
  // A process that begins: what lazaret.ini says holds from now on.
  await digests.due(Date.now()).next()
  for await (const due of digests.due(now)) {
    const one = await digests.make(due, WORKER)
    if (one) made.push(one)
  }
  return made
}

/** As it goes by mail, while it does. */
export function mailOf({ store: { views } }: Lazaret, scope = ME): string {
  const blob = getDigest(views, scope)?.blob
  const bytes = blob ? getBlob(views, blob) : null
  if (!bytes) throw new Error(`no digest of ${scope} is on its way`)
  return bytes.toString('latin1')
}

/** It is delivered. */
export async function deliver({ quarantine, store }: Lazaret, scope = ME): Promise<void> {
  const id = getDigest(store.views, scope)?.id ?? ''
  await quarantine.system.digests.over({ scope, id }, 'sent', '250 OK')
}

let count = 0

/** Holds a message for `to`, from a name and with a subject as bytes of a header. */
export async function caught(
  lazaret: Lazaret,
  {
    from = 'Some One <someone@sender.example>',
    subject = 'Hello',
    to = ME,
    body = 'Hello\r\n',
  } = {},
): Promise<number> {
  const id = `m${++count}`
  const raw = `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\nMessage-ID: <${id}@sender.example>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\n${body}${id}\r\n`
  const [{ item }] = await hold(lazaret, Buffer.from(raw), { to: [to] })
  if (item === null) throw new Error('it was not held')
  return item
}
