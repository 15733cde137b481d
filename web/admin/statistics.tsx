// Statistics of a scope: what was caught, let go, wrong and taught, day by day, and whose mail is caught.
import { useEffect, useState } from 'preact/hooks'
import { get, login } from '../api.ts'
import { Empty } from '../parts.tsx'
import { change, go, link, route } from '../route.ts'
import { sentence } from '../told.tsx'
import { Whose } from '../whose.tsx'
import { count, t } from '../words.ts'
import { Plot } from './plot.tsx'

const KEYS = [
  'caught',
  'released',
  'failed',
  'caughtWrongly',
  'missed',
  'ham',
  'spam',
  'takenBack',
] as const
type Key = (typeof KEYS)[number]
type Day = { day: string } & Record<Key, number>

interface Found {
  days: Day[]
  senders: { sender: string; count: number }[]
}

const SPANS = [7, 30, 90, 365] as const
const DAY = 24 * 60 * 60 * 1000
const TOP = 10

async function read(scope: string, days: number, signal: AbortSignal): Promise<Found> {
  const from = new Date(Date.now() - (days - 1) * DAY).toISOString().slice(0, 10)
  const of: Record<string, string> = scope === '' ? {} : { scope }
  const [stats, top] = await Promise.all([
    get<{ days: Day[] }>(`stats?${new URLSearchParams({ ...of, from }).toString()}`, signal),
    get<{ senders: Found['senders'] }>(
      `stats/senders?${new URLSearchParams({ ...of, limit: String(TOP) }).toString()}`,
      signal,
    ),
  ])
  return { days: stats.days, senders: top.senders }
}

export function Statistics() {
  const { words } = route.value
  const span = SPANS.find((one) => String(one) === words.get('days')) ?? 30
  const scope = words.get('scope') ?? ''
  const [found, setFound] = useState<Found | null>(null)
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    const stop = new AbortController()
    setFound(null)
    setWrong('')
    void read(scope, span, stop.signal).then(setFound, (error: unknown) => {
      if (!stop.signal.aborted) setWrong(sentence(error))
    })
    return () => stop.abort()
  }, [scope, span])
  return (
    <section class="statistics" aria-labelledby="title">
      <h1 id="title">{t('statistics')}</h1>
      <div class="search">
        <label>
          <span>{t('audit.since')}</span>
          <select
            value={String(span)}
            onChange={(event) => go(change({ days: event.currentTarget.value }))}
          >
            {SPANS.map((one) => (
              <option value={String(one)}>{t('audit.days', { n: one })}</option>
            ))}
          </select>
        </label>
        <Whose
          scope={scope}
          placeholder={login.value?.scope || t('scope.everybody')}
          choose={(one) => go(change({ scope: one }))}
        />
      </div>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
      )}
      {found === null ? (
        wrong === '' && <p class="quiet">{t('loading')}</p>
      ) : (
        <Shown {...found} scope={scope} />
      )}
    </section>
  )
}

function Shown({ days, senders, scope }: Found & { scope: string }) {
  const names = days.map(({ day }) => day)
  const of = (key: Key): number[] => days.map((one) => one[key])
  const isEmpty = senders.length === 0 && days.every((one) => KEYS.every((key) => one[key] === 0))
  if (isEmpty) return <Empty title={t('stats.none')}>{t('stats.none.about')}</Empty>
  return (
    <div class="plots">
      <Plot
        title="stats.caught"
        about="stats.caught.about"
        days={names}
        series={[{ name: 'series.caught', look: 'accent', values: of('caught') }]}
      />
      <Plot
        title="stats.released"
        about="stats.released.about"
        days={names}
        series={[
          { name: 'series.released', look: 'good', values: of('released') },
          { name: 'series.failed', look: 'bad', values: of('failed') },
        ]}
      />
      <Plot
        title="stats.errors"
        about="stats.errors.about"
        days={names}
        series={[
          { name: 'series.wrongly', look: 'bad', values: of('caughtWrongly') },
          { name: 'series.missed', look: 'doubt', values: of('missed') },
        ]}
      />
      <Plot
        title="stats.lessons"
        about="stats.lessons.about"
        days={names}
        series={[
          { name: 'series.ham', look: 'good', values: of('ham') },
          { name: 'series.spam', look: 'bad', values: of('spam') },
        ]}
      />
      <Senders senders={senders} scope={scope} />
    </div>
  )
}

function Senders({ senders, scope }: { senders: Found['senders']; scope: string }) {
  if (senders.length === 0) return null
  const [{ count: most }] = senders
  return (
    <section class="card senders" aria-labelledby="senders">
      <h2 id="senders">{t('stats.senders')}</h2>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t('column.sender')}</th>
            <th scope="col">{t('series.caught')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {senders.map(({ sender, count: n }) => (
            <tr>
              <th scope="row">
                <a href={link('quarantine', { q: `from:${sender}`, scope })}>
                  <bdi>{sender === '' ? '<>' : sender}</bdi>
                </a>
              </th>
              <td>{count(n)}</td>
              <td class="share" aria-hidden="true">
                <span style={{ inlineSize: `${(100 * n) / most}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
