// All commands by name. UID forms are the same command, called by UID.
import type { Command } from '../command.ts'
import { ACL } from './acl.ts'
import { ANY_STATE } from './any-state.ts'
import { APPEND } from './append.ts'
import { COPY } from './copy.ts'
import { ENABLE } from './enable.ts'
import { EXPUNGES } from './expunge.ts'
import { FETCH } from './fetch.ts'
import { FOLDERS } from './folders.ts'
import { LISTS } from './list.ts'
import { LOGINS } from './login.ts'
import { MOVE } from './move.ts'
import { NEWS } from './notify.ts'
import { QUOTA } from './quota.ts'
import { SEARCH } from './search.ts'
import { SELECTION } from './select.ts'
import { SORT } from './sort.ts'
import { STATUS } from './status.ts'
import { STORE } from './store.ts'
import { THREAD } from './thread.ts'
import { TRANSPORT } from './transport.ts'

const BY_NUMBER_OR_UID = { COPY, FETCH, MOVE, SEARCH, SORT, STORE, THREAD }

const NAMED: Readonly<Record<string, Command>> = {
  ...ANY_STATE,
  ...TRANSPORT,
  ...LOGINS,
  ...FOLDERS,
  ...LISTS,
  ...ACL,
  ...QUOTA,
  ...NEWS,
  ...SELECTION,
  ...EXPUNGES,
  ...BY_NUMBER_OR_UID,
  APPEND,
  ENABLE,
  STATUS,
}

export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...Object.entries(NAMED),
  ...Object.entries<Command>(BY_NUMBER_OR_UID).map(([name, command]): [string, Command] => [
    `UID ${name}`,
    command,
  ]),
])
