// A person's own filter on one page: what the original had, in its order and words, and more behind it.
import { useEffect } from 'preact/hooks'
import { login } from '../api.ts'
import { change, go } from '../route.ts'
import { sentence } from '../told.tsx'
import { Whose } from '../whose.tsx'
import { t } from '../words.ts'
import { Digest } from './digest.tsx'
import { Choose, Switch, TextField } from './fields.tsx'
import { Lists } from './lists.tsx'
import { Prefix } from './prefix.tsx'
import { Security } from './security.tsx'
import { Standing } from './standing.tsx'
import { problem, read, scopeShown, settings } from './store.ts'
import { Thresholds } from './thresholds.tsx'

export function Settings() {
  const scope = scopeShown()
  const who = login.value
  useEffect(() => void read(scope), [scope])
  if (!who) return null
  const isDomain = !scope.includes('@')
  const isAbove = who.tier === 'super-admin' || who.scope !== scope
  return (
    <section class="settings" aria-labelledby="title">
      <h1 id="title">{t('settings')}</h1>
      {who.tier !== 'address' && (
        <Whose scope={scope} choose={(one) => go(change({ scope: one }))} />
      )}
      {problem.value !== null && (
        <div class="empty bad" role="alert">
          <p>
            <bdi>{sentence(problem.value)}</bdi>
          </p>
        </div>
      )}
      {settings.value && (
        <>
          <div class="card">
            <Switch name="enabled" label="set.enabled" about="set.enabled.about" />
            <Prefix />
            <Switch name="mark_as_read" label="set.read" about="set.read.about" />
          </div>
          <div class="card">
            <Lists key={scope} scope={scope} />
          </div>
          <div class="card">
            <h2>{t('set.filter')}</h2>
            <Standing scope={scope} />
            <Choose
              name="action"
              label="set.action"
              values={{ hold: 'action.hold', tag: 'action.tag', reject: 'action.reject' }}
            />
            <Thresholds scope={scope} />
            <Choose
              name="allow_needs_auth"
              label="set.auth"
              about="set.auth.about"
              values={{ auto: 'auto', yes: 'yes', no: 'no' }}
            />
            <Switch
              name="organization_is_own"
              label="set.organization"
              about="set.organization.about"
            />
            <Switch name="hold_outgoing" label="set.outgoing" about="set.outgoing.about" />
          </div>
          <div class="card">
            <Digest scope={scope} isAbove={who.tier !== 'address'} />
          </div>
          <div class="card">
            <h2>{t('set.quarantine')}</h2>
            <TextField name="retention_days" label="set.retention" kind="number" unit="days" />
            <Switch name="copy_unsure" label="set.copies" about="set.copies.about" />
            <TextField
              name="release_delay"
              label="set.delay"
              about="set.delay.about"
              kind="number"
              unit="seconds"
            />
            <Switch
              name="download_attachments"
              label="set.attachments"
              about="set.attachments.about"
            />
            <Choose
              name="language"
              label="set.language"
              values={{ en: 'language.en', de: 'language.de' }}
            />
            {isAbove && (
              <TextField
                name="quota_mb"
                label="set.quota"
                about="set.quota.about"
                kind="number"
                unit="megabytes"
              />
            )}
            {isDomain && (
              <TextField
                name="recipient_delimiter"
                label="set.delimiter"
                about="set.delimiter.about"
              />
            )}
          </div>
        </>
      )}
      <Security />
    </section>
  )
}
