import { encode } from '../codec.ts'
import { NONE, type Kind } from './kind.ts'

/** Subscriptions that differ from "everything is subscribed". */
export interface Subscription {
  type: 'subscription'
  account: string
  name: string
  subscribed: boolean
}

export const subscription: Kind<Subscription> = {
  fold: (tables, { account, name, subscribed }) => {
    tables.subscriptions.put([account, name], encode(subscribed))
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: true,
}
