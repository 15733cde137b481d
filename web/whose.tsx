// For whom: an administrator's own scope, or one inside of it.
import { useEffect, useId, useState } from 'preact/hooks'
import { get } from './api.ts'
import { t } from './words.ts'

interface Props {
  scope: string
  /** What is shown while nothing is chosen. */
  placeholder?: string
  choose: (scope: string) => void
}

export function Whose({ scope, placeholder, choose }: Props) {
  const [known, setKnown] = useState<string[]>([])
  const list = useId()
  useEffect(() => {
    void get<{ accounts: { scope: string }[] }>('accounts').then(
      ({ accounts }) => setKnown([...new Set(accounts.map((one) => one.scope))]),
      () => setKnown([]),
    )
  }, [])
  return (
    <label class="whose">
      <span>{t('scope')}</span>
      <input
        key={scope}
        list={list}
        defaultValue={scope}
        placeholder={placeholder}
        autocapitalize="none"
        spellcheck={false}
        onChange={(event) => choose(event.currentTarget.value.trim())}
      />
      <datalist id={list}>
        {known.map((one) => (
          <option value={one} />
        ))}
      </datalist>
    </label>
  )
}
