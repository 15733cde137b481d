// Black list and white list: a field for each mask.
import { useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { visible } from '../../plugin/http/preview/visible.ts'
import { ask, urlOf } from '../api.ts'
import { Icon } from '../parts.tsx'
import { translated } from '../sentences.ts'
import { tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { Entries } from './entries.ts'
import { Inherited } from './inherited.tsx'
import { examples, look } from './mask.ts'
import { masksIn } from './pasted.ts'
import { Probe } from './probe.tsx'
import type { Row, RowProblem } from './row.ts'

export function Lists({ scope }: { scope: string }) {
  const { block, allow } = useMemo(() => {
    const block = new Entries(scope, 'block')
    const allow = new Entries(scope, 'allow')
    block.other = allow
    allow.other = block
    void block.read()
    void allow.read()
    return { block, allow }
  }, [scope])
  return (
    <>
      <div class="two">
        <List entries={block} />
        <List entries={allow} />
      </div>
      <details class="rules">
        <summary>{t('lists.rules')}</summary>
        <ul>
          <li>{t('lists.rule.masks')}</li>
          <li>{t('lists.rule.levels')}</li>
          <li>{t('lists.rule.own.block')}</li>
          <li>{t('lists.rule.own.allow')}</li>
        </ul>
      </details>
      <Probe scope={scope} />
    </>
  )
}

function List({ entries }: { entries: Entries }) {
  const { kind } = entries
  const rows = entries.rows.value
  const title = useId()
  const adder = useRef<HTMLButtonElement>(null)
  const isWanted = entries.focus.value === 0
  useLayoutEffect(() => {
    if (!isWanted) return
    adder.current?.focus()
    entries.focus.value = null
  }, [isWanted])
  return (
    <section class="list" aria-labelledby={title}>
      <h2 id={title}>{t(`list.${kind}`)}</h2>
      <p class="about">{t(`list.${kind}.about`)}</p>
      {entries.isLong.value && (
        <input
          type="search"
          class="list-search"
          aria-label={t('list.search', { list: t(`list.${kind}`) })}
          placeholder={t('search')}
          value={entries.search.value}
          onInput={(event) => {
            entries.search.value = event.currentTarget.value.trim()
            void entries.read()
          }}
        />
      )}
      {rows === null ? (
        <p class="quiet">{t('loading')}</p>
      ) : (
        <ol class="masks">
          {rows.map((row) => (
            <MaskRow key={row.key} row={row} entries={entries} />
          ))}
        </ol>
      )}
      {rows?.length === 0 && <p class="quiet">{t('list.empty')}</p>}
      {entries.next.value !== null && (
        <button type="button" class="text" onClick={() => void entries.more().catch(tellBad)}>
          {t('more')}
        </button>
      )}
      {rows !== null && (
        <button
          ref={adder}
          type="button"
          class="icon add"
          aria-label={t(`list.${kind}.add`)}
          onClick={() => entries.add()}
        >
          <Icon name="add" />
        </button>
      )}
      <Files entries={entries} />
      <Inherited scope={entries.scope} kind={kind} />
    </section>
  )
}

function MaskRow({ row, entries }: { row: Row; entries: Entries }) {
  const field = useRef<HTMLInputElement>(null)
  const about = useId()
  const { text, problem } = row
  // Read here, so that a row that is otherwise as it was hears of it, too.
  const isWanted = entries.focus.value === row.key
  useLayoutEffect(() => {
    if (!isWanted) return
    field.current?.focus()
    entries.focus.value = null
  }, [isWanted])
  const paste = (event: preact.TargetedClipboardEvent<HTMLInputElement>): void => {
    const { value, selectionStart, selectionEnd } = event.currentTarget
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    const [before, behind] = [selectionStart ?? value.length, selectionEnd ?? value.length]
    const whole = value.slice(0, before) + pasted + value.slice(behind)
    const masks = masksIn(whole)
    const [first = ''] = masks
    // Any browser does as well with what is one mask already.
    if (masks.length < 2 && (first === '' || first === whole.trim())) return
    event.preventDefault()
    if (masks.length === 1) entries.type(row, first)
    else void entries.paste(row, masks)
  }
  return (
    <li>
      <div class="mask-row">
        <input
          ref={field}
          value={text}
          aria-label={t(`list.${entries.kind}.mask`)}
          aria-describedby={about}
          aria-invalid={problem !== null}
          spellcheck={false}
          autocapitalize="none"
          autocomplete="off"
          dir="ltr"
          maxLength={400}
          onInput={(event) => entries.type(row, event.currentTarget.value)}
          onPaste={paste}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            entries.enter(row)
          }}
          onBlur={() => void entries.commit(row)}
        />
        <button
          type="button"
          class="icon"
          aria-label={t('list.remove', { mask: text || t('list.new') })}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => void entries.remove(row)}
        >
          <Icon name="remove" />
        </button>
      </div>
      <div id={about} class="below-mask">
        {problem ? (
          <MaskProblem
            text={text}
            problem={problem}
            move={(mask) => void entries.moveHere(row, mask)}
          />
        ) : (
          row.saved !== text && <Meaning text={text} />
        )}
      </div>
    </li>
  )
}

function MaskProblem({
  text,
  problem,
  move,
}: {
  text: string
  problem: RowProblem
  move: (mask: string) => void
}) {
  if (problem.kind === 'here') return <span class="wrong">{t('mask.here')}</span>
  if (problem.kind === 'other')
    return (
      <span class="wrong">
        {t('mask.other')}{' '}
        <button
          type="button"
          class="text"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => move(problem.mask)}
        >
          {t('mask.move')}
        </button>
      </span>
    )
  const at = problem.kind === 'mask' ? problem.at : null
  const end = (at ?? 0) + ((text.codePointAt(at ?? 0) ?? 0) > 0xffff ? 2 : 1)
  return (
    <span class="wrong">
      {at !== null && (
        <code dir="ltr" class="placed">
          {text.slice(0, at)}
          <mark>{visible(text.slice(at, end)) || ' '}</mark>
          {text.slice(end)}
        </code>
      )}
      <bdi>{problem.sentence}</bdi>
    </span>
  )
}

/** What a mask stands for, while it is typed. */
function Meaning({ text }: { text: string }) {
  const { mask } = look(text)
  if (mask === null || text.trim() === '') return null
  const { yes, no } = examples(mask)
  return (
    <span class="quiet">
      {t('mask.matches')} <bdi>{yes.join(', ')}</bdi>
      {no.length > 0 && (
        <>
          {'; '}
          {t('mask.not')} <bdi>{no.join(', ')}</bdi>
        </>
      )}
    </span>
  )
}

interface Imported {
  added: number
  known: number
  refused: { line: number; text: string; reason: string }[]
  refusals: number
}

function Files({ entries }: { entries: Entries }) {
  const { scope, kind } = entries
  const query = new URLSearchParams({ scope, list: kind }).toString()
  const load = async (field: HTMLInputElement): Promise<void> => {
    const file = field.files?.[0]
    if (!file) return
    try {
      const text = await file.text()
      const { value } = await ask<Imported>(`lists:import?${query}`, {
        method: 'POST',
        body: text,
      })
      const [first] = value.refused
      const refused = first
        ? ` ${t('import.refused', { n: value.refusals, line: first.line, reason: translated(first.reason) })}`
        : ''
      tell(`${t('entries.added', { n: value.added })}${refused}`)
      await entries.read()
    } catch (error) {
      tellBad(error)
    } finally {
      field.value = ''
    }
  }
  return (
    <p class="files">
      <label class="text button">
        {t('import')}
        <input
          type="file"
          accept=".txt,.cf,text/plain"
          class="unseen"
          aria-label={t(`list.${kind}.import`)}
          onChange={(event) => void load(event.currentTarget)}
        />
      </label>
      <a
        href={urlOf(`lists:export?${query}`)}
        download={`${kind}.txt`}
        aria-label={t(`list.${kind}.export`)}
      >
        {t('export')}
      </a>
    </p>
  )
}
