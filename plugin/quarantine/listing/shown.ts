// An item as the API, the page and `--json` show it: names and values for programs, times in RFC 3339.
import type { Direction, Item, ItemKind, Label, ReleaseState, VerdictClass } from '../../mail.ts'
import { scopeName } from '../../scope.ts'
import { claimed } from './claims.ts'
import type { Listed } from './listed.ts'

export interface ShownItem {
  id: number
  kind: ItemKind
  direction: Direction
  /** Whose it is: an address, a domain, or `global`. */
  scope: string
  /** First author of the header From. */
  from: { name: string; address: string }
  /** An address in the name that is not the one behind it: somebody may pretend to be somebody. */
  claims: string | null
  /** Of the envelope; empty for the null reverse-path. */
  sender: string
  recipients: string[]
  subject: string
  /** Octets of the message as it came. */
  size: number
  received: string
  /** When it expires, or is gone for good where it was deleted; null: never. */
  expires: string | null
  class: VerdictClass | null
  /** Probability of spam. */
  score: number | null
  /** Score from which it was spam when it was judged. */
  threshold: number | null
  /** The reasons, most weighty first; `weight` in logits, positive towards spam. */
  why: { name: string; text: string; weight: number }[]
  /** Names of the folders in which it lies; none: it was deleted. */
  folders: string[]
  seen: boolean
  learned: Label | null
  release: ShownRelease | null
  deleted: { at: string; by: string; folder: string } | null
  /** Who did the last thing with it (released, taught, deleted), and as whom where an administrator did it. */
  handled: { by: string; as: string | null; at: string } | null
}

export interface ShownRelease {
  state: ReleaseState
  at: string
  /** The receiving server's reply, or the reason of a failure. */
  reply: string
  /** Who asked for it, how they came, and as whom where an administrator did it; null: that is not known. */
  asked: { by: string; as: string | null; via: string; at: string } | null
  outcomes: { recipient: string; state: string; at: string; reply: string }[]
}

export function shownItem(one: Listed): ShownItem {
  const { item, subject, from, folders, seen, end } = one
  const { verdict, deleted } = item
  const evidence = verdict?.evidence ?? []
  return {
    id: item.id,
    kind: item.kind,
    direction: item.direction,
    scope: scopeName(item.scope),
    from: { name: from.name, address: from.address },
    claims: claimed(from),
    sender: item.sender,
    recipients: item.recipients,
    subject,
    size: item.size,
    received: time(item.at),
    expires: end === 0 ? null : time(end),
    class: verdict?.class ?? null,
    score: verdict?.score ?? null,
    threshold: item.required ?? null,
    why: evidence
      .map(({ name, text, weight }) => ({ name, text, weight }))
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    folders,
    seen,
    learned: item.trained,
    release: shownRelease(item),
    deleted: deleted ? { at: time(deleted.at), by: deleted.actor, folder: deleted.folder } : null,
    handled: handled(one),
  }
}

function handled({ item: { release, deleted }, taught }: Listed): ShownItem['handled'] {
  const { asked } = release ?? {}
  const all = [
    ...(asked ? [{ by: asked.actor, as: asked.as ?? null, at: asked.at }] : []),
    ...(taught ? [{ by: taught.actor, as: null, at: taught.at }] : []),
    ...(deleted ? [{ by: deleted.actor, as: null, at: deleted.at }] : []),
  ].sort((a, b) => b.at - a.at)
  const [last] = all
  return last ? { ...last, at: time(last.at) } : null
}

function shownRelease({ release }: Item): ShownRelease | null {
  return (
    release && {
      state: release.state,
      at: time(release.at),
      reply: release.reply,
      asked: release.asked
        ? {
            by: release.asked.actor,
            as: release.asked.as ?? null,
            via: release.asked.via,
            at: time(release.asked.at),
          }
        : null,
      outcomes: (release.outcomes ?? []).map(({ recipient, state, at, reply }) => ({
        recipient,
        state,
        at: time(at),
        reply,
      })),
    }
  )
}

const time = (ms: number): string => new Date(ms).toISOString()
