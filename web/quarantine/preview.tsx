// One item: who, what, why, its text, and, when asked for, how it would have looked.
import { useEffect, useRef, useState } from 'preact/hooks'
import { visible } from '../../plugin/http/preview/visible.ts'
import { get, post, urlOf } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { Moment } from '../parts.tsx'
import { change, go } from '../route.ts'
import { sentence } from '../told.tsx'
import { size, t } from '../words.ts'
import { underWay, want, wantEntry } from './act.ts'
import type { Item } from './item.ts'
import { ForAll } from './for-all.tsx'
import * as list from './list.ts'
import { Score, Sender, State } from './rows.tsx'
import { Source } from './source.tsx'
import { reasonWords } from './why.ts'
import { focusNear } from './window.ts'
import { TOOLS } from './tools.tsx'

const TABS = ['text', 'formatted', 'header', 'parts', 'source'] as const
type Tab = (typeof TABS)[number]
const SHOWN = { text: Text, formatted: Formatted, header: Header, parts: Parts, source: Source }

export function Preview({ id }: { id: number }) {
  const listed = list.items.value.find((one) => one.id === id)
  const [own, setOwn] = useState<Item | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const item = listed ?? own
  useEffect(() => {
    const stop = new AbortController()
    void open(id, stop.signal).then(setOwn, (error: unknown) => {
      if (!stop.signal.aborted) setProblem(error)
    })
    return () => stop.abort()
  }, [id])
  const close = (): void => go(change({ item: null }))
  const ids = list.ids.value
  const at = useRef(0)
  if (ids.includes(id)) at.current = ids.indexOf(id)
  return (
    <Dialog
      kind="preview"
      title={<bdi>{item ? visible(item.subject.trim()) || t('no.subject') : t('loading')}</bdi>}
      close={close}
      back={() => focusNear(list.ids.value, id, at.current)}
    >
      {problem !== null && (
        <p class="wrong" role="alert">
          <bdi>{sentence(problem)}</bdi>
        </p>
      )}
      {item && <Whole item={item} close={close} />}
    </Dialog>
  )
}

async function open(id: number, signal: AbortSignal): Promise<Item> {
  const item = await get<Item>(`items/${id}`, signal)
  if (item.seen || item.folders.length === 0) return item
  const seen = await post<Item>(`items/${id}:mark`, { seen: true })
  list.replace(seen)
  return seen
}

function Whole({ item, close }: { item: Item; close: () => void }) {
  const [tab, setTab] = useState<Tab>('text')
  const isBusy = underWay.value.has(item.id)
  const Shown = SHOWN[tab]
  return (
    <>
      <div class="choices" role="toolbar" aria-label={t('tools')}>
        {TOOLS.map((action) => (
          <button
            type="button"
            class={action === 'release' ? 'primary' : ''}
            disabled={isBusy}
            onClick={() => {
              want(action, [item.id])
              if (action === 'delete') close()
            }}
          >
            {t(`do.${action}`)}
          </button>
        ))}
        <button type="button" onClick={() => wantEntry('allow', [item.id])}>
          {t('do.allow')}
        </button>
        <button type="button" onClick={() => wantEntry('block', [item.id])}>
          {t('do.block')}
        </button>
        <ForAll id={item.id} />
      </div>
      <p class="states">
        <State item={item} />
        {item.folders.length > 0 && (
          <button
            type="button"
            class="text"
            onClick={() => {
              want('markUnseen', [item.id])
              close()
            }}
          >
            {t('do.markUnseen')}
          </button>
        )}
      </p>
      <Facts item={item} />
      <Reasons item={item} />
      <div class="tabs" role="tablist" aria-label={t('content')}>
        {TABS.map((one) => (
          <button
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={one === tab}
            aria-controls="shown"
            tabIndex={one === tab ? 0 : -1}
            onClick={() => setTab(one)}
            onKeyDown={(event) => arrow(event, tab, setTab)}
          >
            {t(`tab.${one}`)}
          </button>
        ))}
      </div>
      <div id="shown" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        <Shown item={item} />
      </div>
    </>
  )
}

function arrow(event: KeyboardEvent, now: Tab, set: (tab: Tab) => void): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (by === undefined) return
  const turned = document.documentElement.dir === 'rtl' ? -by : by
  const to = TABS[(TABS.indexOf(now) + turned + TABS.length) % TABS.length]
  set(to)
  document.getElementById(`tab-${to}`)?.focus()
}

function Facts({ item }: { item: Item }) {
  return (
    <dl class="facts">
      <dt>{t('column.sender')}</dt>
      <dd>
        <Sender item={item} />
      </dd>
      <dt>{t('column.recipient')}</dt>
      <dd>
        <bdi>{item.recipients.join(', ')}</bdi>
      </dd>
      <dt>{t('column.received')}</dt>
      <dd>
        <Moment at={item.received} />
        {item.expires && (
          <span class="quiet">
            {' · '}
            {t('column.expires')} <Moment at={item.expires} ahead />
          </span>
        )}
      </dd>
      {item.release?.asked && (
        <>
          <dt>{t('asked')}</dt>
          <dd>
            <bdi>{item.release.asked.by}</bdi>
            {item.release.asked.as !== null && (
              <>
                {' '}
                {t('asked.as')} <bdi>{item.release.asked.as}</bdi>
              </>
            )}
            , <Moment at={item.release.asked.at} />
          </dd>
        </>
      )}
    </dl>
  )
}

/** Why, in words; how much each counted, as a bar beside them. */
function Reasons({ item }: { item: Item }) {
  if (item.score === null) return null
  const most = Math.max(1, ...item.why.map(({ weight }) => Math.abs(weight)))
  return (
    <details class="reasons" open>
      <summary>
        {t('why')} <Score item={item} />
        {item.threshold !== null && (
          <span class="quiet">
            {' '}
            {t('threshold', { value: String(Math.round(item.threshold * 100)) })}
          </span>
        )}
      </summary>
      <ul>
        {item.why.map((reason) => (
          <li class={reason.weight > 0 ? 'towards' : 'away'}>
            <meter
              min={0}
              max={most}
              value={Math.abs(reason.weight)}
              aria-label={t(reason.weight > 0 ? 'towards' : 'away')}
            />
            <bdi title={reason.text}>{reasonWords(reason)}</bdi>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** What `read` answers for this item, or how it stands. */
function useRead<T>(
  item: Item,
  read: (id: number, signal: AbortSignal) => Promise<T>,
): T | null | Error {
  const [value, setValue] = useState<T | null | Error>(null)
  useEffect(() => {
    const stop = new AbortController()
    void read(item.id, stop.signal).then(setValue, (error: unknown) => {
      if (!stop.signal.aborted) setValue(error instanceof Error ? error : new Error(String(error)))
    })
    return () => stop.abort()
  }, [item.id])
  return value
}

function Waiting({ value }: { value: null | Error }) {
  return value === null ? (
    <p class="quiet">{t('loading')}</p>
  ) : (
    <p class="wrong" role="alert">
      <bdi>{sentence(value)}</bdi>
    </p>
  )
}

function Text({ item }: { item: Item }) {
  const text = useRead(item, (id, signal) => get<string>(`items/${id}/text`, signal))
  if (text === null || text instanceof Error) return <Waiting value={text} />
  return text.trim() === '' ? (
    <p class="quiet">{t('no.text')}</p>
  ) : (
    <pre class="text" dir="auto">
      {text}
    </pre>
  )
}

/** A document of its own, which knows nothing of this page: sandboxed here, and by its own policy. */
function Formatted({ item }: { item: Item }) {
  const made = useRead(item, (id) => post<{ path: string }>(`items/${id}:preview`))
  if (made === null || made instanceof Error) return <Waiting value={made} />
  return (
    <>
      <p class="quiet">{t('formatted.about')}</p>
      <iframe
        class="formatted"
        sandbox=""
        referrerpolicy="no-referrer"
        title={t('formatted.title')}
        src={made.path}
      />
    </>
  )
}

interface Fields {
  fields: { name: string; value: string }[]
  whole: boolean
}

function Header({ item }: { item: Item }) {
  const read = useRead(item, (id, signal) => get<Fields>(`items/${id}/headers`, signal))
  if (read === null || read instanceof Error) return <Waiting value={read} />
  return (
    <>
      <dl class="header">
        {read.fields.map(({ name, value }) => (
          <>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </>
        ))}
      </dl>
      {!read.whole && <p class="quiet">{t('header.cut')}</p>}
    </>
  )
}

interface Part {
  part: number
  name: string
  type: string
  size: number
  inline: boolean
}

async function readParts(
  item: Item,
  signal: AbortSignal,
): Promise<{ parts: Part[]; mayLoad: boolean }> {
  const { parts } = await get<{ parts: Part[] }>(`items/${item.id}/parts`, signal)
  const { settings } = await get<{ settings: { key: string; value: string }[] }>(
    `settings/${encodeURIComponent(item.scope)}`,
    signal,
  ).catch(() => ({ settings: [] }))
  const mayLoad = settings.some(
    ({ key, value }) => key === 'download_attachments' && /^(?:yes|true|on|1)$/i.test(value),
  )
  return { parts, mayLoad }
}

function Parts({ item }: { item: Item }) {
  const read = useRead(item, (_id, signal) => readParts(item, signal))
  if (read === null || read instanceof Error) return <Waiting value={read} />
  if (read.parts.length === 0) return <p class="quiet">{t('no.parts')}</p>
  return (
    <>
      <ul class="parts">
        {read.parts.map(({ part, name, type, size: octets }) => (
          <li>
            {read.mayLoad ? (
              <a href={urlOf(`items/${item.id}/parts/${part}`)} download>
                <bdi>{name || t('part', { n: part })}</bdi>
              </a>
            ) : (
              <bdi>{name || t('part', { n: part })}</bdi>
            )}
            <span class="quiet">
              {type}, {size(octets)}
            </span>
          </li>
        ))}
      </ul>
      {!read.mayLoad && <p class="quiet">{t('parts.about')}</p>}
    </>
  )
}
