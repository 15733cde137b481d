// Passwords of mail clients: each by a name, shown once, taken back alone.
import { ask, post } from '../api.ts'
import { pathOf, readAccount, type Account } from './account.ts'
import { Secrets } from './secrets.tsx'

export function Apps({ of }: { of: Account }) {
  const path = `${pathOf(of.name)}/apps`
  return (
    <Secrets
      about="apps.about"
      all={of.apps}
      back={{
        label: 'app.revoke',
        one: 'app.revoke.one',
        sure: 'app.revoke.sure',
        done: 'app.revoked',
      }}
      form={{ name: 'app.name', make: 'app.make', example: 'app.example', most: 60 }}
      make={async (name) => (await post<{ password: string | null }>(path, { name })).password}
      remove={({ id }) => ask(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' })}
      read={readAccount}
    />
  )
}
