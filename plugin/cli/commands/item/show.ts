// lazaret item show: one message, with all that is known of it.
import { Command } from 'commander'
import { Refused } from '../../../errors.ts'
import type { Deletion, Release } from '../../../mail.ts'
import type { Listed } from '../../../quarantine/listing/listed.ts'
import { shownItem } from '../../../quarantine/listing/shown.ts'
import { act } from '../../action.ts'
import { wholeNumber } from '../../numbers.ts'
import { sheet, when } from '../../output.ts'

export function show(): Command {
  return new Command('show')
    .description(
      'one message: envelope, verdict, where it lies, who released it and how that stands',
    )
    .argument('<id>', 'an item, as lazaret item list shows it')
    .addHelpText('after', '\nExample:\n  lazaret item show 1234')
    .action(
      act<object, [string]>(async ({ verbs }, _options, id) => {
        const listed = verbs.items.get(wholeNumber('item', id))
        if (!listed) throw new Refused('not-found', `There is no item ${id}.`)
        return { value: shownItem(listed), text: whole(listed) }
      }),
    )
}

/** Why it lies nowhere any more. */
export function whoDeleted({ actor }: Deletion): string {
  return actor === 'system' ? 'expired' : actor === '' ? 'by somebody' : `by ${actor}`
}

function whole({ item: one, subject, folders, end }: Listed): string {
  const { release, verdict } = one
  const lines: [string, string][] = [
    ['Item', `${one.id} (${one.kind}, ${one.direction === 'in' ? 'incoming' : 'outgoing'})`],
    ['Subject', subject],
    ['Received', `${when(one.at)} UTC, ${one.size} octets, SHA-256 ${one.blob}`],
    ['Sender', one.sender || '<>'],
    ['Recipient', one.recipients.join(', ')],
    ['Folders', folders.join(', ') || 'none: deleted, still recoverable'],
    ['Learned as', one.trained ?? 'nothing'],
    ['Route', one.route?.nextHop ?? 'as Haraka decides'],
    ['Signals', one.signals.join(' ') || 'none'],
  ]
  const { deleted } = one
  if (deleted) lines.push(['Deleted', `${when(deleted.at)} UTC, ${whoDeleted(deleted)}`])
  if (end > 0) lines.push([deleted ? 'Gone' : 'Expires', `${when(end)} UTC`])
  if (release)
    lines.push(
      ['Release', `${release.state} at ${when(release.at)} UTC`],
      ['Asked', asked(release)],
    )
  if (release?.reply) lines.push(['Reply', release.reply])
  if (verdict) lines.push(['Verdict', `${verdict.class} ${verdict.score.toFixed(4)}`])
  for (const { text } of verdict?.evidence ?? []) lines.push(['', text])
  return sheet(lines)
}

/** Who asked for a release, when, and from where. */
function asked({ asked: one }: Release): string {
  if (!one) return 'it is not known by whom'
  const who = one.as === undefined ? one.actor : `${one.actor} as ${one.as}`
  return `by ${who}, ${when(one.at)} UTC, from ${from(one.via)}`
}

/** How somebody came, in words. */
export function from(via: string): string {
  const [way, ...rest] = via.split(' ')
  const what = rest.join(' ')
  if (way === 'imap') return `IMAP (${what})`
  if (way === 'api') return `the API (${what})`
  return way === 'command' ? `the command (${what})` : via
}
