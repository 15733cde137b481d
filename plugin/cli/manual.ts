// Manual pages, made from the texts of the help: one for the command, one for each of its groups.
import { EXIT_TEXTS } from './errors.ts'
import type { Node } from './tree.ts'

/** Pages by the names of their files. */
export function manualOf(root: Node, version: string): Map<string, string> {
  const pages = new Map([['lazaret.1', page(root, version, overview(root))]])
  for (const group of root.commands)
    pages.set(`lazaret-${group.path.join('-')}.1`, page(group, version, details(group)))
  return pages
}

function page(node: Node, version: string, body: string[]): string {
  const name = ['lazaret', ...node.path].join('-')
  return [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "Lazaret ${version}"`,
    '.SH NAME',
    roff(`${name} - ${node.about}`).replace(' - ', ' \\- '),
    '.SH SYNOPSIS',
    `.B ${roff(node.usage)}`,
    ...body,
    '.SH EXIT STATUS',
    ...EXIT_TEXTS.flatMap(([code, text]) => ['.TP', `.B ${code}`, roff(text)]),
    '',
  ].join('\n')
}

function overview(root: Node): string[] {
  return [
    ...lists(root, '.SH'),
    '.SH COMMANDS',
    ...root.commands.flatMap(({ path, about }) => [
      '.TP',
      `.BR lazaret\\-${path[0]} (1)`,
      roff(about),
    ]),
    // They have a section of their own.
    ...paragraphs(root.more.replace(/Exit codes:\n[^]*?\n\n/, ''), '.SH'),
  ]
}

function details(group: Node): string[] {
  const subs = group.commands.flatMap((node) => [
    `.SS ${roff(node.usage)}`,
    roff(node.about),
    ...lists(node, '.PP'),
    ...paragraphs(node.more, '.PP'),
  ])
  const commands = subs.length === 0 ? [] : ['.SH COMMANDS', ...subs]
  return [
    ...lists(group, '.SH'),
    ...paragraphs(group.more, '.SH'),
    ...commands,
    '.SH SEE ALSO',
    '.BR lazaret (1)',
  ]
}

function lists(node: Node, heading: '.SH' | '.PP'): string[] {
  const tell = (name: string, all: { term: string; about: string }[]): string[] =>
    all.length === 0
      ? []
      : [
          ...(heading === '.SH'
            ? [`.SH ${name}`]
            : ['.PP', `${name[0]}${name.slice(1).toLowerCase()}:`]),
          ...all.flatMap(({ term, about }) => ['.TP', `.B ${roff(term)}`, roff(about)]),
        ]
  return [
    ...tell(
      'ARGUMENTS',
      node.arguments.map(({ name, about }) => ({ term: name, about })),
    ),
    ...tell('OPTIONS', node.options),
  ]
}

/** Text of the help: paragraphs, and what is indented as it stands. */
function paragraphs(text: string, heading: '.SH' | '.PP'): string[] {
  return text
    .split(/\n{2,}/)
    .filter((one) => one.trim() !== '')
    .flatMap((one) => {
      const lines = one.split('\n')
      const title = /^(\w+):$/.exec(lines[0])?.[1]
      const body = (title ? lines.slice(1) : lines).map(roff)
      const as = body.some((line) => line.startsWith(' ')) ? ['.nf', ...body, '.fi'] : body
      if (title && heading === '.SH') return [`.SH ${title.toUpperCase()}`, ...as]
      return title ? ['.PP', `${title}:`, ...as] : ['.PP', ...as]
    })
}

/** Nothing in it is a request or an escape. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
}
