// lazaret item: messages in the quarantine.
import { Command } from 'commander'
import { purge, restore } from './deleted.ts'
import { drop, release, train, undo } from './drop.ts'
import { list, search } from './find.ts'
import { raw } from './raw.ts'
import { show } from './show.ts'

export function item(): Command {
  const command = new Command('item').description('messages in the quarantine')
  for (const one of [list, search, show, raw, release, train, undo, drop, restore, purge])
    command.addCommand(one())
  return command
}
