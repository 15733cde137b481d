// Secrets by which something else opens the account: each by a name, shown once when it is made, taken back alone.
import { useState } from 'preact/hooks'
import { Moment, Secret, Sure } from '../parts.tsx'
import { sentence, tell, tellBad } from '../told.tsx'
import { t, type Word } from '../words.ts'
import type { Kept, Use } from './account.ts'

interface Props<T extends Kept> {
  about: Word
  all: readonly T[]
  /** What stands beside its name. */
  more?: (one: T) => preact.ComponentChildren
  /** Words for taking one back; those with a name in them take it. */
  back: { label: Word; one: Word; sure: Word; done: Word }
  /** Words of the form, and how long a name may be. */
  form: { name: Word; make: Word; example?: Word; most: number }
  /** What else the form asks for. */
  children?: preact.ComponentChildren
  /** Makes one; answers its secret, or null where that was shown before. */
  make: (name: string) => Promise<string | null>
  remove: (one: T) => Promise<unknown>
  /** Reads all anew. */
  read: () => Promise<void>
}

export function Secrets<T extends Kept>(props: Props<T>) {
  const { about, all, more, back, form, children, make, remove, read } = props
  const [name, setName] = useState('')
  const [secret, setSecret] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      setSecret(await make(name.trim()))
      setName('')
      setWrong('')
      await read()
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  const takeBack = async (one: T): Promise<void> => {
    await remove(one)
    tell(t(back.done, { name: one.name }))
    await read()
  }
  return (
    <>
      <p class="about">{t(about)}</p>
      <ul class="keep">
        {all.map((one) => (
          <li key={one.id}>
            <span>
              <bdi class="name">{one.name}</bdi>
              {more?.(one)}
              <Used use={one.lastUse} made={one.created} />
            </span>
            <Sure
              label={t(back.label)}
              name={t(back.one, { name: one.name })}
              ask={t(back.sure, { name: one.name })}
              act={() => void takeBack(one).catch(tellBad)}
            />
          </li>
        ))}
      </ul>
      {secret === null ? (
        <form class="line" onSubmit={(event) => void submit(event)}>
          <label class="wide">
            <span>{t(form.name)}</span>
            <input
              value={name}
              required
              maxLength={form.most}
              autocomplete="off"
              placeholder={form.example && t(form.example)}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          {children}
          <button>{t(form.make)}</button>
        </form>
      ) : (
        <Secret text={secret} done={() => setSecret(null)} />
      )}
      <p class="wrong" role="alert">
        <bdi>{wrong}</bdi>
      </p>
    </>
  )
}

/** When it was used last, from where. */
function Used({ use, made }: { use: Use | null; made: string }) {
  return (
    <span class="quiet used">
      {use ? (
        <>
          {t('used')} <Moment at={use.at} />, <bdi>{use.network}</bdi>
        </>
      ) : (
        <>
          {t('made')} <Moment at={made} />, {t('used.never')}
        </>
      )}
    </span>
  )
}
