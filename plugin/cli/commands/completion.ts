// lazaret completion: what a shell needs to complete this command.
import { Argument, Command } from 'commander'
import { bare } from '../action.ts'
import { completionFor, SHELLS, type Shell } from '../completion.ts'
import { treeOf } from '../tree.ts'

const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command)

export function completion(): Command {
  return new Command('completion')
    .description('a script with which a shell completes this command')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  lazaret completion bash > /etc/bash_completion.d/lazaret
  lazaret completion zsh > "\${fpath[1]}/_lazaret"
  lazaret completion fish > ~/.config/fish/completions/lazaret.fish`,
    )
    .action(async function (this: Command, ...all: unknown[]): Promise<void> {
      await bare<object, [Shell]>((_options, _json, shell) => {
        const script = completionFor(shell, treeOf(rootOf(this)))
        return Promise.resolve({ value: { shell, script }, text: script.trimEnd() })
      }).apply(this, all)
    })
}
