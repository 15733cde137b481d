// All commands by name. UID forms are the same command, called by UID.
import type { Command } from '../command.ts'
import { APPEND } from './append.ts'
import { AUTHENTICATE } from './authenticate.ts'
import { CAPABILITY } from './capability.ts'
import { CHECK } from './check.ts'
import { CLOSE } from './close.ts'
import { COMPRESS } from './compress.ts'
import { COPY } from './copy.ts'
import { CREATE } from './create.ts'
import { DELETE } from './delete.ts'
import { DELETEACL } from './deleteacl.ts'
import { ENABLE } from './enable.ts'
import { EXAMINE } from './examine.ts'
import { EXPUNGE } from './expunge.ts'
import { FETCH } from './fetch.ts'
import { GETACL } from './getacl.ts'
import { GETQUOTA } from './getquota.ts'
import { GETQUOTAROOT } from './getquotaroot.ts'
import { ID } from './id.ts'
import { IDLE } from './idle.ts'
import { LIST } from './list.ts'
import { LISTRIGHTS } from './listrights.ts'
import { LOGIN } from './login.ts'
import { LOGOUT } from './logout.ts'
import { LSUB } from './lsub.ts'
import { MOVE } from './move.ts'
import { MYRIGHTS } from './myrights.ts'
import { NAMESPACE } from './namespace.ts'
import { NOOP } from './noop.ts'
import { NOTIFY } from './notify.ts'
import { RENAME } from './rename.ts'
import { SEARCH } from './search.ts'
import { SELECT } from './select.ts'
import { SETACL } from './setacl.ts'
import { SETQUOTA } from './setquota.ts'
import { SORT } from './sort.ts'
import { STARTTLS } from './starttls.ts'
import { STATUS } from './status.ts'
import { STORE } from './store.ts'
import { SUBSCRIBE } from './subscribe.ts'
import { THREAD } from './thread.ts'
import { UID_EXPUNGE } from './uid-expunge.ts'
import { UNSELECT } from './unselect.ts'
import { UNSUBSCRIBE } from './unsubscribe.ts'
import { XLIST } from './xlist.ts'

const NAMED: Readonly<Record<string, Command>> = {
  APPEND,
  AUTHENTICATE,
  CAPABILITY,
  CHECK,
  CLOSE,
  COMPRESS,
  COPY,
  CREATE,
  DELETE,
  DELETEACL,
  ENABLE,
  EXAMINE,
  EXPUNGE,
  FETCH,
  GETACL,
  GETQUOTA,
  GETQUOTAROOT,
  ID,
  IDLE,
  LIST,
  LISTRIGHTS,
  LOGIN,
  LOGOUT,
  LSUB,
  MOVE,
  MYRIGHTS,
  NAMESPACE,
  NOOP,
  NOTIFY,
  RENAME,
  SEARCH,
  SELECT,
  SETACL,
  SETQUOTA,
  SORT,
  STARTTLS,
  STATUS,
  STORE,
  SUBSCRIBE,
  THREAD,
  UNSELECT,
  UNSUBSCRIBE,
  XLIST,
  'UID COPY': COPY,
  'UID EXPUNGE': UID_EXPUNGE,
  'UID FETCH': FETCH,
  'UID MOVE': MOVE,
  'UID SEARCH': SEARCH,
  'UID SORT': SORT,
  'UID THREAD': THREAD,
  'UID STORE': STORE,
}

export const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries(NAMED))
