// Would this sender be blocked? By the very lists, asked of the server.
import { useState } from 'preact/hooks'
import { question } from '../api.ts'
import { translated } from '../sentences.ts'
import { sentence } from '../told.tsx'
import { t } from '../words.ts'

interface Checked {
  decision: 'allow' | 'block' | null
  matches: { list: 'allow' | 'block'; scope: string; mask: string; text: string }[]
}

export function Probe({ scope }: { scope: string }) {
  const isPerson = scope.includes('@')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [checked, setChecked] = useState<Checked | null>(null)
  const [wrong, setWrong] = useState('')
  const check = async (event: Event): Promise<void> => {
    event.preventDefault()
    setWrong('')
    setChecked(null)
    try {
      setChecked(await question<Checked>('lists:check', { from, recipient: isPerson ? scope : to }))
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  return (
    <form class="probe" onSubmit={(event) => void check(event)}>
      <label>
        <span>{t('probe')}</span>
        <input
          value={from}
          required
          placeholder="someone@example.com"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      {!isPerson && (
        <label>
          <span>{t('probe.to')}</span>
          <input
            value={to}
            required
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
        </label>
      )}
      <button>{t('probe.do')}</button>
      <div role="status" class="answer">
        {checked && (
          <>
            <p>
              <strong>{t(`probe.${checked.decision ?? 'none'}`)}</strong>
            </p>
            <ul>
              {checked.matches.map(({ list, mask, scope: of, text }) => (
                <li>
                  {t(`list.${list}`)}: <bdi>{mask}</bdi> (
                  <bdi>{of === 'global' ? t('scope.everybody') : of}</bdi>):{' '}
                  <bdi>{translated(text)}</bdi>
                </li>
              ))}
            </ul>
          </>
        )}
        {wrong !== '' && (
          <p class="wrong">
            <bdi>{wrong}</bdi>
          </p>
        )}
      </div>
    </form>
  )
}
