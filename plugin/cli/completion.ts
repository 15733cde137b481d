// Scripts with which a shell completes `lazaret`, made from the tree of its commands. They start nothing: a Tab is quick.
import { takesFiles, type Choice, type Node } from './tree.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function completionFor(shell: Shell, root: Node): string {
  return { bash, zsh, fish }[shell](root)
}

const all = (node: Node): Node[] => [node, ...node.commands.flatMap(all)]
const pathOf = ({ path }: Node): string => path.join(' ')
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Options of a command, and those that each one has. */
const optionsAt = (root: Node, node: Node): Choice[] =>
  node === root ? root.options : [...node.options, ...root.options]

/** Lines of a `case` on the words typed so far and the option before the cursor. */
function values(root: Node, filesBy: string, wordsBy: (words: string) => string): string[] {
  return all(root).flatMap((node) =>
    optionsAt(root, node).flatMap(({ flag, takes }) => {
      if (takes === 'nothing') return []
      const does = takes === 'file' ? filesBy : takes === 'text' ? 'true' : wordsBy(takes.join(' '))
      return [`    ${quoted(`${pathOf(node)}|${flag}`)}) ${does}; return ;;`]
    }),
  )
}

/** The path that was typed: words that are commands at their place. */
function walk(root: Node): string[] {
  const paths = all(root)
    .slice(1)
    .map((node) => quoted(pathOf(node)))
  return [
    '  for word in "${before[@]}"; do',
    '    case "${at:+$at }$word" in',
    `      ${paths.join('|')}) at="\${at:+$at }$word" ;;`,
    '    esac',
    '  done',
  ]
}

function bash(root: Node): string {
  const words = all(root).map((node) => {
    const names = [
      ...node.commands.map(({ path }) => path.at(-1)),
      ...optionsAt(root, node).map(({ flag }) => flag),
      '--help',
    ]
    const files = takesFiles(node) ? ' COMPREPLY+=($(compgen -f -- "$cur"));' : ''
    return `    ${quoted(pathOf(node))}) COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$cur"));${files} ;;`
  })
  return [
    '# bash completion for lazaret: lazaret completion bash > /etc/bash_completion.d/lazaret',
    '_lazaret() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" at="" word',
    '  local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")',
    '  COMPREPLY=()',
    ...walk(root),
    '  case "$at|$prev" in',
    ...values(
      root,
      'COMPREPLY=($(compgen -f -- "$cur"))',
      (some) => `COMPREPLY=($(compgen -W ${quoted(some)} -- "$cur"))`,
    ),
    '  esac',
    '  case "$at" in',
    ...words,
    '  esac',
    '}',
    'complete -o filenames -F _lazaret lazaret',
    '',
  ].join('\n')
}

function zsh(root: Node): string {
  const described = (name: string, about: string): string =>
    quoted(`${name.replaceAll(':', '\\:')}:${about}`)
  const words = all(root).map((node) => {
    const names = [
      ...node.commands.map(({ path, about }) => described(path.at(-1) as string, about)),
      ...optionsAt(root, node).map(({ flag, about }) => described(flag, about)),
    ]
    const files = takesFiles(node) ? ' _files;' : ''
    return `    ${quoted(pathOf(node))}) found=(${names.join(' ')}); _describe lazaret found;${files} ;;`
  })
  return [
    '#compdef lazaret',
    '# zsh completion for lazaret: lazaret completion zsh > "${fpath[1]}/_lazaret"',
    '_lazaret() {',
    '  local at="" word prev="${words[CURRENT-1]}"',
    '  local -a before found',
    '  before=("${(@)words[2,CURRENT-1]}")',
    ...walk(root),
    '  case "$at|$prev" in',
    ...values(root, '_files', (some) => `compadd -- ${some}`),
    '  esac',
    '  case "$at" in',
    ...words,
    '  esac',
    '}',
    'compdef _lazaret lazaret',
    '',
  ].join('\n')
}

function fish(root: Node): string {
  const text = (some: string): string => `'${some.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = all(root).flatMap((node) => {
    const here = `complete -c lazaret -n ${text(`test (__lazaret_at) = ${text(pathOf(node))}`)}`
    return [
      ...node.commands.map(({ path, about }) => `${here} -a ${path.at(-1)} -d ${text(about)}`),
      ...optionsAt(root, node).map(({ flag, about, takes }) => {
        const what =
          takes === 'nothing'
            ? ''
            : takes === 'file'
              ? ' -r -F'
              : takes === 'text'
                ? ' -x'
                : ` -x -a ${text(takes.join(' '))}`
        return `${here} -l ${flag.slice(2)} -d ${text(about)}${what}`
      }),
      ...(takesFiles(node) ? [`${here} -F`] : []),
    ]
  })
  const paths = all(root)
    .slice(1)
    .map((node) => text(pathOf(node)))
  return [
    '# fish completion for lazaret: lazaret completion fish > ~/.config/fish/completions/lazaret.fish',
    'function __lazaret_at',
    '  set -l at ""',
    '  for word in (commandline -opc)[2..-1]',
    '    set -l next (string trim -- "$at $word")',
    `    contains -- $next ${paths.join(' ')}; and set at $next`,
    '  end',
    '  echo "$at"',
    'end',
    'complete -c lazaret -f',
    ...lines,
    '',
  ].join('\n')
}
