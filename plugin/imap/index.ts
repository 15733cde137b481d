// The Haraka plugin `lazaret/imap`: keeps the front, the process in which people are served. Haraka copies every
// export of this file onto its plugin object.
import cluster from 'node:cluster'
import type { Config } from '../config.ts'
import { Keeper } from '../front/keeper.ts'
import { pemOf, watchPem } from '../haraka/pem.ts'
import { idsOf } from '../haraka/owner.ts'
import { readIni, setup } from '../haraka/setup.ts'
import { isFirstProcess } from '../haraka/process.ts'
import type { Plugin } from '../haraka/types.ts'

interface ImapPlugin extends Plugin {
  front?: Keeper
}
