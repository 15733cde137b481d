// The rows of the list: a table, which on a phone is one column.
import { visible } from '../../plugin/http/preview/visible.ts'
import { login } from '../api.ts'
import { Icon, Moment } from '../parts.tsx'
import { change } from '../route.ts'
import { translated } from '../sentences.ts'
import { share, t, type Word } from '../words.ts'
import { underWay, want } from './act.ts'
import { nameOf, type Item } from './item.ts'
import * as list from './list.ts'
import { chiefReasons } from './why.ts'
import { useFocusKept, useWindow } from './window.ts'

let markedLast = 0

export function Rows() {
  const all = list.items.value
  const { body, shown } = useWindow(list.ids.value)
  useFocusKept(list.ids.value)
  const hasRecipient = login.value?.tier !== 'address'
  const columns: Word[] = [
    'column.sender',
    'column.subject',
    ...(hasRecipient ? (['column.recipient'] as const) : []),
    'column.score',
    'column.received',
    'column.expires',
  ]
  return (
    <table
      class="rows"
      role="table"
      aria-label={t('items')}
      aria-busy={list.isLoading.value}
      aria-rowcount={list.next.value === null ? all.length + 1 : -1}
    >
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          <td role="cell" class="mark-column" />
          {columns.map((word) => (
            <th role="columnheader" scope="col" class={word.replace('.', '-')}>
              {t(word)}
            </th>
          ))}
          <th role="columnheader" scope="col" class="column-does">
            <span class="unseen">{t('column.does')}</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        <Space key="before" height={shown.before} />
        {all.slice(shown.first, shown.end).map((item, i) => (
          <Row key={item.id} item={item} index={shown.first + i + 2} hasRecipient={hasRecipient} />
        ))}
        <Space key="after" height={shown.after} />
      </tbody>
    </table>
  )
}

/** As high as the rows that are not made. */
const Space = ({ height }: { height: number }) =>
  height > 0 ? <tr class="space" aria-hidden="true" style={{ blockSize: `${height}px` }} /> : null

interface RowProps {
  item: Item
  /** From 1, the head of the table included. */
  index: number
  hasRecipient: boolean
}

function Row({ item, index, hasRecipient }: RowProps) {
  const isMarked = list.marked.value.has(item.id)
  const isBusy = underWay.value.has(item.id)
  const subject = visible(item.subject.trim()) || t('no.subject')
  const click = (event: MouseEvent): void => {
    if (event.shiftKey && markedLast > 0) list.markTo(markedLast, item.id)
    else list.mark(item.id)
    markedLast = item.id
  }
  return (
    <tr
      role="row"
      aria-rowindex={index}
      data-item={item.id}
      class={`${item.seen ? '' : 'unread'}${isMarked ? ' marked' : ''}${isBusy ? ' busy' : ''}`}
    >
      <td role="cell" class="mark-column">
        <label class="box">
          <input
            type="checkbox"
            checked={isMarked}
            onClick={click}
            aria-label={t('mark.one', { subject })}
          />
        </label>
      </td>
      <td role="cell" class="column-sender">
        <Sender item={item} />
      </td>
      <td role="cell" class="column-subject">
        <a class="subject" href={change({ item: String(item.id) })}>
          <bdi>{subject}</bdi>
        </a>
        <Why item={item} />
        <State item={item} />
      </td>
      {hasRecipient && (
        <td role="cell" class="column-recipient">
          <bdi title={item.recipients.join(', ')}>{item.recipients.map(nearName).join(', ')}</bdi>
        </td>
      )}
      <td role="cell" class="column-score">
        <Score item={item} />
      </td>
      <td role="cell" class="column-received">
        <Moment at={item.received} />
      </td>
      <td role="cell" class="column-expires">
        {item.expires && (
          <>
            <span class="on-phones">{t('column.expires')} </span>
            <Moment at={item.expires} ahead />
          </>
        )}
      </td>
      <td role="cell" class="column-does">
        <button
          type="button"
          class="small"
          disabled={isBusy}
          aria-label={t('release.one', { subject })}
          onClick={() => want('release', [item.id])}
        >
          {t('do.release')}
        </button>
      </td>
    </tr>
  )
}

/** Where all are of one domain it need not stand in each row. */
function nearName(address: string): string {
  const home = `@${login.value?.scope ?? ''}`
  return address.endsWith(home) && home !== '@' ? address.slice(0, -home.length) : address
}

export function Sender({ item }: { item: Item }) {
  const { from, sender, claims } = item
  return (
    <>
      <bdi class="name">{visible(nameOf(item))}</bdi>
      {from.name !== '' && from.address !== '' && (
        <bdi class="address">{visible(from.address)}</bdi>
      )}
      {sender.toLowerCase() !== from.address.toLowerCase() && (
        <span class="envelope">
          {t('envelope')} <bdi>{sender === '' ? '<>' : visible(sender)}</bdi>
        </span>
      )}
      {claims !== null && (
        <span class="warning">
          <Icon name="warn" />
          {t('claims')} <bdi>{visible(claims)}</bdi>
        </span>
      )}
    </>
  )
}

function Why({ item }: { item: Item }) {
  const told = chiefReasons(item)
  return told.length === 0 ? null : (
    <span class="why">
      <bdi>{told.join(' · ')}</bdi>
    </span>
  )
}

export function Score({ item }: { item: Item }) {
  if (item.score === null) return null
  const kind = item.class ?? 'unsure'
  return (
    <span class={`score ${kind}`} title={t(`class.${kind}`)}>
      {share(item.score)}
    </span>
  )
}

/** How its release stands, what was learned of it, why something was not done. */
export function State({ item }: { item: Item }) {
  const { release, learned, deleted, handled } = item
  const refusal = list.refusals.value.get(item.id)
  return (
    <>
      {release && (
        <span class={`state ${release.state}`}>
          {t(stateWord(release.state))}
          {release.reply !== '' && (
            <>
              {': '}
              <bdi>{translated(release.reply)}</bdi>
            </>
          )}
        </span>
      )}
      {learned && <span class="state">{t(`learned.${learned}`)}</span>}
      {deleted && <span class="state">{t('deleted')}</span>}
      {handled && handled.by !== login.value?.account && (
        <span class="state">
          {t('handled')} <bdi>{handled.by}</bdi>
          {handled.as !== null && handled.as !== login.value?.account && (
            <>
              {' '}
              {t('asked.as')} <bdi>{handled.as}</bdi>
            </>
          )}
          , <Moment at={handled.at} />
        </span>
      )}
      {refusal !== undefined && (
        <span class="state failed">
          <bdi>{refusal}</bdi>
        </span>
      )}
    </>
  )
}

const STATES = [
  'wanted',
  'claimed',
  'queued',
  'deferred',
  'sending',
  'delivered',
  'failed',
  'cancelled',
] as const

function stateWord(state: string): Word {
  const known = STATES.find((one) => one === state)
  return known ? `release.${known}` : 'release.queued'
}
