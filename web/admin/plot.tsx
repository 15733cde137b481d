// Days as bars, drawn by hand: a library for plots would weigh as much as the page. The same stands below as a table.
import { count, day, t, type Word } from '../words.ts'

export interface Series {
  name: Word
  /** A class of the style sheet. */
  look: 'accent' | 'good' | 'bad' | 'doubt'
  values: readonly number[]
}

interface Props {
  title: Word
  about: Word
  /** `2026-11-30`, in UTC. */
  days: readonly string[]
  series: readonly Series[]
}

const HEIGHT = 100
/** Of the place of a day. */
const BAR = 0.8

export function Plot({ title, about, days, series }: Props) {
  const sums = days.map((_, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0))
  const most = Math.max(1, ...sums)
  const [first = '', last = ''] = [days.at(0), days.at(-1)]
  const totals = series.map(({ name, look, values }) => ({
    name,
    look,
    total: values.reduce((sum, n) => sum + n, 0),
  }))
  const told = totals.map(({ name, total }) => `${t(name)}: ${count(total)}`).join(', ')
  return (
    <section class="card plot" aria-label={t(title)}>
      <h2>{t(title)}</h2>
      <p class="about">{t(about)}</p>
      <ul class="totals">
        {totals.map(({ name, look, total }) => (
          <li class={look}>
            <strong>{count(total)}</strong> {t(name)}
          </li>
        ))}
      </ul>
      <figure>
        <span class="most" aria-hidden="true">
          {sums.some((sum) => sum > 0) && count(most)}
        </span>
        <svg
          viewBox={`0 0 ${days.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('plot.about', { told, from: day(first), to: day(last) })}
        >
          {days.map((date, i) => (
            <Bar at={i} date={date} series={series} most={most} />
          ))}
        </svg>
        <figcaption aria-hidden="true">
          <span>{day(first)}</span>
          <span>{day(last)}</span>
        </figcaption>
      </figure>
      <details>
        <summary>{t('plot.table')}</summary>
        <div class="scrolls" tabIndex={0} role="group" aria-label={t(title)}>
          <table class="figures">
            <thead>
              <tr>
                <th scope="col">{t('plot.day')}</th>
                {series.map(({ name }) => (
                  <th scope="col">{t(name)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days
                .map((date, i) => (
                  <tr>
                    <th scope="row">{day(date)}</th>
                    {series.map(({ values }) => (
                      <td>{count(values[i] ?? 0)}</td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  )
}

interface BarProps {
  at: number
  date: string
  series: readonly Series[]
  most: number
}

function Bar({ at, date, series, most }: BarProps) {
  let below = 0
  return (
    <g>
      <title>
        {`${day(date)}: ${series.map(({ name, values }) => `${count(values[at] ?? 0)} ${t(name)}`).join(', ')}`}
      </title>
      <rect class="place" x={at} y={0} width={1} height={HEIGHT} />
      {series.map(({ look, values }) => {
        const height = ((values[at] ?? 0) / most) * HEIGHT
        below += height
        return (
          <rect
            class={look}
            x={at + (1 - BAR) / 2}
            y={HEIGHT - below}
            width={BAR}
            height={height}
          />
        )
      })}
    </g>
  )
}
