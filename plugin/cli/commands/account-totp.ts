// lazaret account totp: the second factor of the page.
import { Command } from 'commander'
import { act } from '../action.ts'
import { clean } from '../output.ts'

export function totp(): Command {
  const command = new Command('totp').description(
    'second factor (TOTP) of the page; mail clients then need an app password',
  )
  command
    .command('enrol <account>')
    .alias('enroll')
    .description('make a secret for a device; it counts once a code of it is confirmed')
    .addHelpText(
      'after',
      `
Examples:
  lazaret account totp enrol user@example.com
  lazaret account totp confirm user@example.com 123456`,
    )
    .action(
      act<object, [string]>(async ({ verbs }, _options, account) => {
        const made = await verbs.accounts.enrolFactor(account)
        return {
          value: made,
          text: `Secret  ${made.secret}\nURI     ${made.uri}\nPut it into the device, then: lazaret account totp confirm ${clean(account)} CODE`,
        }
      }),
    )
  command
    .command('confirm <account> <code>')
    .description('switch it on with a code of the device; shows recovery codes, once')
    .action(
      act<object, [string, string]>(async ({ verbs }, _options, account, code) => {
        const recovery = await verbs.accounts.confirmFactor(account, code)
        return {
          value: { account, recovery },
          text: `${clean(account)} is asked for a code from now on; mail clients need an app password.\nRecovery codes, each good once, for when the device is lost; they are not shown again:\n${recovery.map((one) => `  ${one}`).join('\n')}`,
        }
      }),
    )
  command
    .command('disable <account>')
    .description('ask for no code any more; its secret and recovery codes are gone')
    .action(
      act<object, [string]>(async ({ verbs }, _options, account) => {
        await verbs.accounts.dropFactor(account)
        return { value: { account }, text: `${clean(account)} is asked for no code any more.` }
      }),
    )
  return command
}
