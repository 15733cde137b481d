// Whether data and configuration agree about the machines that share them: a mistake here would make two truths of one.
import { DataError } from '../../errors.ts'
import type { Belonging } from './position.ts'

/** Throws DataError where they do not. */
export function settleBelonging(
  belonging: Belonging | null,
  configured: { set: string; node: string } | null,
  dir: string,
): void {
  if (!configured && !belonging) return
  if (!belonging)
    throw new DataError(
      `[cluster] database is set, and the data in ${dir} are of this machine alone: begin the log with them (lazaret cluster init), ` +
        'or take those of another machine (lazaret cluster join DIR)',
    )
  if (!configured)
    throw new DataError(
      `the data in ${dir} belong to the cluster '${belonging.set}', and [cluster] database is empty: set it again, ` +
        'or make them the data of this machine alone for good (lazaret cluster forget)',
    )
  const { set, node } = configured
  if (set !== belonging.set)
    throw new DataError(
      `the data in ${dir} belong to the cluster '${belonging.set}', and [cluster] set is '${set}': one of them is wrong`,
    )
  if (node !== belonging.node)
    throw new DataError(
      `the data in ${dir} are of the machine '${belonging.node}', and [cluster] node is '${node}': a copy of another machine's data ` +
        'is joined by lazaret cluster join DIR',
    )
}
