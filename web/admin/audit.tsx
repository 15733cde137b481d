// Who did what, when, and how they came: the journal, newest first.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../api.ts'
import { Empty, Moment } from '../parts.tsx'
import { change, go, route } from '../route.ts'
import { translated } from '../sentences.ts'
import { sentence } from '../told.tsx'
import { t } from '../words.ts'

interface Entry {
  seq: number
  at: string
  by: string
  as: string | null
  via: string | null
  type: string
  text: string
}

const DAYS = [1, 7, 30] as const
const DAY = 24 * 60 * 60 * 1000

export function Audit() {
  const { words } = route.value
  const by = words.get('by') ?? ''
  const days = DAYS.find((one) => String(one) === words.get('days')) ?? 1
  const [entries, setEntries] = useState<Entry[] | null>(null)
  const [next, setNext] = useState<number | null>(null)
  const [wrong, setWrong] = useState('')
  const read = async (until: number | null, before: Entry[]): Promise<void> => {
    const query = new URLSearchParams({
      after: new Date(Date.now() - days * DAY).toISOString(),
      limit: '200',
      order: 'newest',
    })
    if (by !== '') query.set('by', by)
    if (until !== null) query.set('until', String(until))
    try {
      const page = await get<{ entries: Entry[]; next: number | null }>(`audit?${query.toString()}`)
      setEntries([...before, ...page.entries])
      setNext(page.next)
      setWrong('')
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  useEffect(() => {
    setEntries(null)
    void read(null, [])
  }, [by, days])
  return (
    <section class="audit" aria-labelledby="title">
      <h1 id="title">{t('audit')}</h1>
      <div class="search">
        <label>
          <span>{t('audit.since')}</span>
          <select
            value={String(days)}
            onChange={(event) => go(change({ days: event.currentTarget.value }))}
          >
            {DAYS.map((one) => (
              <option value={String(one)}>{t('audit.days', { n: one })}</option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('audit.by')}</span>
          <input
            key={by}
            defaultValue={by}
            autocapitalize="none"
            spellcheck={false}
            onChange={(event) => go(change({ by: event.currentTarget.value.trim() }))}
          />
        </label>
      </div>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
      )}
      {entries?.length === 0 && next === null && (
        <Empty title={t('audit.empty')}>{t('audit.empty.do')}</Empty>
      )}
      {entries === null && wrong === '' && <p class="quiet">{t('loading')}</p>}
      {entries !== null && entries.length > 0 && (
        <table class="plain" aria-label={t('audit')}>
          <thead>
            <tr>
              <th scope="col">{t('audit.when')}</th>
              <th scope="col">{t('audit.who')}</th>
              <th scope="col">{t('audit.what')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ seq, at, by: who, as, via, text }) => (
              <tr key={seq}>
                <td>
                  <Moment at={at} />
                </td>
                <td>
                  <bdi>{who}</bdi>
                  {as !== null && (
                    <>
                      {' '}
                      {t('asked.as')} <bdi>{as}</bdi>
                    </>
                  )}
                  {via !== null && <bdi class="quiet via">{via}</bdi>}
                </td>
                <td>
                  <bdi>{translated(text)}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {next !== null && (
        <p class="more">
          <button type="button" class="text" onClick={() => void read(next, entries ?? [])}>
            {t('more')}
          </button>
        </p>
      )}
    </section>
  )
}
