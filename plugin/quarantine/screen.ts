// The verb of SMTP: one message in, one decision per recipient out; what is held is on disk before this
// resolves.
import type { Edit } from '../mail.ts'
import { authorsOf } from '../mime/authors.ts'
import { parseHeader, type Header } from '../mime/headers.ts'
import { scopeOfSent } from '../scope.ts'
import { Turn } from '../turns.ts'
import type { Context } from './context.ts'
import { editKeys, forgedFields, verdictEdit } from './edit.ts'
import { keepWhat } from './keep.ts'
import { knownOwner, knownSettings } from './known.ts'
import { listQuery } from './lists/query.ts'
import { markIsSigned, PASS_MARK_FIELD } from './release/pass-mark.ts'
import { passing, type Passed } from './release/passing.ts'
import { sample, tally } from './remember.ts'
import { copies, type Decision, type Envelope, type Plan } from './screening.ts'

export type { Decision, Envelope } from './screening.ts'

/** `path`: of the file in `store.incoming` that the message is; null: it is small. */
export async function screen(
  ctx: Context,
  envelope: Envelope,
  raw: Buffer,
  path: string | null = null,
): Promise<Decision[]> {
  const header = parseHeader(raw)
  const addresses = envelope.recipients.map(({ address }) => address)
  const plans = await judgeAll(ctx, envelope, header, await passing(ctx, addresses, header))
  group(plans)
  sample(ctx, envelope, raw, plans)
  const must = plans.some((plan) => plan.outcome !== 'deliver')
  const keeps = must || plans.some(copies)
  if (keeps) ctx.store.space.need(raw.length)
  const bytes = keeps ? await ctx.store.publish(raw, path) : null
  const kept = bytes && (await keepWhat(ctx, envelope, bytes, raw, plans, must))
  tally(ctx, envelope.direction, plans, envelope.instead)
  return plans.map((plan, i) => {
    const { recipient, outcome, verdict, edit, passed } = plan
    return {
      recipient,
      outcome,
      verdict: verdict && { class: verdict.class, score: verdict.score },
      edit,
      item: kept?.[i] ?? null,
      passed,
      ...(keeps && kept === null && copies(plan) && { leftOut: true }),
      reason: reasonOf(plan),
    }
  })
}

function reasonOf({ verdict, passed }: Plan): string {
  if (!verdict) return passed ? 'released from here' : 'not filtered'
  const { evidence } = verdict
  let [loudest, most] = ['', -1]
  for (const { name, weight, text } of evidence) {
    if (name === 'plugin') return text
    if (Math.abs(weight) > most) [loudest, most] = [text, Math.abs(weight)]
  }
  return loudest
}

async function judgeAll(
  ctx: Context,
  envelope: Envelope,
  header: Header,
  passed: ReadonlyMap<string, Passed>,
): Promise<Plan[]> {
  const { raw } = header
  const known = ctx.follower.catchUp()
  const from = authorsOf(header)
  const forged = envelope.direction === 'in' ? forgedFields(header) : []
  const score = ctx.follower.model.scorer(raw, envelope.signals)

  const outgoing = envelope.direction === 'out'
  const plan = (to: Plan['to']): Plan => {
    const { address } = to
    const owner = knownOwner(ctx, address, known)
    const scope = outgoing
      ? scopeOfSent(
          envelope.user ?? null,
          envelope.sender,
          (one) => knownOwner(ctx, one, known).scope,
        )
      : owner.scope
    const settings = knownSettings(ctx, scope, known)
    const one: Plan = {
      recipient: address,
      outcome: 'deliver',
      verdict: null,
      edit: null,
      passed: passed.get(address) ?? null,
      settings,
      scope,
      to,
    }
    if (one.passed) return { ...one, edit: markIsSigned(header) ? null : WITHOUT_MARK }
    if (!settings.enabled && !envelope.hold) return one
    one.verdict = ctx.filter.verdict(
      listQuery(settings, {
        ...envelope,
        from,
        recipient: address,
        scope,
        own: owner.domains,
      }),
      () => score(scope),
      { unsure: settings.unsure, spam: settings.spam },
    )
    if (envelope.hold) {
      one.verdict.evidence.push({ name: 'plugin', weight: 0, text: envelope.hold })
      one.outcome = 'hold'
    } else if (one.verdict.class === 'spam') {
      if (outgoing) one.outcome = settings.hold_outgoing ? 'hold' : 'deliver'
      else if (settings.action === 'hold' || settings.action === 'reject')
        one.outcome = settings.action
    }
    // Nothing is added to outgoing mail, and nothing is taken from it.
    if (!outgoing) one.edit = verdictEdit(one.verdict, settings, forged)
    return one
  }
  const plans: Plan[] = []
  const turn = new Turn('smtp')
  for (const to of envelope.recipients) {
    // Other mail does not wait for all recipients of one.
    if (plans.length > 0 && turn.over) await turn.rest()
    plans.push(plan(to))
  }
  return plans
}

/** The mailbox has no use for the mark; whoever reads it there could send the message again. */
const WITHOUT_MARK: Edit = {
  remove: [PASS_MARK_FIELD.toLowerCase()],
  add: [],
  subjectPrefix: null,
}

/**
 * One transaction has one answer and one set of headers. 550 is given only when nobody is to get the message,
 * whether or not a copy is held for somebody, who may release it; otherwise the copy of who rejects is held. Of
 * those to deliver, the largest group that shares its headers stays on the transaction and the others are sent by us.
 */
function group(plans: Plan[]): void {
  if (plans.some((plan) => plan.outcome === 'deliver'))
    for (const plan of plans) if (plan.outcome === 'reject') plan.outcome = 'hold'
  const deliver = plans.filter((plan) => plan.outcome === 'deliver')
  if (deliver.length < 2) return
  const keyOf = editKeys()
  const groups = new Map<string, Plan[]>()
  for (const plan of deliver) {
    const key = keyOf(plan.edit)
    const those = groups.get(key)
    if (those) those.push(plan)
    else groups.set(key, [plan])
  }
  // Of two that are as large, the one that was named first.
  const [, ...others] = [...groups.values()].sort((a, b) => b.length - a.length)
  for (const plan of others.flat()) plan.outcome = 'split'
}
