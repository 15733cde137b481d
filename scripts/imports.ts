// Which file imports which: for the layer test and for `npm run rooms`.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

/** Imports and re-exports with `from`, imports for their effect, and calls: `import()`, `require()`. */
const IMPORTS = [
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\n[^'"]*?)?from\s+['"]([^'"]+)['"]/g,
  /(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
  /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g,
]

/** Source files below folders of `root`, as paths from there. */
export function sources(root: string, ...folders: string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:m?ts|tsx)$/.test(name) && !name.endsWith('.d.ts'))
        .map((name) => posix.join(folder, name)),
    )
    .toSorted()
}

export interface Imports {
  /** files of the tree, as paths from its root; of types too */
  readonly files: string[]
  /** packages and modules of Node, as they are named */
  readonly packages: string[]
}

/** What `file` of the tree at `root` imports. */
export function importsOf(root: string, file: string): Imports {
  const text = readFileSync(join(root, file), 'utf8')
  const names = IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name))
  const inside = names.filter((name) => name.startsWith('.'))
  return {
    files: [...new Set(inside.map((name) => target(root, file, name)))],
    packages: [...new Set(names.filter((name) => !name.startsWith('.')))],
  }
}

/** AssemblyScript leaves `.ts` and `/index.ts` away. */
function target(root: string, file: string, name: string): string {
  const path = posix.join(dirname(file), name)
  const found = [path, `${path}.ts`, `${path}/index.ts`].find((one) =>
    statSync(join(root, one), { throwIfNoEntry: false })?.isFile(),
  )
  return found ?? path
}

/** Groups of files each of which imports, over some others, itself. */
export function circles(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan: what is left on the stack when a file's first is itself belongs together.
  const order = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    const place = order.size
    order.set(file, place)
    stack.push(file)
    let low = place
    for (const next of arrows.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low)
    }
    if (low === place) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1 || arrows.get(file)?.includes(file)) found.push(group.toSorted())
    }
    return low
  }
  for (const file of arrows.keys()) if (!order.has(file)) visit(file)
  return found
}
