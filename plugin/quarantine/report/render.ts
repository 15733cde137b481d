// From a claimed report to its octets: the message as it was received, or what may be told of it.
import { randomUUID } from 'node:crypto'
import { domainOf } from '../../address.ts'
import { unlessDamaged } from '../../errors.ts'
import type { Item } from '../../mail.ts'
import { parseHeader } from '../../mime/headers.ts'
import { tierOf } from '../../scope.ts'
import { isFile } from '../../store/blobs.ts'
import { getItem } from '../../store/items.ts'
import type { Context } from '../context.ts'
import { headerIn, rawIn } from '../folders/contents.ts'
import { PASS_MARK_FIELD, PassMark } from '../release/pass-mark.ts'
import { arf } from './arf.ts'
import type { ReportJob } from './queue.ts'
import { pseudonym, redacted, redactedText, type Persons } from './redact.ts'

/** Who reports. */
export interface Reporter {
  /** Name of this server. */
  me: string
  /** `Lazaret/1.2.3`. */
  agent: string
}

/** The report of a job; null: its message is gone, or damaged. */
export function renderReport(ctx: Context, job: ReportJob, { me, agent }: Reporter): Buffer | null {
  const item = getItem(ctx.store.views, job.item)
  const source = item && unlessDamaged(() => sourceOf(ctx, item))
  if (!item || !source) return null
  const { redact, to } = ctx.config.report
  const persons = personsOf(ctx, item, me)
  const lines = withCrlf(source.bytes)
  const message = redact ? redacted(lines, persons) : lines
  const report = arf({
    ...job,
    item: redact ? redactedItem(item, persons) : item,
    message,
    headerOnly: source.headerOnly,
    header: parseHeader(message),
    now: Date.now(),
    me,
    agent,
    from: ctx.config.report.from || `lazaret@${me}`,
    to: job.target === 'mail' ? to : `reports@${new URL(ctx.config.report.url).hostname}`,
    boundary: `report-${randomUUID()}`,
  })
  return job.target === 'mail' ? passing(ctx, job, to, report) : report
}

/** It holds spam, and must not be held for it on its way: marked as what was released from here is. */
function passing(ctx: Context, { seq }: ReportJob, to: string, report: Buffer): Buffer {
  const header = parseHeader(report)
  const mark = new PassMark(ctx, seq, to, header)
  mark.add(report.subarray(header.end))
  return Buffer.concat([Buffer.from(`${PASS_MARK_FIELD}: ${mark.value()}\r\n`), report])
}

function sourceOf(ctx: Context, item: Item): { bytes: Buffer; headerOnly: boolean } {
  const { views } = ctx.store
  // A file is 1 MiB at least (store/files.ts): that much nobody looks at.
  if (isFile(views, item.blob)) return { bytes: headerIn(views, item).raw, headerOnly: true }
  const raw = rawIn(views, item)
  const headerOnly = ctx.config.report.content === 'header'
  return { bytes: headerOnly ? raw.subarray(0, parseHeader(raw).fieldsEnd) : raw, headerOnly }
}

/** SMTP has no other line ends (RFC 5321 §2.3.8); what people upload may have. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
}

function personsOf({ store }: Context, item: Item, me: string): Persons {
  const { direction, recipients, sender, scope } = item
  const own = tierOf(scope) === 'address' ? [scope] : []
  const addresses = [...new Set([...(direction === 'in' ? recipients : [sender]), ...own])].filter(
    (one) => one.includes('@'),
  )
  const domains = addresses.map((one) => domainOf(one).toLowerCase())
  return { addresses, hosts: [...new Set([me.toLowerCase(), ...domains])], key: store.secret }
}

function redactedItem(item: Item, persons: Persons): Item {
  return {
    ...item,
    sender: redactedText(item.sender, persons),
    recipients: item.recipients.map((one) => `${pseudonym(persons.key, one)}@${domainOf(one)}`),
  }
}
