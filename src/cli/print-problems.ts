import type { Problem } from '../domain/problem.ts'
import type { Output } from './output.ts'

const indented = (text: string, by: string): string => text.replace(/^/gm, by)

/** Problems in full, and at the end the one next step for all of them. */
export function printProblems(output: Output, problems: readonly Problem[], next: string): void {
  for (const { where, what, hint, snippet } of problems) {
    output.error(`${output.paintMessage('bold', where)}  ${what}`)
    if (snippet !== null) output.error(output.paintMessage('dim', indented(snippet, '    ')))
    if (hint !== null) output.error(`  ${hint}`)
  }
  output.error(`  ${next}`)
}
