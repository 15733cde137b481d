// Passwords of mail clients: each by a name, shown once, taken back alone.
import { useState } from 'preact/hooks'
import { ask, post } from '../api.ts'
import { Moment, Secret, Sure } from '../parts.tsx'
import { sentence, tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { pathOf, readAccount, type Account, type App, type Use } from './account.ts'

export function Apps({ of }: { of: Account }) {
  const [name, setName] = useState('')
  const [secret, setSecret] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const make = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      const made = await post<{ password: string | null }>(`${pathOf(of.name)}/apps`, {
        name: name.trim(),
      })
      setSecret(made.password)
      setName('')
      setWrong('')
      await readAccount()
    } catch (error) {
      setWrong(sentence(error))
    }
  }
  const revoke = async ({ id, name: which }: App): Promise<void> => {
    await ask(`${pathOf(of.name)}/apps/${encodeURIComponent(id)}`, { method: 'DELETE' })
    tell(t('app.revoked', { name: which }))
    await readAccount()
  }
  return (
    <>
      <p class="about">{t('apps.about')}</p>
      <ul class="keep">
        {of.apps.map((app) => (
          <li key={app.id}>
            <span>
              <bdi class="name">{app.name}</bdi>
              <Used use={app.lastUse} made={app.created} />
            </span>
            <Sure
              label={t('app.revoke')}
              name={t('app.revoke.one', { name: app.name })}
              ask={t('app.revoke.sure', { name: app.name })}
              act={() => void revoke(app).catch(tellBad)}
            />
          </li>
        ))}
      </ul>
      {secret === null ? (
        <form class="line" onSubmit={(event) => void make(event)}>
          <label>
            <span>{t('app.name')}</span>
            <input
              value={name}
              required
              maxLength={60}
              autocomplete="off"
              placeholder={t('app.example')}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <button>{t('app.make')}</button>
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
export function Used({ use, made }: { use: Use | null; made: string }) {
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
