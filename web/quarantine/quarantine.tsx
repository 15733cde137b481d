// The quarantine: what was caught, why, and what can be done with it.
import { useEffect, useRef } from 'preact/hooks'
import { urlOf } from '../api.ts'
import { Empty, Icon } from '../parts.tsx'
import { change, go, route } from '../route.ts'
import { sentence } from '../told.tsx'
import { Whose } from '../whose.tsx'
import { t } from '../words.ts'
import { isAdministrator } from './act.ts'
import { AddEntry, Confirm } from './dialogs.tsx'
import { CHIPS, ORDERS } from './item.ts'
import { Help, useKeys } from './keys.tsx'
import { ConfirmForAll } from './for-all.tsx'
import * as list from './list.ts'
import { isAway } from './listen.ts'
import { Preview } from './preview.tsx'
import { Rows } from './rows.tsx'
import { Tools } from './tools.tsx'

export function Quarantine() {
  useEffect(() => list.follow(urlOf('events')), [])
  useKeys()
  const open = Number(route.value.words.get('item') ?? 0)
  return (
    <section class="quarantine" aria-labelledby="title">
      <h1 id="title">{t('quarantine')}</h1>
      <Search />
      <Chips />
      <Tools />
      <Shown />
      <Confirm />
      <AddEntry />
      <Help />
      {open > 0 && <Preview key={open} id={open} />}
      <ConfirmForAll />
    </section>
  )
}

function Search() {
  const field = useRef<HTMLInputElement>(null)
  const { search, order, scope } = list.asked.value
  const submit = (event: Event): void => {
    event.preventDefault()
    go(change({ q: field.current?.value.trim() ?? '' }))
  }
  return (
    <form class="search" role="search" onSubmit={submit}>
      <label class="words">
        <span class="unseen">{t('search')}</span>
        <Icon name="search" />
        <input
          ref={field}
          id="search"
          type="search"
          key={search}
          defaultValue={search}
          placeholder={t('search.example')}
          aria-describedby="search-help"
          autocapitalize="none"
          spellcheck={false}
        />
      </label>
      <span id="search-help" class="unseen">
        {t('search.help')}
      </span>
      {isAdministrator() && (
        <Whose
          scope={scope}
          placeholder={t('scope.all')}
          choose={(one) => go(change({ scope: one }))}
        />
      )}
      <label>
        <span>{t('order')}</span>
        <select
          value={order}
          onChange={(event) => go(change({ order: event.currentTarget.value }))}
        >
          {ORDERS.map((one) => (
            <option value={one}>{t(`order.${one}`)}</option>
          ))}
        </select>
      </label>
    </form>
  )
}

/** All of them, always in their place: those without anything are quiet. */
function Chips() {
  const { chip } = list.asked.value
  const counts = list.counts.value
  return (
    <nav class="chips" aria-label={t('classes')}>
      {CHIPS.map((one) => (
        <a
          href={change({ show: one === 'caught' ? null : one, item: null })}
          aria-current={one === chip ? 'true' : undefined}
          class={counts[one] === 0 ? 'none' : ''}
        >
          {t(`chip.${one}`)} <span class="count">{t('number', { n: counts[one] ?? 0 })}</span>
        </a>
      ))}
    </nav>
  )
}

function Shown() {
  const { chip, search } = list.asked.value
  const problem = list.problem.value
  if (problem !== null && list.items.value.length === 0)
    return (
      <div class="empty bad" role="alert">
        <h2>{t('problem')}</h2>
        <p>
          <bdi>{sentence(problem)}</bdi>
        </p>
        <button type="button" onClick={() => void list.reload()}>
          {t('again')}
        </button>
      </div>
    )
  if (list.items.value.length === 0)
    return list.isLoading.value ? (
      <div class="empty" role="status">
        <p>{t('loading')}</p>
      </div>
    ) : (
      <Empty title={t(search === '' ? 'empty' : 'empty.search')}>
        {t(search !== '' ? 'empty.search.do' : chip === 'caught' ? 'empty.caught' : 'empty.other')}
      </Empty>
    )
  return (
    <>
      {(problem !== null || isAway.value) && (
        <div class="lost" role="status">
          <bdi>{problem === null ? t('away') : sentence(problem)}</bdi>
          <button type="button" class="text" onClick={() => void list.again()}>
            {t('again')}
          </button>
        </div>
      )}
      {list.isStale.value && (
        <button type="button" class="stale" onClick={() => void list.reload()}>
          {t('stale')}
        </button>
      )}
      <Rows />
      <More />
    </>
  )
}

/** The next page comes when its place is nearly seen, or when it is asked for. */
function More() {
  const end = useRef<HTMLButtonElement>(null)
  const next = list.next.value
  useEffect(() => {
    if (!end.current) return undefined
    const watch = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) void list.more()
      },
      { rootMargin: '600px' },
    )
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [next])
  return (
    <p class="more">
      {next === null ? (
        <span class="quiet">{t('all.shown', { n: list.items.value.length })}</span>
      ) : (
        <button ref={end} type="button" class="text" onClick={() => void list.more()}>
          {t('more')}
        </button>
      )}
    </p>
  )
}
