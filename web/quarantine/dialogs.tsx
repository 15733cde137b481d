// What is asked before something is done: a large number, or whose list an entry goes to.
import { useState } from 'preact/hooks'
import { ask } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { act, planned, scopesFor, wanted, type Entry } from './act.ts'

export function Confirm() {
  const plan = planned.value
  if (!plan) return null
  const close = (): void => {
    planned.value = null
  }
  return (
    <Dialog title={t('confirm', { n: plan.ids.length })} close={close}>
      <p>{t(`confirm.${plan.action}`, { n: plan.ids.length })}</p>
      <div class="choices">
        <button type="button" class="primary" onClick={() => void act(plan)}>
          {t(`do.${plan.action}`)}
        </button>
        <button type="button" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </Dialog>
  )
}

export function AddEntry() {
  const entry = wanted.value
  return entry && <EntryForm entry={entry} />
}

function EntryForm({ entry: { list, items } }: { entry: Entry }) {
  const addresses = [...new Set(items.map(({ from, sender }) => from.address || sender))]
  const scopes = scopesFor(items[0])
  const [isDomain, setDomain] = useState(false)
  const [scope, setScope] = useState(scopes[0] ?? '')
  const masks = [
    ...new Set(
      addresses.map((address) => (isDomain ? `*@${address.split('@').at(-1) ?? ''}` : address)),
    ),
  ]
  const close = (): void => {
    wanted.value = null
  }
  const add = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      await ask('lists', { method: 'PATCH', body: { scope, list, add: masks } })
      close()
      tell(
        t(list === 'allow' ? 'allowed' : 'blocked', { n: masks.length, mask: masks[0] ?? '' }),
        async () => {
          await ask('lists', { method: 'PATCH', body: { scope, list, remove: masks } })
        },
      )
    } catch (error) {
      tellBad(error)
    }
  }
  return (
    <Dialog title={t(list === 'allow' ? 'allow.title' : 'block.title')} close={close}>
      <form onSubmit={(event) => void add(event)}>
        <fieldset>
          <legend>{t('entry.who')}</legend>
          <Choice name="who" isChosen={!isDomain} choose={() => setDomain(false)}>
            <bdi>{addresses.slice(0, 5).join(', ')}</bdi>
            {addresses.length > 5 && ' …'}
          </Choice>
          <Choice name="who" isChosen={isDomain} choose={() => setDomain(true)}>
            {t('entry.domain')}{' '}
            <bdi>
              {[...new Set(addresses.map((address) => address.split('@').at(-1)))]
                .slice(0, 5)
                .join(', ')}
            </bdi>
          </Choice>
        </fieldset>
        {scopes.length > 1 && (
          <fieldset>
            <legend>{t('entry.for')}</legend>
            {scopes.map((one) => (
              <Choice name="for" isChosen={one === scope} choose={() => setScope(one)}>
                {one === 'global' ? t('scope.everybody') : <bdi>{one}</bdi>}
              </Choice>
            ))}
          </fieldset>
        )}
        <div class="choices">
          <button class="primary">{t(list === 'allow' ? 'do.allow' : 'do.block')}</button>
          <button type="button" onClick={close}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface ChoiceProps {
  name: string
  isChosen: boolean
  choose: () => void
  children: preact.ComponentChildren
}

function Choice({ name, isChosen, choose, children }: ChoiceProps) {
  return (
    <label class="choice">
      <input type="radio" name={name} checked={isChosen} onChange={choose} />
      <span>{children}</span>
    </label>
  )
}
