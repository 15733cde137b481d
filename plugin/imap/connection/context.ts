// What all connections of a server share.
import type { SecureContext } from 'node:tls'
import type { Door } from '../../quarantine/quarantine.ts'
import type { AccountWatch } from '../login/account-watch.ts'
import type { Admission } from '../login/admission.ts'
import type { Budget } from '../../budget.ts'
import type { Underway } from './underway.ts'
import type { Log } from '../log.ts'
import type { Readers } from '../reader/readers.ts'

export interface Context {
  readonly quarantine: Door
  readonly admission: Admission
  readonly log: Log
  /** memory that connections hold: before the login, and from then on */
  readonly strangers: Budget
  readonly sessions: Budget
  readonly accounts: AccountWatch
  readonly underway: Underway
  readonly readers: Readers
  readonly secureContext: () => SecureContext
  /** delay of the first wrong password, in ms */
  readonly authDelay: number
}
