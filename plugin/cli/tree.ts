// The command as data: what completion and manual pages are made of. All texts are those of the help.
import type { Command, Option } from 'commander'

export interface Node {
  /** Words behind `lazaret`; empty: the command itself. */
  path: readonly string[]
  about: string
  /** `lazaret item list [options]`. */
  usage: string
  arguments: { name: string; about: string }[]
  options: Choice[]
  commands: Node[]
  /** What the help says behind its lists: paragraphs, examples. */
  more: string
}

export interface Choice {
  /** `--only`. */
  flag: string
  /** `--only <class>`. */
  term: string
  about: string
  /** What is written behind it: nothing, one of these, a file, or anything else. */
  takes: 'nothing' | 'file' | 'text' | readonly string[]
}

export function treeOf(command: Command, path: readonly string[] = []): Node {
  const help = command.createHelp()
  return {
    path,
    about: command.description(),
    usage: ['lazaret', ...path, command.usage()].join(' '),
    arguments: help.visibleArguments(command).map((one) => ({
      name: help.argumentTerm(one),
      about: help.argumentDescription(one),
    })),
    options: help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((one) => choiceOf(one, help.optionDescription(one))),
    commands: help
      .visibleCommands(command)
      .filter((one) => one.name() !== 'help')
      .map((one) => treeOf(one, [...path, one.name()])),
    more: behindHelp(command),
  }
}

function choiceOf(option: Option, about: string): Choice {
  const { long, flags, argChoices } = option
  const value = /<([^>]+)>/.exec(flags)?.[1] ?? null
  return {
    flag: long ?? flags,
    term: flags,
    about,
    takes: value === null ? 'nothing' : (argChoices ?? (isFile(value) ? 'file' : 'text')),
  }
}

const isFile = (value: string): boolean => /file|dir|path/.test(value)

/** Whether what stands in the place of arguments is a file. */
export function takesFiles({ usage }: Node): boolean {
  return isFile(usage.replace(/.*\[options\]/, ''))
}

/** The help is printed whole only; what is added to it stands behind. */
function behindHelp(command: Command): string {
  let text = ''
  const output = command.configureOutput()
  command.configureOutput({ ...output, writeOut: (some) => (text += some) })
  command.outputHelp()
  command.configureOutput(output)
  return text.slice(command.helpInformation().length).trim()
}
