// lazaret domain: the domains that there are, and the servers that know their passwords.
import { Command } from 'commander'
import { Refused } from '../../errors.ts'
import { act } from '../action.ts'
import { clean, colors, count, table } from '../output.ts'

const HEAD = ['domain', 'accounts', 'administrator', 'aliases', 'passwords at', 'page at']

export function domain(): Command {
  const command = new Command('domain').description(
    'domains: their accounts, aliases, and who knows their passwords',
  )
  command
    .command('list')
    .description('all domains')
    .action(
      act<object, []>(async ({ verbs }) => {
        const domains = verbs.domains.list()
        const rows = domains.map((one) => [
          clean(one.name),
          String(one.accounts),
          one.administered ? 'yes' : 'no',
          one.aliases.map(clean).join(', '),
          one.backend ?? 'here',
          one.oidc ?? '',
        ])
        return {
          value: domains,
          text:
            rows.length === 0
              ? 'There are no domains yet; `lazaret account add NAME` makes an account of one.'
              : `${table([HEAD, ...rows])}\n${colors.dim(count(rows.length, 'domain'))}`,
        }
      }),
    )
  command
    .command('check <domain>')
    .description('reach the servers that know its passwords, and look at their certificates')
    .addHelpText(
      'after',
      `
They are named in lazaret.ini, in a section of the domain:

  [backend:example.com]
  type = imap
  host = mail.example.com
  create = yes`,
    )
    .action(
      act<object, [string]>(async ({ verbs }, _options, name) => {
        try {
          const servers = await verbs.domains.probe(name)
          return {
            value: { domain: name, ok: true, servers },
            text: servers.map((one) => `${one}: answers, and is who it says.`).join('\n'),
          }
        } catch (error) {
          if (!(error instanceof Refused) || !(error.cause instanceof Error)) throw error
          const reason = error.cause.message
          return { value: { domain: name, ok: false, reason }, text: clean(reason), ok: false }
        }
      }),
    )
  return command
}
