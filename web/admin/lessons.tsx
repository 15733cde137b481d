// Lessons: what was taught, taken back by who gave it; what waits for an administrator before others hear it.
import { useEffect, useState } from 'preact/hooks'
import { get, login, post } from '../api.ts'
import { Empty, Moment } from '../parts.tsx'
import { change, link, route } from '../route.ts'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'

interface Lesson {
  id: number
  scope: string
  label: 'ham' | 'spam'
  standing: Standing
  at: string
  by: string
  against: boolean
  items: number[]
}

interface Page {
  lessons: Lesson[]
  alarms: { scope: string; against: number; lessons: number }[]
  next: number | null
}

const STANDINGS = ['waiting', 'heard', 'refused', 'over', 'overruled'] as const
type Standing = (typeof STANDINGS)[number]
type Does = 'approve' | 'refuse' | 'undo'

export function Lessons() {
  const { words } = route.value
  const isAdministrator = login.value?.tier !== 'address'
  const asked = words.get('show')
  const shown = STANDINGS.find((one) => one === asked) ?? null
  const [page, setPage] = useState<Page | null>(null)
  const [wrong, setWrong] = useState('')
  const read = async (from: Page | null): Promise<void> => {
    const query = new URLSearchParams()
    if (shown !== null) query.set('standing', shown)
    if (from?.next) query.set('cursor', String(from.next))
    try {
      const found = await get<Page>(`lessons?${query.toString()}`)
      setPage({ ...found, lessons: [...(from?.lessons ?? []), ...found.lessons] })
      setWrong('')
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  useEffect(() => {
    setPage(null)
    void read(null)
  }, [shown])
  const act = async (does: Does, lesson: Lesson): Promise<void> => {
    await post(`lessons:${does}`, { lessons: [lesson.id] })
    tell(t(`lesson.done.${does}`))
    await read(null)
  }
  const does: readonly Does[] = isAdministrator ? ['approve', 'refuse', 'undo'] : ['undo']
  return (
    <section class="lessons" aria-labelledby="title">
      <h1 id="title">{t('lessons')}</h1>
      <p class="about">{t(isAdministrator ? 'lessons.about.admin' : 'lessons.about')}</p>
      {isAdministrator && (
        <nav class="chips" aria-label={t('classes')}>
          {[null, ...STANDINGS].map((one) => (
            <a href={change({ show: one })} aria-current={one === shown ? 'true' : undefined}>
              {t(`standing.${one ?? 'all'}`)}
            </a>
          ))}
        </nav>
      )}
      {page?.alarms.map(({ scope, against, lessons }) => (
        <p class="alarm">{t('lesson.alarm', { scope, n: against, lessons })}</p>
      ))}
      {wrong !== '' && (
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
      )}
      {page === null && wrong === '' && <p class="quiet">{t('loading')}</p>}
      {page?.lessons.length === 0 && page.next === null && (
        <Empty title={t('lessons.none')}>
          {t(shown === 'waiting' ? 'lessons.none.waiting' : 'lessons.none.about')}
        </Empty>
      )}
      {page !== null && page.lessons.length > 0 && (
        <table class="plain" aria-label={t('lessons')}>
          <thead>
            <tr>
              <th scope="col">{t('audit.when')}</th>
              {isAdministrator && <th scope="col">{t('audit.who')}</th>}
              <th scope="col">{t('audit.what')}</th>
              <th scope="col">{t('lesson.counts')}</th>
              <th scope="col">
                <span class="unseen">{t('column.does')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.lessons.map((lesson) => (
              <tr key={lesson.id} data-lesson={lesson.id}>
                <td>
                  <Moment at={lesson.at} />
                </td>
                {isAdministrator && (
                  <td>
                    <bdi>{lesson.by}</bdi>
                  </td>
                )}
                <td>
                  <What lesson={lesson} />
                </td>
                <td class="quiet">{t(`counts.${lesson.standing}`)}</td>
                <td class="does">
                  {does
                    .filter((one) => may(one, lesson))
                    .map((one) => (
                      <button
                        type="button"
                        class={one === 'approve' ? 'small' : 'text'}
                        aria-label={t('lesson.one', {
                          does: t(`lesson.${one}`),
                          id: String(lesson.id),
                        })}
                        onClick={() => void act(one, lesson).catch(tellBad)}
                      >
                        {t(`lesson.${one}`)}
                      </button>
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {page?.next && (
        <p class="more">
          <button type="button" class="text" onClick={() => void read(page)}>
            {t('more')}
          </button>
        </p>
      )}
    </section>
  )
}

/** Nobody lets his own through, and only what is of somebody below can wait. */
function may(does: Does, { scope, standing }: Lesson): boolean {
  if (does === 'undo') return true
  const mine = login.value?.scope ?? ''
  if (standing === 'overruled' || scope === 'global' || scope === mine) return false
  return does === 'approve' ? standing !== 'heard' : standing !== 'refused'
}

function What({ lesson: { label, items, against } }: { lesson: Lesson }) {
  const [item] = items
  const words = t(`learned.${label}`)
  return (
    <>
      {item === undefined ? (
        <span>{words}</span>
      ) : (
        <a href={link('quarantine', { show: 'all', item: String(item) })}>{words}</a>
      )}
      {against && <span class="state deferred against">{t('lesson.against')}</span>}
    </>
  )
}
